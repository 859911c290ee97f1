"""What every adapter speaks in: one request out, one answer in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import httpx

LONGEST_WAIT = 86_400.0


@dataclass(frozen=True)
class Post:
    """A request to make: exactly these bytes are signed and sent."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Place:
    """An outlet as adapters see it."""

    url: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]

    def secret(self, name: str) -> str:
        """Raises NotSent when it was never typed in."""
        try:
            return self.secrets[name]
        except KeyError:
            raise NotSent("not_configured", f"{name} is missing") from None

    def setting(self, name: str, default: str = "") -> str:
        value = str(self.settings.get(name, default))
        if not value:
            raise NotSent("not_configured", f"{name} is missing")
        return value


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes out in one request. `texts`: robots take several messages in one."""

    key: str
    to: str = ""
    template_id: str = ""
    signature: str = ""
    params: tuple[str, ...] = ()
    text: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)


class NotSent(Exception):
    """The other side will never take this message, or it cannot be made; trying again is useless."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Wait(Exception):
    """It could not be sent now. `seconds`: what the other side asks for, when it says so."""

    def __init__(self, code: str, detail: str = "", seconds: float | None = None) -> None:
        super().__init__(code)
        self.code, self.detail, self.seconds = code, detail, seconds


class Adapter(Protocol):
    def post(self, place: Place, letter: Letter, now: datetime, nonce: str) -> Post:
        """The signed request. Raises NotSent when something it needs is missing."""
        ...

    def read(self, answer: httpx.Response) -> str:
        """The provider's id of the accepted message. Raises NotSent or Wait."""
        ...


def accepted(answer: httpx.Response) -> None:
    """Raises Wait for answers that may be better later, NotSent for other refusals."""
    if answer.is_success:
        return
    detail = answer.text[:120]
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Wait(f"http_{answer.status_code}", detail, _seconds(answer.headers.get("retry-after")))
    raise NotSent(f"http_{answer.status_code}", detail)


def document(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object. Raises Wait when it is none: a proxy's page, not the provider."""
    try:
        value = answer.json()
    except ValueError:
        raise Wait("no_json", answer.text[:120]) from None
    if not isinstance(value, dict):
        raise Wait("no_json", answer.text[:120])
    return value


def _seconds(text: str | None) -> float | None:
    """A day at most: whoever asks for more errs."""
    return min(float(text), LONGEST_WAIT) if text and text.isascii() and text.isdigit() else None
