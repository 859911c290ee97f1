"""The journal as a story on a terminal: one line an event, seconds from the first."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from rich.console import Console

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
        self._began = self._began or event.at
        seconds = (event.at - self._began).total_seconds()
        words = self._sentence(type(event).__name__, msgspec.to_builtins(event))
        mark = _MARKS.get(type(event), "·")
        style = "bold cyan" if type(event) in _MARKS else "none"
        self._console.print(f"  [dim]{seconds:7.2f} s[/]  [{style}]{mark} {words}[/]", highlight=False)
