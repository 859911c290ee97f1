"""Texts that ship, and what a group robot may show."""

import re

# Requirements §5.3, to be submitted to the provider as notices.
TEMPLATES = {
    "agent_message": "您有新的来电留言，编号${1}，来自${2}，请于${3}前回电，详情见客服台。",
    "order_accepted": "您的订水单${1}已受理，预计${2}前送达，配送员${3}，如需变更请拨打服务热线。",
    "callback_notice": "您刚才的来电我们已收到，客服将用${1}给您回电，请注意接听。",
    "balance_low": "热线话费余额${1}元，低于设定值${2}元，请尽快充值，避免停机。",
    "voucher_code": "您的水票核销验证码${1}，${2}分钟内有效，请只告诉正在为您服务的客服。",
    "vouchers_used": "您的水票已使用${1}张，剩余${2}张，有疑问请拨打服务热线。",
    "trunk_alarm": "热线线路告警：${1}，请尽快检查。",
    "emergency": "热线临时故障，订水请暂拨${1}，恢复后另行通知。",
}

_NUMBER = re.compile(r"(?<!\d)(\+?86)?(1\d{2})\d{4}(\d{4})(?!\d)")


def masked(text: str) -> str:
    """Mobile numbers without their middle four digits (§5.2: a group chat is no place for them)."""
    return _NUMBER.sub(r"\1\2****\3", text)


def fitting(texts: list[str], most_bytes: int) -> int:
    """How many of `texts`, from the first on, fit into one robot's message; at least 1, which may be cut."""
    size, count = 0, 0
    for text in texts:
        size += len(text.encode()) + (len(SEPARATOR.encode()) if count else 0)
        if count and size > most_bytes:
            break
        count += 1
    return count


def joined(texts: list[str], most_bytes: int) -> str:
    """One message of several, cut to the limit with an ellipsis, never inside a character."""
    text = SEPARATOR.join(texts)
    if len(text.encode()) <= most_bytes:
        return text
    return text.encode()[: most_bytes - 3].decode(errors="ignore") + "…"


SEPARATOR = "\n————\n"
