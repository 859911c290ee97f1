"""The journal as a story on a terminal: one line an event, seconds from the first."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.markup import escape

from springline.contracts.events import AgentConnected, AnyEvent, CallArrived, CallEnded, KeyPressed

_MARKS: Mapping[type, str] = {
    CallArrived: "☎",
    KeyPressed: "⌨",
    AgentConnected: "●",
    CallEnded: "■",
}


class Timeline:
    """`sentence(kind, data)` says an event in words."""

    def __init__(self, console: Console, sentence: Callable[[str, Mapping[str, object]], str]) -> None:
        self._console = console
        self._sentence = sentence
        self._began: datetime | None = None

    def __call__(self, event: AnyEvent) -> None:
        words = self._sentence(type(event).__name__, msgspec.to_builtins(event))
        style = "bold cyan" if type(event) in _MARKS else "none"
        self._print(event.at, f"[{style}]{_MARKS.get(type(event), '·')} {escape(words)}[/]")

    def say(self, zh: str, en: str, *, ok: bool = True) -> None:
        """What people did beside the telephone."""
        mark, style = ("✎", "green") if ok else ("✗", "red")
        self._print(datetime.now(UTC), f"[{style}]{mark} {escape(zh)}[/] [dim]{escape(en)}[/]")

    def _print(self, at: datetime, words: str) -> None:
        self._began = self._began or at
        seconds = (at - self._began).total_seconds()
        self._console.print(f"  [dim]{seconds:7.2f} s[/]  {words}", highlight=False)
