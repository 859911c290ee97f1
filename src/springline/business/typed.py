"""What is sent in, without letters that nobody sees: one rule at every door.

The doors: JSON, queries and forms of the API (`ReadableInput`), forms of the back office (`typed_forms`),
cells of sheets (`sheets.rows_of`), reports of couriers' phones. PostgreSQL refuses NUL and half characters,
SQLite stores the first and fails at the second; marks of direction make a name read other than it is written.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from springline.business.policy import around

# Control characters except tab and ends of lines, marks of direction, byte order marks, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def seen(text: str) -> str:
    """`text` without what nobody can see."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def all_seen(value: Any) -> Any:
    """The same of every text in what JSON holds. Raises RecursionError."""
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, list):
        return [all_seen(inner) for inner in value]
    if isinstance(value, dict):
        return {seen(key): all_seen(inner) for key, inner in value.items()}
    return value


class ReadableInput(Parser):
    """The API's."""

    def parse_body(self, request: HttpRequest) -> Any:
        return all_seen(super().parse_body(request))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        found: dict[str, Any] = all_seen(super().parse_querydict(data, list_fields, request))
        return found


def typed_forms(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware of the back office's forms."""

    def begin(request: HttpRequest) -> None:
        if request.path_info.startswith("/admin/"):
            request.GET = _seen_in(request.GET)  # type: ignore[assignment]
            if request.method == "POST":
                request.POST = _seen_in(request.POST)  # type: ignore[assignment]

    return around(get_response, begin)


def _seen_in(data: QueryDict) -> QueryDict:
    if all(text.isprintable() for values in data.lists() for text in values[1]):
        return data
    plain = data.copy()
    for name, values in data.lists():
        plain.setlist(name, [seen(text) for text in values])
    plain._mutable = False
    return plain


typed_forms.sync_capable = typed_forms.async_capable = True  # type: ignore[attr-defined]
