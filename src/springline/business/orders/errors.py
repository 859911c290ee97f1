"""What the order services refuse, with a stable code and a sentence in both languages."""


class OrderRefused(Exception):
    """`detail` is for the screen. `status`: the HTTP status that says the same."""

    def __init__(self, code: str, zh: str, en: str, detail: object = None, *, status: int = 409) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.detail, self.status = code, zh, en, detail, status
