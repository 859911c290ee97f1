"""Addresses whose SIP requests are refused again and again are not listened to for a while.

The engine's own access list holds them (engine/pjsip.py), so no root is needed. A packet's sender can be
forged, so the trunk's networks, this machine and private networks (agents' phones) are never banned.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import msgspec
import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import AddressBanned, AddressUnbanned
from springline.platform.files import write_whole

log = structlog.get_logger("trunk")

BAN_AFTER, WITHIN = 20, timedelta(minutes=1)
FIRST_BAN, LONGEST_BAN = timedelta(hours=1), timedelta(days=1)
REMEMBERED = timedelta(days=7)
MOST = 2000
"""The engine looks through all of them for each packet; the oldest goes first."""
LOOK_SECONDS, PUT_SECONDS = 30.0, 2.0
_MACHINE, _PRIVATE = ("127.0.0.1/32", "::1/128"), ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
OWN_NETWORKS = (*_MACHINE, *_PRIVATE, "fc00::/7", "fe80::/10")

BANNED = metrics.Gauge("springline_sip_banned", "Addresses whose SIP is not listened to")

Network = IPv4Network | IPv6Network


class Ban(msgspec.Struct, frozen=True, kw_only=True):
    """`times`: how often this address was banned of late; each time doubles the ban."""

    since: datetime
    until: datetime
    times: int = 1


def stored(path: Path) -> dict[str, Ban]:
    """The bans by address, those that are over among them; none when the file cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Ban])
    except (OSError, msgspec.MsgspecError):
        return {}


class Bans:
    """`enforce` gives the engine the addresses to close out; it may fail and is then tried again. `disk`
    writes the list, by default a thread."""

    def __init__(
        self,
        path: Path,
        spared: tuple[str, ...],
        journal: Callable[[AnyEvent], None],
        enforce: Callable[[list[str]], Awaitable[bool]],
        now: Callable[[], datetime] = utcnow,
        disk: Executor | None = None,
    ) -> None:
        self._disk = disk
        self._path, self._journal, self._enforce, self._now = path, journal, enforce, now
        networks = (*OWN_NETWORKS, *spared)
        self._spared: tuple[Network, ...] = tuple(ip_network(network, strict=False) for network in networks)
        self._bans = stored(path)
        self._recent: dict[str, deque[datetime]] = {}
        self._changed = asyncio.Event()
        self._changed.set()

    @property
    def active(self) -> list[str]:
        now = self._now()
        return sorted(address for address, ban in self._bans.items() if ban.until > now)

    def refused(self, address: str, count: int = 1) -> None:
        """So many requests of this address were refused just now."""
        now, former = self._now(), self._bans.get(address)
        if (former is not None and former.until > now) or self._is_spared(address):
            return
        times = self._recent.setdefault(address, deque(maxlen=BAN_AFTER))
        times.extend([now] * min(count, BAN_AFTER))
        if len(times) == BAN_AFTER and now - times[0] <= WITHIN:
            self._ban(address, now, former.times + 1 if former is not None else 1)

    def lift(self, address: str) -> bool:
        """False when it is not banned."""
        if address not in self.active:
            return False
        # The list is stored when the engine is told.
        self._forget(address)
        return True

    async def run(self) -> None:
        """Keep the engine's list in step, until cancelled."""
        try:
            await self._keep_in_step()
        finally:
            # What was banned since the last look.
            self.store()

    async def _keep_in_step(self) -> None:
        given: list[str] | None = None
        while True:
            self._changed.clear()
            self._expire()
            wanted = self.active
            BANNED.set(len(wanted))
            if wanted != given:
                data = msgspec.json.encode(self._bans)
                await asyncio.get_running_loop().run_in_executor(self._disk, self._put, data)
            if wanted != given and await self._enforce(wanted):
                given = wanted
            # A reload of the engine is not made for each of many scanners that come at once.
            await asyncio.sleep(PUT_SECONDS)
            if wanted != given:
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_SECONDS)

    def _is_spared(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return True
        return any(found in network for network in self._spared)

    def _ban(self, address: str, now: datetime, times: int) -> None:
        until = now + min(FIRST_BAN * 2 ** min(times - 1, 10), LONGEST_BAN)
        self._recent.pop(address, None)
        self._bans[address] = Ban(since=now, until=until, times=times)
        if len(active := self.active) > MOST:
            self._bans.pop(min(active, key=lambda each: self._bans[each].since))
        log.warning("sip_banned", address=address, until=until.isoformat(), times=times)
        self._journal(AddressBanned(at=now, address=address, until=until, times=times))
        self._changed.set()

    def _forget(self, address: str) -> None:
        self._bans.pop(address)
        self._journal(AddressUnbanned(at=self._now(), address=address))
        self._changed.set()
        log.info("sip_unbanned", address=address)

    def _expire(self) -> None:
        """Forget who behaved for long; what addresses did within the last minute is enough otherwise."""
        now = self._now()
        old = [address for address, ban in self._bans.items() if now - ban.until > REMEMBERED]
        for address in old:
            del self._bans[address]
        self._recent = {a: times for a, times in self._recent.items() if now - times[-1] <= WITHIN}

    def store(self) -> None:
        """To the disk, for the next run of control."""
        self._put(msgspec.json.encode(self._bans))

    def _put(self, data: bytes) -> None:
        try:
            write_whole(self._path, data, 0o600)
        except OSError as error:
            log.warning("bans_not_stored", error=str(error))
