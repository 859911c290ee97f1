"""Plays scripts: callers do what their steps say, and a report tells what came of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from springline.telephony.ari import AriError
from springline.telephony.simulator import script as s
from springline.telephony.simulator.carrier import Carrier, Conditions
from springline.telephony.simulator.errors import SimulatorError, StepFailed
from springline.telephony.simulator.handset import Handset
from springline.telephony.simulator.polling import poll

_LAST_WORD_SECONDS = 10.0


class StepDone(msgspec.Struct, frozen=True, kw_only=True):
    """`seconds` from the INVITE to the end of the step."""

    step: str
    seconds: float


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one scripted call. Times are UTC by the engine's clock; `cause` is Q.850.

    `ended_by`: caller, far, or nobody. `failure` says which step did not come true; None: all did. `heard`
    is a WAV file, left what the caller heard, right what the caller said.
    """

    number: str
    dialled: str
    sent_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    cause: int | None
    sip_status: int | None
    steps: tuple[StepDone, ...]
    failure: str | None
    heard: Path | None


async def play_script(
    carrier: Carrier, script: s.Script, to: str, conditions: Conditions | None = None
) -> tuple[CallReport, ...]:
    """All callers of a script side by side. `to` is dialled where a caller names no number."""
    calls = [play_caller(carrier, caller, to, conditions) for caller in script.callers]
    return tuple(await asyncio.gather(*calls))


async def play_caller(
    carrier: Carrier, caller: s.Caller, to: str, conditions: Conditions | None = None
) -> CallReport:
    """One scripted call. Raises SimulatorError `no-such-condition` before anything is dialled."""
    known = conditions or {}
    for step in caller.script:
        if isinstance(step, s.WaitFor) and step.condition not in known:
            raise SimulatorError(
                "no-such-condition", f"Nobody says what {step.condition!r} means; known: {', '.join(known)}"
            )
    await asyncio.sleep(caller.start_after)
    if caller.vanishes:
        async with carrier.another() as lone:
            return await _Run(lone, caller, caller.dial or to, known).play()
    return await _Run(carrier, caller, caller.dial or to, known).play()


class _Run:
    def __init__(self, carrier: Carrier, caller: s.Caller, to: str, conditions: Conditions) -> None:
        self._carrier = carrier
        self._caller = caller
        self._to = to
        self._conditions = conditions
        self._done: list[StepDone] = []

    async def play(self) -> CallReport:
        sent_at = datetime.now(UTC)
        began = asyncio.get_running_loop().time()
        handset = await self._carrier.dial(self._caller.number, self._to)
        failure = None
        try:
            for index, step in enumerate(self._caller.script):
                try:
                    await self._do(handset, step)
                except (StepFailed, AriError) as error:
                    failure = f"step {index + 1} ({_word(step)}): {error}"
                    break
                passed = asyncio.get_running_loop().time() - began
                self._done.append(StepDone(step=_word(step), seconds=round(passed, 3)))
        finally:
            await self._leave(handset)
        return await self._report(handset, sent_at, failure)

    async def _do(self, handset: Handset, step: s.AnyStep) -> None:
        match step:
            case s.WaitAnswer():
                await handset.answered(step.within)
            case s.Pause():
                await self._pause(handset, step.seconds)
            case s.Press():
                await handset.press(step.keys, step.hold, step.gap)
            case s.Speak():
                await handset.speak(step.sound)
            case s.Tone():
                await handset.tone(step.frequency, step.seconds)
            case s.WaitFor():
                await self._wait_for(handset, step)
            case s.WaitTone():
                await handset.hears(step.frequency, step.within)
            case s.HangUp():
                await handset.hang_up()
                await handset.gone()
            case s.Vanish():
                await self._carrier.kill()
            case s.ExpectHangUp():
                await handset.gone(step.within)

    async def _pause(self, handset: Handset, seconds: float) -> None:
        if handset.ended:
            raise StepFailed("ended", "the call has ended")
        await asyncio.sleep(seconds)

    async def _wait_for(self, handset: Handset, step: s.WaitFor) -> None:
        async def holds() -> bool:
            if handset.ended:
                raise StepFailed("ended", f"the call ended before: {step.condition}")
            return await self._conditions[step.condition](handset)

        await poll(holds, step.within, step.condition)

    async def _leave(self, handset: Handset) -> None:
        """Whatever happened, no call stays behind."""
        vanished = any(done.step == "vanish" for done in self._done)
        if not handset.ended and not vanished:
            try:
                await handset.hang_up()
                await handset.gone(_LAST_WORD_SECONDS)
            except (StepFailed, AriError):
                pass

    async def _report(self, handset: Handset, sent_at: datetime, failure: str | None) -> CallReport:
        heard = await handset.recording()
        await handset.close()
        by = "nobody" if not handset.ended else "caller" if handset.ended_by_us else "far"
        return CallReport(
            number=self._caller.number,
            dialled=self._to,
            sent_at=sent_at,
            ringing_at=handset.ringing_at,
            answered_at=handset.answered_at,
            ended_at=handset.ended_at,
            ended_by=by,
            cause=handset.cause,
            sip_status=handset.sip_status,
            steps=tuple(self._done),
            failure=failure,
            heard=heard,
        )


def _word(step: s.AnyStep) -> str:
    """WaitAnswer -> wait_answer."""
    name = type(step).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
