"""How each kind of outlet is spoken to: an adapter makes one HTTP request and reads its answer."""

from springline.business.messaging.outlets.base import Adapter, NotSent, Post, Wait
from springline.business.messaging.outlets.robots import DingTalk, Feishu, WeCom
from springline.business.messaging.outlets.sms import Aliyun, HttpGateway, Huawei, Tencent
from springline.business.messaging.outlets.webhook import Webhook
from springline.business.messaging.states import OutletKind

ADAPTERS: dict[OutletKind, Adapter] = {
    OutletKind.SMS_ALIYUN: Aliyun(),
    OutletKind.SMS_TENCENT: Tencent(),
    OutletKind.SMS_HUAWEI: Huawei(),
    OutletKind.SMS_HTTP: HttpGateway(),
    OutletKind.ROBOT_WECOM: WeCom(),
    OutletKind.ROBOT_DINGTALK: DingTalk(),
    OutletKind.ROBOT_FEISHU: Feishu(),
    OutletKind.WEBHOOK: Webhook(),
}

__all__ = ["ADAPTERS", "Adapter", "NotSent", "Post", "Wait"]
