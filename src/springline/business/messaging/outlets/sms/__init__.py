"""SMS providers, signed by ourselves: their own libraries weigh 6 to 43 MB each for one request (§5.1)."""

from springline.business.messaging.outlets.sms.aliyun import Aliyun
from springline.business.messaging.outlets.sms.gateway import HttpGateway
from springline.business.messaging.outlets.sms.huawei import Huawei
from springline.business.messaging.outlets.sms.tencent import Tencent

__all__ = ["Aliyun", "HttpGateway", "Huawei", "Tencent"]
