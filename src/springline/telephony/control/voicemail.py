"""A message instead of an agent: the number to call back by keys, a beep, and the caller's words (I1)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from springline.contracts.config import HotlineConfig
from springline.contracts.event import utcnow
from springline.contracts.events import AnyCallEvent, CallerQuality, HangupBy, KeyPressed
from springline.contracts.voicemail import CallbackNumberGiven, MessageStarted
from springline.platform import service_hours
from springline.telephony.ari import AriConflict, AriNotFound
from springline.telephony.ari.generated.events import RecordingFailed, RecordingFinished
from springline.telephony.control.announcing import readback, spoken
from springline.telephony.control.caller import identify
from springline.telephony.control.facts import Facts
from springline.telephony.control.keypad import END, Keypad
from springline.telephony.control.line import Line, key_of
from springline.telephony.control.office import Office
from springline.telephony.control.recording import message_finished, message_path

log = structlog.get_logger("call")

NODE = "voicemail"
LONGEST_SECONDS = 90
ENGINE_SLACK_SECONDS = 10.0
SILENCE_SECONDS = 6.0
TRIES = 3
KEY_MAY_FOLLOW_SECONDS = 1.0
"""The engine may tell of the recording's end before it tells of the key that ended it."""
MOST_DIGITS = 12

CALL_BACK_SECONDS = 15 * 60.0
"""What `busy.voicemail` promises."""


def can_be_called_back_soon(hotline: HotlineConfig, now: datetime) -> bool:
    """What is promised must be true: whom nobody calls back so soon hears when (§1.2 #16)."""
    soon = now + timedelta(seconds=CALL_BACK_SECONDS)
    return service_hours.later(hotline.hours, now, CALL_BACK_SECONDS) == soon


class Voicemail:
    def __init__(
        self,
        office: Office,
        line: Line,
        facts: Facts,
        hotline: HotlineConfig,
        record: Callable[[AnyCallEvent], None],
    ) -> None:
        self._office = office
        self._line = line
        self._facts = facts
        self._hotline = hotline
        self._record = record
        self._keypad = Keypad(line)

    async def run(self, prompts: tuple[str, ...]) -> None:
        """From `prompts` to the hang-up; it ends by CallerGone. After a lost link or a restart it goes on
        where it was: a number that was given is not asked again, a message that runs is let run."""
        if self._facts.message is None and self._facts.callback_number is None:
            await self._ask_for_number(spoken(prompts, self._hotline, utcnow()))
        last = ("vm.done",) if self._facts.message_seconds is not None else await self._take_message()
        await self._line.say(last)
        while self._line.saying:
            await self._line.next()
        await self._line.hang_up(HangupBy.SYSTEM)
        await self._line.until_gone()

    # The number

    async def _ask_for_number(self, prompts: tuple[str, ...]) -> None:
        """Whoever says nothing is called back at the number that is shown, if one is."""
        own = self._facts.caller if self._facts.caller_quality is CallerQuality.REAL else None
        if own is None:
            await self._enter((*prompts, "vm.asknumber"))
            return
        for _ in range(TRIES):
            key = await self._keypad.key((*prompts, "vm.confirm"), SILENCE_SECONDS)
            prompts = ("ivr.invalid",)
            if key is None:
                return
            self._pressed(key, key in "12")
            if key == "1":
                self._give(own, entered=False)
            if key == "2":
                await self._enter(())
            if key in "12":
                return

    async def _enter(self, prompts: tuple[str, ...]) -> None:
        for _ in range(TRIES):
            digits = await self._keypad.number(prompts, SILENCE_SECONDS, MOST_DIGITS)
            number = self._number_of(digits)
            if number is None:
                prompts = ("ivr.invalid", "vm.asknumber") if digits else ("vm.asknumber",)
                continue
            key = await self._keypad.key(readback(digits), SILENCE_SECONDS)
            if key is not None:
                self._pressed(key, key in "12")
            if key in (None, "1"):
                self._give(number, entered=True)
                return
            prompts = ("vm.asknumber",)

    def _number_of(self, digits: str) -> str | None:
        """E.164 of a mobile number, or of a landline with its area code."""
        if not 10 <= len(digits) <= MOST_DIGITS or digits[0] not in "01":
            return None
        found = identify(digits, self._hotline.area_code, frozenset(self._hotline.masked_callers))
        return found.e164 if found.quality is CallerQuality.REAL else None

    def _give(self, number: str, *, entered: bool) -> None:
        self._record(
            CallbackNumberGiven(at=utcnow(), call_id=self._facts.call_id, number=number, entered=entered)
        )

    def _pressed(self, key: str, accepted: bool) -> None:
        self._record(
            KeyPressed(at=utcnow(), call_id=self._facts.call_id, node=NODE, key=key, accepted=accepted)
        )

    # The message

    async def _take_message(self) -> tuple[str, ...]:
        """What is said after it: that it was kept, or that it was not."""
        path = self._facts.message or message_path(self._facts)
        name = path.removesuffix(".wav")
        if not await self._runs(name):
            if self._facts.message is not None and message_finished(self._office, self._facts).size:
                return self._finished()
            await self._begin(path, name)
        return self._finished(kept=await self._until_ended(name))

    async def _until_ended(self, name: str) -> bool:
        """Whether the recorder kept it to its end: only # and its longest time end it before the caller."""
        now = asyncio.get_running_loop().time
        began, by_key = now(), False
        while True:
            try:
                message = await self._line.next(LONGEST_SECONDS + ENGINE_SLACK_SECONDS)
            except TimeoutError:
                log.error("message_never_ended", call=self._facts.call_id)
                return True
            if isinstance(message, RecordingFinished | RecordingFailed) and message.recording.name == name:
                break
            if key_of(message) == END:
                by_key = True
                await self._stop(name)
        if isinstance(message, RecordingFailed):
            return False
        # After a restart of control only the file knows since when it runs.
        lasted = max(now() - began, message_finished(self._office, self._facts).seconds)
        return by_key or lasted >= LONGEST_SECONDS - 1 or await self._key_follows()

    async def _key_follows(self) -> bool:
        try:
            while key_of(await self._line.next(KEY_MAY_FOLLOW_SECONDS)) != END:
                pass
        except TimeoutError:
            if self._line.leaving:
                await self._line.until_gone()
            return False
        return True

    async def _runs(self, name: str) -> bool:
        if self._facts.message is None:
            return False
        try:
            await self._office.ari.recordings.get_live(name)
        except AriNotFound:
            return False
        return True

    async def _begin(self, path: str, name: str) -> None:
        await self._line.say(("vm.start", "beep"))
        while self._line.saying:
            await self._line.next()
        if self._line.leaving:
            await self._line.until_gone()
        if self._facts.message is None:
            # Told before it is asked for: a message that was begun is never overlooked.
            self._record(MessageStarted(at=utcnow(), call_id=self._facts.call_id, path=path))
        await self._line.do(
            self._office.ari.channels.record(
                self._line.channel,
                name=name,
                format="wav",
                max_duration_seconds=LONGEST_SECONDS,
                if_exists="append",
                terminate_on="#",
            )
        )

    async def _stop(self, name: str) -> None:
        try:
            await self._office.ari.recordings.stop(name)
        except (AriNotFound, AriConflict):
            # The engine ends it at the same key: gone, or refused as no longer in session.
            log.debug("message_ended_already", call=self._facts.call_id)

    def _finished(self, *, kept: bool = True) -> tuple[str, ...]:
        event = message_finished(self._office, self._facts, kept=kept)
        self._record(event)
        if not kept:
            log.error("message_lost", call=self._facts.call_id, kept_seconds=event.seconds)
            return ("vm.lost",)
        return ("vm.toolong", "vm.done") if event.seconds >= LONGEST_SECONDS else ("vm.done",)
