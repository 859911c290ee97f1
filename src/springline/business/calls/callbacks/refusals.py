"""Why a step of a call-back is refused."""


class CallbackRefused(Exception):
    """`code` is stable; the texts are for people."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(code)
        self.code, self.message_zh, self.message_en = code, message_zh, message_en


def too_few_attempts() -> CallbackRefused:
    return CallbackRefused(
        "too_few_attempts",
        "至少尝试两次后才能放弃回电。",
        "A call-back may be given up after two attempts at the earliest.",
    )


def in_other_hands(name: str) -> CallbackRefused:
    return CallbackRefused("in_other_hands", f"{name}正在回电。", f"{name} is calling back.")


def finished() -> CallbackRefused:
    return CallbackRefused("finished", "该回电已完成。", "This call-back is done already.")


def daily_cap() -> CallbackRefused:
    return CallbackRefused("daily_cap", "今天的呼出次数已用完。", "There are no more calls today.")


def spend_cap() -> CallbackRefused:
    return CallbackRefused(
        "spend_cap", "今天的呼出话费已达上限。", "Calls out have cost as much today as they may."
    )


def outbound_off() -> CallbackRefused:
    return CallbackRefused(
        "outbound_off", "未设置回拨号码，不能呼出。", "Calling out is not set up: no number to be shown."
    )


def number_known() -> CallbackRefused:
    return CallbackRefused(
        "number_known",
        "号码已知；确认是错号后才能更改。",
        "The number is known; it may be changed once it was found to be wrong.",
    )


def no_such_number() -> CallbackRefused:
    return CallbackRefused("no_such_number", "号码有误，请核对。", "This is no phone number.")


def no_number() -> CallbackRefused:
    return CallbackRefused(
        "no_number", "号码未知，请先听留言。", "The number is not known: hear the message."
    )
