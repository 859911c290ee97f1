"""The one error type of the engine's boundary."""

from __future__ import annotations


class EngineError(Exception):
    """Something about obtaining, configuring or running the engine failed.

    `code` is stable and meant for programs; `message` (English) and `message_zh` are meant for people and
    say what to do next. No secret and no personal data is ever put into either.
    """

    def __init__(self, code: str, message: str, message_zh: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.message_zh = message_zh or message

    def __str__(self) -> str:
        return self.message if self.message_zh == self.message else f"{self.message}\n{self.message_zh}"
