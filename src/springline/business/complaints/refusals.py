"""Why a step of a complaint is not possible."""


class ComplaintRefused(Exception):
    """`code` is stable; both messages are for people."""

    def __init__(self, code: str, zh: str, en: str, detail: object = None) -> None:
        super().__init__(code)
        self.code, self.message_zh, self.message_en, self.detail = code, zh, en, detail
