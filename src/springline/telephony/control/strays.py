"""Channels and bridges that no call looks after are ended, if need be when the link is back."""

from collections.abc import Callable

import structlog

from springline.telephony.ari import Ari, AriDisconnected, AriError, AriTimeout, Resync
from springline.telephony.control import recovery

log = structlog.get_logger("exchange")


class Strays:
    def __init__(self, ari: Ari) -> None:
        self._ari = ari
        self._to_drop: set[str] = set()

    async def tidy(self, found: recovery.Survey, resync: Resync, owned: Callable[[str], bool]) -> None:
        """End what no call looks after. A call that was just found has not claimed its own yet."""
        legs, bridges = (found.strays, found.empty) if resync.first else (found.legs, found.bridges)
        for leg in legs:
            if not owned(leg):
                await self.drop(leg)
        for bridge in bridges:
            if not owned(bridge):
                await self.destroy(bridge)
        for channel in self._to_drop & resync.channels.keys():
            await self.drop(channel)

    async def drop(self, channel_id: str, reason_code: str | None = None) -> None:
        """End a channel that no call looks after; without a link, as soon as it is back."""
        self._to_drop.discard(channel_id)
        try:
            await self._ari.channels.hangup(channel_id, reason_code=reason_code)
        except (AriDisconnected, AriTimeout):
            self._to_drop.add(channel_id)
        except AriError as error:
            log.debug("not_dropped", channel=channel_id, error=error.code)

    async def destroy(self, bridge_id: str) -> None:
        try:
            await self._ari.bridges.destroy(bridge_id)
        except AriError as error:
            log.debug("not_destroyed", bridge=bridge_id, error=error.code)
