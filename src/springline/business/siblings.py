"""What a process of the durable floor tells the others: short words, by which they mend what they keep in
memory (ADR 16)."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec
import structlog

from springline.business import control
from springline.contracts import codec, subjects
from springline.platform.bus import AnyBus, BusError

log = structlog.get_logger("siblings")

RETRY_SECONDS = 0.5
_ME = secrets.token_hex(8)

Hear = Callable[[str], None]
_hearers: dict[str, Hear] = {}
_forgetters: list[Callable[[], None]] = []


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`by`: the process that says it."""

    what: str
    about: str
    by: str


def on(what: str, hear: Hear, missed: Callable[[], None] | None = None) -> None:
    """Call `hear(about)` for each word `what` of another process, in a thread, one word after the other.

    `missed` is called on the loop whenever words may have been lost: it must not wait.
    """
    _hearers[what] = hear
    if missed is not None:
        _forgetters.append(missed)


def tell(what: str, about: str = "") -> None:
    """To all others, from any thread, without waiting. Lost while the bus is away."""
    control.link.tell(subjects.SIBLINGS, Word(what=what, about=about, by=_ME))


async def run(link: control.Link) -> None:
    """Hears the others until cancelled; survives a bus that comes and goes."""
    known: AnyBus | None = None
    while True:
        if (bus := link.bus) is not None:
            if bus is not known:
                bus.when_interrupted(lambda _back: _missed())
                known = bus
            # Nobody was heard before, at the start neither.
            _missed()
            try:
                await _listen(bus)
            except BusError as error:
                log.info("siblings_unheard", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _listen(bus: AnyBus) -> None:
    async for data in bus.subscribe(subjects.SIBLINGS):
        try:
            word = codec.decode(data, Word)
        except codec.BadMessage as error:
            log.warning("word_unreadable", error=str(error))
            continue
        if word.by != _ME and word.what in _hearers:
            await asyncio.to_thread(_heard, word)


def _heard(word: Word) -> None:
    try:
        _hearers[word.what](word.about)
    except Exception as error:  # the job boundary: the next word is to be heard
        log.error("word_failed", what=word.what, exc_info=error)


def _missed() -> None:
    for forget in _forgetters:
        forget()
