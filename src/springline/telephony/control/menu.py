"""The IVR on a real line: runs a flow's steps until the call is queued or ended."""

import asyncio
from collections import deque
from collections.abc import Callable

from springline.contracts.config import HotlineConfig
from springline.contracts.event import utcnow
from springline.contracts.events import (
    AnyCallEvent,
    CallOutcome,
    InputMissed,
    KeyPressed,
    MenuEntered,
    NoticePlayed,
)
from springline.platform import service_hours
from springline.telephony.control.announcing import spoken
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line, key_of
from springline.telephony.flow import (
    Ask,
    Clock,
    FlowRun,
    Hour,
    Key,
    Last,
    Locate,
    Located,
    Play,
    Played,
    Silence,
    Step,
)


class Menu:
    """`node` is where the caller is, so that a lost link or a restart can go on from there."""

    def __init__(
        self,
        line: Line,
        run: FlowRun,
        hotline: HotlineConfig,
        facts: Facts,
        journal: Callable[[AnyCallEvent], None],
    ) -> None:
        self._line = line
        self._run = run
        self._hotline = hotline
        self._facts = facts
        self._call = facts.call_id
        self._journal = journal
        self._keys: deque[str] = deque()

    async def run(self) -> Last:
        step: Step = self._run.start()
        while True:
            match step:
                case Play():
                    step = await self._play(step)
                case Ask():
                    step = await self._ask(step)
                case Locate():
                    where = Located(region=self._facts.certain_region, outside=self._facts.outside)
                    step = self._run.feed(where)
                case Clock():
                    step = self._run.feed(self._hour())
                case _:
                    self._late_keys(step.node)
                    return step

    def _hour(self) -> Hour:
        hours, now = self._hotline.hours, utcnow()
        return Hour(
            open=service_hours.is_open(hours, now), holiday=service_hours.holiday(hours, now) is not None
        )

    async def _play(self, step: Play) -> Step:
        await self._line.say(spoken(step.prompts, self._hotline, utcnow()))
        while self._line.saying and not (step.interruptible and self._keys):
            if (key := key_of(await self._line.next())) is not None:
                self._keys.append(key)
        await self._line.hush()
        if step.notice and not self._line.unsaid:
            self._journal(NoticePlayed(at=utcnow(), call_id=self._call, prompt=step.prompts[-1]))
        return self._run.feed(Played())

    async def _ask(self, step: Ask) -> Step:
        if step.entered:
            self._journal(
                MenuEntered(
                    at=utcnow(),
                    call_id=self._call,
                    node=step.node,
                    title=step.title,
                    flow_version=self._hotline.flow.version,
                    outcome=None if step.outcome is None else CallOutcome(step.outcome),
                )
            )
        key = self._keys.popleft() if self._keys else await self._key(step)
        if key is None:
            self._journal(InputMissed(at=utcnow(), call_id=self._call, node=step.node, title=step.title))
            return self._run.feed(Silence())
        following = self._run.feed(Key(key))
        self._pressed(step.node, key, following.accepted is True, step.title)
        return following

    async def _key(self, step: Ask) -> str | None:
        await self._line.say(step.prompts)
        now = asyncio.get_running_loop().time
        silence_at: float | None = None
        while True:
            try:
                message = await self._line.next(None if silence_at is None else silence_at - now())
            except TimeoutError:
                return None
            if (key := key_of(message)) is not None:
                await self._line.hush()
                return key
            if silence_at is None and not self._line.saying:
                silence_at = now() + step.timeout

    def _late_keys(self, node: str) -> None:
        while self._keys:
            self._pressed(node, self._keys.popleft(), False, None)

    def _pressed(self, node: str, key: str, accepted: bool, title: str | None) -> None:
        self._journal(
            KeyPressed(at=utcnow(), call_id=self._call, node=node, title=title, key=key, accepted=accepted)
        )
