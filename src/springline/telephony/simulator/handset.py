"""One phone in one call: what happened to it, and the hands that press its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

from springline.telephony.ari import Ari, AriError, AriNotFound, EventStream
from springline.telephony.ari.generated.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelStateChange,
    PlaybackFinished,
    StasisStart,
)
from springline.telephony.simulator.errors import StepFailed
from springline.telephony.simulator.listening import TailListener
from springline.telephony.simulator.polling import poll
from springline.telephony.simulator.sounds import media_of, raw_to_wav, sound_path, tone_path

log = structlog.get_logger("simulator")

GONE_WITHIN = 10.0
_SETTLED_SECONDS = 0.15
_FILE_WITHIN = 5.0
_CLOSED_WITHIN = 2.0


class Handset:
    """`heard` is the recording so far: left what this phone heard, right what it said.

    Times are the engine's clock, UTC. `cause` is Q.850, `sip_status` the final SIP status of a refused call.
    """

    def __init__(self, ari: Ari, channel: str, folder: Path, stream: EventStream | None = None) -> None:
        self.channel = channel
        self.ringing_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.cause: int | None = None
        self.sip_status: int | None = None
        self.ended_by_us = False
        self.keys = ""
        self.heard = folder / f"{channel}.raw"
        self._folder = folder
        self._ari = ari
        self._stream = stream or ari.subscribe(channel)
        self._news = asyncio.Event()
        self._playback: str | None = None
        self._again: str | None = None
        self._played = 0
        self._in_hand = False
        self._hung_up = False
        self._reader = asyncio.create_task(self._read(), name=f"handset {channel}")

    @property
    def ended(self) -> bool:
        return self.ended_at is not None

    async def until(self, holds: Callable[[], bool], within: float, what: str, alive: bool = True) -> None:
        """Raises StepFailed after `within` seconds, or at once when the call ends and `alive` is asked."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    if alive and self.ended:
                        raise StepFailed("ended", f"the call ended (cause {self.cause}) before: {what}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise StepFailed("too-late", f"not within {within:g} s: {what}") from None

    async def answered(self, within: float = 10.0) -> None:
        """Until the call is up and this phone can make sounds."""
        await self.until(lambda: self._in_hand and self.answered_at is not None, within, "an answer")
        await self._ari.channels.start_silence(self.channel)

    async def gone(self, within: float = GONE_WITHIN) -> None:
        await self.until(lambda: self.ended, within, "the end of the call", alive=False)

    async def press(self, keys: str, hold: float = 0.12, gap: float = 0.2) -> None:
        """Returns when the last key was let go and its gap is over."""
        await self.hush()
        await self._ari.channels.send_dtmf(
            self.channel,
            dtmf=keys,
            before=0,
            between=round(gap * 1000),
            duration=round(hold * 1000),
            after=0,
        )
        await asyncio.sleep(len(keys) * (hold + gap))

    async def speak(self, name: str, within: float = 120.0) -> None:
        """Says a recording to its end."""
        playback = await self._play(media_of(sound_path(name)))
        await self.until(lambda: self._playback != playback, within, f"the end of {name}")

    async def tone(self, frequency: float, seconds: float | None = None) -> None:
        """A tone for `seconds`, or until another sound or the end of the call."""
        await self._play(media_of(tone_path(self._folder, frequency)), again=True)
        if seconds is not None:
            await asyncio.sleep(seconds)
            await self.hush()

    async def hush(self) -> None:
        playback, self._playback, self._again = self._playback, None, None
        if playback is not None:
            try:
                await self._ari.playbacks.stop(playback)
            except AriNotFound:
                return

    async def hears(self, frequency: float, within: float, seconds: float = 0.4) -> None:
        """Until a tone is heard for `seconds` in all; raises StepFailed."""
        listener = TailListener(self.heard, frequency)
        what = f"{frequency:g} Hz was heard"

        async def enough() -> bool:
            return listener.listen() >= seconds

        async def enough_or_over() -> bool:
            return await enough() or self.ended

        await poll(enough_or_over, within, what, every=0.1)
        try:
            # The engine writes the last second when it closes the file, a moment after the channel is gone.
            await poll(enough, _CLOSED_WITHIN, what, every=0.1)
        except StepFailed:
            raise StepFailed("ended", f"the call ended before {what}") from None

    async def ring(self) -> None:
        """Sends 180 Ringing; for a phone that is being called."""
        await self._ari.channels.ring(self.channel)

    async def answer(self) -> None:
        """Sends 200 OK; for a phone that is being called."""
        await self._ari.channels.answer(self.channel)

    async def hang_up(self, reason_code: int | None = None) -> None:
        """CANCEL, BYE, or for a ringing phone the refusal with the Q.850 cause `reason_code`."""
        self.ended_by_us = not self.ended
        try:
            await self._ari.channels.hangup(
                self.channel, reason_code=None if reason_code is None else str(reason_code)
            )
        except AriNotFound:
            return
        self._hung_up = True

    async def recording(self) -> Path | None:
        """The finished recording as a two-channel WAV file; None when there was no sound."""
        sizes = [-1]

        async def settled() -> bool:
            sizes.append(self.heard.stat().st_size if self.heard.exists() else 0)
            return sizes[-1] == sizes[-2]

        # The engine closes the file a moment after the channel is gone and tells nobody.
        await poll(settled, _FILE_WITHIN, "the recording is closed", every=_SETTLED_SECONDS)
        return raw_to_wav(self.heard, self.heard.with_suffix(".wav"))

    async def close(self) -> None:
        """Ends the call if it still is, and lets go of its events."""
        # A second request would put its own cause in the place of the first one's, which is on its way.
        if not self.ended and not self._hung_up:
            try:
                await self.hang_up()
            except AriError:
                log.debug("simulator_call_left_behind", channel=self.channel)
        self._stream.close()
        self._reader.cancel()

    async def _play(self, media: str, again: bool = False) -> str:
        await self.hush()
        self._again = media if again else None
        self._played += 1
        self._playback = playback = f"{self.channel}-{self._played}"
        await self._ari.channels.play_with_id(self.channel, playback, media=[media])
        return playback

    async def _play_again(self, media: str) -> None:
        with suppress(AriError):
            await self._play(media, again=True)

    async def _read(self) -> None:
        async for event in self._stream:
            match event:
                case ChannelStateChange() if event.channel.state == "Ringing":
                    self.ringing_at = self.ringing_at or event.timestamp
                case ChannelStateChange() if event.channel.state == "Up":
                    self.answered_at = self.answered_at or event.timestamp
                case StasisStart():
                    self._in_hand = True
                    if event.channel.state == "Up":
                        self.answered_at = self.answered_at or event.timestamp
                case ChannelDtmfReceived():
                    self.keys += event.digit
                case PlaybackFinished() if event.playback.id == self._playback:
                    self._playback = None
                    if self._again is not None:
                        await self._play_again(self._again)
                case ChannelDestroyed():
                    self.ended_at, self.cause = event.timestamp, event.cause
                    self.sip_status = event.tech_cause
                case _:
                    continue
            self._news.set()
