"""Calls that the dialplan took alone, in the engine's memory: on a full disk its database has none."""

import re
from collections.abc import Awaitable, Callable

from springline.telephony.ari import Ari, AriNotFound
from springline.telephony.engine.dialplan import MEMORY_FLAG, MEMORY_PREFIX

_LINE = re.compile(rf"^\s*({MEMORY_PREFIX}[^=\s]+)=(\S+)\s*$", re.MULTILINE)


def remembered(printed: str) -> dict[str, str]:
    """Names of calls and their variables, of what the console prints of all global variables."""
    return {name: variable for variable, name in _LINE.findall(printed) if variable != MEMORY_FLAG}


class AwayMemory:
    """`console` runs a command of Asterisk's console: ARI cannot list variables."""

    def __init__(self, ari: Ari, console: Callable[[str], Awaitable[object]]) -> None:
        self._ari, self._console = ari, console
        self._known: dict[str, str] = {}
        self._first = True

    async def names(self) -> list[str]:
        """The calls that are not done yet. The console is asked when there is news, and once by each run."""
        if self._first or await self._is_news():
            # Before they are listed: a call that comes meanwhile sets it again.
            await self._ari.asterisk.set_global_var(variable=MEMORY_FLAG, value="")
            self._known |= remembered(str(await self._console("dialplan show globals")))
            self._first = False
        return list(self._known)

    async def _is_news(self) -> bool:
        try:
            return bool((await self._ari.asterisk.get_global_var(variable=MEMORY_FLAG)).value)
        except AriNotFound:
            return False

    async def done(self, name: str) -> None:
        """The call of this name was told of."""
        if (variable := self._known.get(name)) is not None:
            await self._ari.asterisk.set_global_var(variable=variable, value="")
            del self._known[name]
