"""Keys of a caller while something is said: one key, or a number that ends with #."""

import asyncio

from springline.telephony.control.line import Line, key_of

END = "#"


class Keypad:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._now = asyncio.get_running_loop().time

    async def key(self, prompts: tuple[str, ...], silence: float) -> str | None:
        """The first key, which cuts the prompts short; None after `silence` seconds without one."""
        return await self._next(prompts, silence)

    async def number(self, prompts: tuple[str, ...], silence: float, most: int) -> str:
        """Digits until #, until `silence` seconds passed without one, or until there are `most`."""
        digits = ""
        key = await self._next(prompts, silence)
        while key is not None and key != END:
            digits += key if key.isdigit() else ""
            if len(digits) == most:
                break
            key = await self._next((), silence)
        return digits

    async def _next(self, prompts: tuple[str, ...], silence: float) -> str | None:
        if prompts:
            await self._line.say(prompts)
        silence_at = None if self._line.saying else self._now() + silence
        while True:
            try:
                message = await self._line.next(None if silence_at is None else silence_at - self._now())
            except TimeoutError:
                return None
            if (key := key_of(message)) is not None:
                await self._line.hush()
                return key
            if silence_at is None and not self._line.saying:
                silence_at = self._now() + silence
