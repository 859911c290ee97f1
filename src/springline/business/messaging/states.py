"""The life of a message in the outbox."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class OutletKind(models.TextChoices):
    """What an outlet speaks. The first five send SMS, the next three are group robots."""

    SMS_ALIYUN = "sms_aliyun", _("SMS: Aliyun")
    SMS_TENCENT = "sms_tencent", _("SMS: Tencent Cloud")
    SMS_HUAWEI = "sms_huawei", _("SMS: Huawei Cloud")
    SMS_HTTP = "sms_http", _("SMS: HTTP gateway")
    SMS_LOG = "sms_log", _("SMS: log only")
    ROBOT_WECOM = "robot_wecom", _("WeCom robot")
    ROBOT_DINGTALK = "robot_dingtalk", _("DingTalk robot")
    ROBOT_FEISHU = "robot_feishu", _("Feishu robot")
    WEBHOOK = "webhook", _("Webhook")

    @property
    def channel(self) -> "Channel":
        return Channel(self.value.partition("_")[0])


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    ROBOT = "robot", _("Robot")
    WEBHOOK = "webhook", _("Webhook")


class MessageState(models.TextChoices):
    """WAITING: due at `next_at`. SENDING: held by a sender until `next_at`. DEAD: given up."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
    CANCELLED = "cancelled", _("Cancelled")


class MessageEvent(StrEnum):
    TAKE = "take"
    SUCCEED = "succeed"
    POSTPONE = "postpone"
    GIVE_UP = "give_up"
    REVIVE = "revive"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[MessageState, MessageEvent], MessageState] = {
    (MessageState.WAITING, MessageEvent.TAKE): MessageState.SENDING,
    (MessageState.WAITING, MessageEvent.CANCEL): MessageState.CANCELLED,
    # A sender that died leaves the row SENDING; whoever finds its lease run out takes it again.
    (MessageState.SENDING, MessageEvent.TAKE): MessageState.SENDING,
    (MessageState.SENDING, MessageEvent.SUCCEED): MessageState.SENT,
    (MessageState.SENDING, MessageEvent.POSTPONE): MessageState.WAITING,
    (MessageState.SENDING, MessageEvent.GIVE_UP): MessageState.DEAD,
    (MessageState.DEAD, MessageEvent.REVIVE): MessageState.WAITING,
    (MessageState.DEAD, MessageEvent.CANCEL): MessageState.CANCELLED,
}


def after(state: str, event: MessageEvent) -> MessageState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, MessageState(state), event)
