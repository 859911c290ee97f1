"""What processes of the durable floor tell each other, and what they mend by it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import pytest

from springline.business import siblings
from springline.business.accounts import softphone
from springline.business.control import Link
from springline.business.customers import lookups, pops
from springline.business.siblings import Word
from springline.contracts import codec, subjects
from springline.platform.bus import MemoryBus
from tests.support.until import until

NUMBER = "+8613905640001"


class TellingBus(MemoryBus):
    """It can be interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.interrupted: list[Callable[[bool], None]] = []

    def when_interrupted(self, tell: Callable[[bool], None]) -> None:
        self.interrupted.append(tell)


@pytest.fixture
async def bus(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TellingBus]:
    """This process listens on it."""
    link, memory = Link(), TellingBus()
    link.bus = memory
    link._loop = asyncio.get_running_loop()
    monkeypatch.setattr(siblings.control, "link", link)
    running = asyncio.create_task(siblings.run(link))
    await until(lambda: memory._listeners[subjects.SIBLINGS])
    yield memory
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, pops.Pop]]:
    """Numbers that the database knows; `pops` remembers none yet."""
    known: dict[str, pops.Pop] = {}

    def found(_budget: float, look: Callable[[], pops.Pop]) -> pops.Pop:
        return look()

    monkeypatch.setattr(lookups, "within", found)
    monkeypatch.setattr(pops, "read", lambda number: known[number])
    pops._clear()
    yield known
    pops._clear()


def a_pop(kind: pops.PopKind = pops.PopKind.KNOWN) -> pops.Pop:
    return pops.Pop(kind, NUMBER, pops.timezone.now())


async def say(bus: MemoryBus, what: str, about: str = "") -> None:
    await bus.publish(subjects.SIBLINGS, Word(what=what, about=about, by="another"))


async def test_what_another_process_popped_is_remembered_here_too(
    bus: TellingBus, memory: dict[str, pops.Pop]
) -> None:
    memory[NUMBER] = a_pop()
    await say(bus, "popped", NUMBER)
    await until(lambda: NUMBER in pops._memory)
    memory[NUMBER] = a_pop(pops.PopKind.NEW)
    await say(bus, "popped", NUMBER)
    await until(lambda: NUMBER not in pops._memory)


async def test_who_cannot_be_read_again_is_not_remembered_as_somebody_else(
    bus: TellingBus, memory: dict[str, pops.Pop], monkeypatch: pytest.MonkeyPatch
) -> None:
    pops._memory[NUMBER] = a_pop()

    def late(*_args: object) -> None:
        raise lookups.Late

    monkeypatch.setattr(lookups, "within", late)
    await say(bus, "popped", NUMBER)
    await until(lambda: NUMBER not in pops._memory)


async def test_an_erasure_elsewhere_empties_the_memory_and_so_does_a_bus_that_was_away(
    bus: TellingBus, memory: dict[str, pops.Pop]
) -> None:
    pops._memory[NUMBER] = a_pop()
    await say(bus, "pops-forgotten")
    await until(lambda: not pops._memory)
    pops._memory[NUMBER] = a_pop()
    for tell in bus.interrupted:
        tell(False)
    assert not pops._memory


async def test_what_was_remembered_before_the_others_could_be_heard_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, memory: dict[str, pops.Pop]
) -> None:
    link = Link()
    monkeypatch.setattr(siblings, "RETRY_SECONDS", 0.01)
    running = asyncio.create_task(siblings.run(link))
    await asyncio.sleep(0)
    pops._memory[NUMBER] = a_pop()
    link.bus = TellingBus()
    await until(lambda: not pops._memory)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def test_what_was_read_before_an_erasure_is_not_remembered_after_it(memory: dict[str, pops.Pop]) -> None:
    before = pops._forgotten
    pops.forget()
    pops._remember(NUMBER, a_pop(), before)
    assert not pops._memory


async def test_all_are_told_of_a_pop_and_of_an_erasure(bus: TellingBus, memory: dict[str, pops.Pop]) -> None:
    memory[NUMBER] = a_pop()
    heard = bus.subscribe(subjects.SIBLINGS)
    first = asyncio.ensure_future(anext(heard))
    await until(lambda: len(bus._listeners[subjects.SIBLINGS]) == 2)
    await asyncio.to_thread(pops.pop, NUMBER, pops.CallerQuality.REAL)
    word = codec.decode(await first, Word)
    assert (word.what, word.about, word.by) == ("popped", NUMBER, siblings._ME)
    await asyncio.to_thread(pops.forget)
    assert codec.decode(await anext(heard), Word).what == "pops-forgotten"
    await heard.aclose()  # type: ignore[attr-defined]


async def test_a_doubt_raised_elsewhere_wakes_the_sockets_here(bus: TellingBus) -> None:
    with softphone.doubts.heard() as doubt:
        await say(bus, "softphone")
        await asyncio.wait_for(doubt.wait(), 5)
        doubt.clear()
        for tell in bus.interrupted:
            tell(False)
        await asyncio.wait_for(doubt.wait(), 5)


async def test_a_word_that_cannot_be_read_or_fails_does_not_deafen(
    bus: TellingBus, memory: dict[str, pops.Pop]
) -> None:
    await bus.publish(subjects.SIBLINGS, {"half": 1})
    await say(bus, "unknown")
    await say(bus, "popped", "+8613905640009")
    memory[NUMBER] = a_pop()
    await say(bus, "popped", NUMBER)
    await until(lambda: NUMBER in pops._memory)
