"""A caller at the carrier whom a test leads by the hand, and who remembers every sound."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from springline.contracts.events import AgentConnected, CallEnded, CallQueued, MenuEntered, RecordingFinished
from springline.telephony.simulator import Handset
from springline.telephony.simulator.tones import Samples, samples_of, share
from tests.support.trail import Trail

RATE = 8000
_BYTES_A_SECOND = RATE * 2 * 2
_SILENCE_DBFS = -50.0


@dataclass(frozen=True)
class Sound:
    """A stretch of what a caller heard."""

    samples: Samples  # left what the caller heard, right what was said

    @property
    def silent(self) -> bool:
        level = float(np.sqrt(np.mean(self.samples[:, 0] ** 2)))
        return 20 * np.log10(max(level, 1e-9)) < _SILENCE_DBFS

    def share(self, hz: float) -> float:
        return share(self.samples, RATE, hz)


@dataclass
class Customer:
    handset: Handset
    trail: Trail
    number: str

    async def press(self, *keys: str) -> None:
        """One key in each menu, when the caller is there."""
        for position, key in enumerate(keys, start=1):
            await self.trail.first(MenuEntered, 20, position)
            await self.handset.press(key)

    async def queued(self) -> CallQueued:
        return await self.trail.first(CallQueued, 20)

    async def connected(self, within: float = 30.0, count: int = 1) -> AgentConnected:
        return await self.trail.first(AgentConnected, within, count)

    async def ended(self, within: float = 20.0) -> CallEnded:
        await self.handset.gone(within)
        return await self.trail.first(CallEnded, within)

    async def recording_finished(self) -> RecordingFinished:
        return await self.trail.first(RecordingFinished, 20)

    async def leave(self) -> None:
        if not self.handset.ended:
            await self.handset.hang_up()
            await self.handset.gone()
        await self.handset.close()

    async def listen(self, seconds: float = 0.6) -> Sound:
        """What is heard from now on for `seconds`."""
        path = self.handset.heard
        start = path.stat().st_size if path.exists() else 0
        wanted = start + int(seconds * _BYTES_A_SECOND)
        async with asyncio.timeout(seconds + 20):
            while not path.exists() or path.stat().st_size < wanted:
                assert not self.handset.ended, "the call ended while its sound was listened to"
                await asyncio.sleep(0.05)
        data = path.read_bytes()[start - start % 4 :]
        return Sound(samples_of(data, 2))

    async def hears(self, hz: float, within: float = 20.0) -> None:
        """Until a tone is most of what is heard."""
        await self._until(lambda sound: sound.share(hz) > 0.6, within, f"{hz:g} Hz")

    async def hears_silence(self, within: float = 20.0) -> None:
        await self._until(lambda sound: sound.silent, within, "silence")

    async def hears_music(self, but_not: float, within: float = 20.0) -> None:
        """Until there is sound that is not the tone `but_not`."""
        await self._until(lambda s: not s.silent and s.share(but_not) < 0.2, within, "music")

    async def _until(self, holds: object, within: float, what: str) -> None:
        try:
            async with asyncio.timeout(within):
                while not holds(await self.listen()):  # type: ignore[operator]
                    pass
        except TimeoutError:
            raise AssertionError(f"{what} was not heard within {within:g} s") from None
