"""A caller of the day on the telephone, from the first ring to the note on what became of it.

What a caller notes is what the caller met: who answered, what was heard, who hung up. The journal only says
when a menu began, which a person hears.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from springline.contracts.events import AgentConnected, CallEnded, CallQueued, MenuEntered
from springline.contracts.voicemail import (
    CallbackNumberGiven,
    MessageFinished,
    MessageOffered,
    MessageStarted,
)
from springline.day.desk import Desk
from springline.day.journal import Trail, Trails
from springline.day.pace import LEAST_PATIENCE, LEAST_TALK, Pace
from springline.day.profile import Area, Temper, Visit, Wish, clock
from springline.day.sheet import Ending, Note
from springline.telephony.ari import AriError
from springline.telephony.simulator import AgentPhone, Carrier, Handset, StepFailed
from springline.telephony.simulator.polling import poll

AGENT_HZ, CALLER_HZ = 1017.0, 453.0
MESSAGE_SECONDS = 1.6
# Real seconds that a step may take on a machine with other things to do.
_SOON, _LONG = 30.0, 120.0
_BREATH = 0.35
_KEYS = {Wish.ORDER: "1", Wish.AFTERSALE: "2", Wish.ENTERPRISE: "3", Wish.COMPLAINT: "4", Wish.PERSON: "0"}
_AREA_KEYS = {Area.CITY: "1", Area.HUOSHAN: "2", Area.SHUCHENG: "3", Area.OTHER: "4"}
NOT_OURS = "4000569999"


class Callers:
    """`desks` by extension. `ring` plays one caller; callers under one number take turns at dialling."""

    def __init__(
        self, carrier: Carrier, trails: Trails, desks: dict[str, Desk], pace: Pace, hotline: str
    ) -> None:
        self.carrier = carrier
        self.trails = trails
        self.desks = desks
        self.pace = pace
        self.hotline = hotline
        self.locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ring(self, visit: Visit, late: float) -> Note:
        dialled = NOT_OURS if visit.temper is Temper.LOST_WAY else self.hotline
        async with self.locks[visit.number]:
            try:
                handset = await self.carrier.dial(visit.number, dialled)
            except AriError as error:
                return note_of(visit, Ending.UNCLEAR, late=late, problem=f"could not dial: {error}")
            trail = await self._claim(visit.number)
        try:
            return await _Caller(self, visit, handset, trail).play(late)
        finally:
            await handset.close()

    async def _claim(self, number: str) -> Trail | None:
        found: list[Trail] = []

        async def arrived() -> bool:
            trail = self.trails.claim(number)
            found.extend([trail] if trail is not None else [])
            return bool(found)

        try:
            await poll(arrived, _SOON, "the call is in the journal")
        except StepFailed:
            return None
        return found[0]


class _Caller:
    def __init__(self, callers: Callers, visit: Visit, handset: Handset, trail: Trail | None) -> None:
        self._callers = callers
        self._visit = visit
        self._handset = handset
        self._trail = trail or Trail("")
        self._agent: str | None = None
        self._waited: float | None = None
        self._heard: bool | None = None

    async def play(self, late: float) -> Note:
        problem = None
        try:
            ending = await self._live()
        except Exception as error:  # noqa: BLE001 - whatever failed is what the report names
            ending, problem = Ending.UNCLEAR, f"{type(error).__name__}: {error}"
        return note_of(
            self._visit,
            ending,
            call_id=self._trail.call_id or None,
            agent=self._agent,
            waited=self._waited,
            heard=self._heard,
            late=late,
            problem=problem,
        )

    async def _live(self) -> Ending:
        if self._visit.temper is Temper.LOST_WAY:
            await self._handset.gone(_SOON)
            return Ending.REJECTED if self._handset.answered_at is None else Ending.UNCLEAR
        await self._handset.answered(_SOON)
        outside = self._visit.temper.value.startswith("outside")
        await self._until(lambda: self._trail.has(MenuEntered), _SOON, "the first menu")
        if outside and (ending := await self._outside()) is not None:
            return ending
        return await self._menu()

    # The menus

    async def _outside(self) -> Ending | None:
        """Told that water is not brought there; None: goes on to the menu all the same."""
        if self._visit.temper is Temper.OUTSIDE_GOES:
            await self._handset.gone(_SOON)
            return Ending.ABANDONED_MENU if self._handset.ended_by_us else Ending.OUT_OF_AREA
        if self._visit.temper is Temper.OUTSIDE_MESSAGE:
            await self._press("2")
            return await self._message()
        await self._press("1")
        await self._until(lambda: self._trail.count(MenuEntered) >= 2, _SOON, "the main menu")
        return None

    async def _menu(self) -> Ending:
        visit, menus = self._visit, self._trail.count(MenuEntered)
        if visit.temper is Temper.LEAVES_MENU:
            await asyncio.sleep(_BREATH)
            return await self._leave(Ending.ABANDONED_MENU)
        if visit.temper is Temper.WRONG_KEY:
            await self._press("7")
            await asyncio.sleep(2 * _BREATH)
        await self._press(_KEYS[visit.wish])
        if visit.wish is Wish.ORDER:
            await self._until(
                lambda: self._trail.has(CallQueued) or self._trail.count(MenuEntered, _asks_region) > 0,
                _SOON,
                f"a queue or the second menu after {menus}",
            )
            if not self._trail.has(CallQueued):
                await self._press(_AREA_KEYS[visit.area])
        await self._until(lambda: self._trail.has(CallQueued), _SOON, "the line")
        return await self._line()

    # The line and the agent

    async def _line(self) -> Ending:
        began = time.monotonic()
        leaves = self._visit.temper is Temper.LEAVES_QUEUE
        patience = self._callers.pace.scaled(self._visit.patience, LEAST_PATIENCE) if leaves else _LONG
        try:
            await self._until(
                lambda: self._trail.has(AgentConnected, MessageOffered), patience, "an agent or the message"
            )
        except StepFailed:
            if not leaves or self._handset.ended:
                raise
            await self._handset.hang_up()
            await self._handset.gone()
            if not self._picked_up():
                return Ending.ABANDONED_QUEUE
            return Ending.HANDLED
        if not self._trail.has(AgentConnected):
            return await self._message()
        self._waited = round(time.monotonic() - began, 2)
        return await self._talk()

    async def _talk(self) -> Ending:
        [connected, *_more] = [event for event in self._trail.seen if isinstance(event, AgentConnected)]
        self._agent = connected.agent
        desk = self._callers.desks[connected.agent]
        talk = asyncio.sleep(self._callers.pace.scaled(self._visit.talk, LEAST_TALK))
        hears = asyncio.create_task(self._hears_agent())
        try:
            await self._handset.tone(CALLER_HZ)
            await asyncio.gather(talk, desk.serve(self._trail.call_id, self._visit))
            self._heard = await hears
        finally:
            hears.cancel()
        await self._leave(Ending.HANDLED)
        await self._until(lambda: self._trail.has(CallEnded), _SOON, "the end in the journal", alive=False)
        await desk.wrap_up(self._trail.call_id, self._visit)
        return Ending.HANDLED

    async def _hears_agent(self) -> bool:
        try:
            await self._handset.hears(AGENT_HZ, within=_SOON)
        except StepFailed:
            return False
        return True

    def _picked_up(self) -> bool:
        """Whether an agent's phone answered this caller at the very last moment."""
        number = self._visit.own_number.lstrip("0")
        phones: Sequence[AgentPhone] = tuple(self._callers.carrier.phones.values())
        return any(
            call.shown.endswith(number) and call.handset.answered_at is not None
            for phone in phones
            for call in phone.calls[-1:]
        )

    # A message

    async def _message(self) -> Ending:
        """Confirms the number, or types it when none is shown; speaks after the beep, ends with #."""
        await self._until(lambda: self._trail.has(MessageOffered), _SOON, "the message")
        await asyncio.sleep(2 * _BREATH)
        if self._visit.temper is Temper.MASKED:
            await self._press(f"{self._visit.own_number}#")
            await asyncio.sleep(2 * _BREATH)
        await self._press("1")
        await self._until(lambda: self._trail.has(CallbackNumberGiven), _SOON, "the number taken")
        await self._until(lambda: self._trail.has(MessageStarted), _SOON, "the beep")
        await self._handset.tone(CALLER_HZ, MESSAGE_SECONDS)
        await self._press("#")
        await self._until(lambda: self._trail.has(MessageFinished), _SOON, "the message is kept", alive=False)
        await self._handset.gone(_SOON)
        return Ending.MESSAGE

    # Hands

    async def _press(self, keys: str) -> None:
        await asyncio.sleep(_BREATH)
        await self._handset.press(keys)

    async def _leave(self, ending: Ending) -> Ending:
        await self._handset.hang_up()
        await self._handset.gone()
        return ending

    async def _until(self, holds: Callable[[], bool], within: float, what: str, alive: bool = True) -> None:
        async def check() -> bool:
            if holds():
                return True
            if alive and self._handset.ended:
                raise StepFailed("ended", f"the call ended before: {what}")
            return False

        await poll(check, within, what)


def _asks_region(event: object) -> bool:
    return isinstance(event, MenuEntered) and event.node == "order_region"


def note_of(visit: Visit, ending: Ending, *, late: float, problem: str | None, **met: Any) -> Note:
    """What the caller noted; `met` as in `Note`."""
    return Note(
        no=visit.no,
        clock=clock(visit.at),
        temper=visit.temper.value,
        wish=visit.wish.value,
        area=visit.area.value,
        ending=ending,
        late=round(late, 2),
        problem=problem,
        **met,
    )
