"""What the services of delivery refuse, with a stable code and a sentence in both languages."""


class DeliveryRefused(Exception):
    """`status`: the HTTP status that says the same."""

    def __init__(self, code: str, zh: str, en: str, *, status: int = 409) -> None:
        super().__init__(code)
        self.code, self.zh, self.en, self.status = code, zh, en, status
