"""Robots of group chats. §5.2 has their limits; a group is no place for whole phone numbers."""

from springline.business.messaging.outlets.robots.dingtalk import DingTalk
from springline.business.messaging.outlets.robots.feishu import Feishu
from springline.business.messaging.outlets.robots.wecom import WeCom
from springline.business.messaging.pacing import Pace
from springline.business.messaging.states import OutletKind

# Bytes of text in one message.
TEXT_BYTES = {
    OutletKind.ROBOT_WECOM: 2048,
    OutletKind.ROBOT_DINGTALK: 2048,
    OutletKind.ROBOT_FEISHU: 18_000,
}


def pace_of(kind: OutletKind) -> Pace:
    """What the platform takes from one robot; DingTalk mutes one for ten minutes above it."""
    if kind is OutletKind.ROBOT_FEISHU:
        return Pace((5, 1), (100, 60))
    return Pace((18, 60)) if kind in TEXT_BYTES else Pace()


__all__ = ["TEXT_BYTES", "DingTalk", "Feishu", "WeCom", "pace_of"]
