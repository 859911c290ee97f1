"""Looks again and again whether control and the engine agree, and mends what differs at two looks in a row.

One look is three lists, whatever the number of calls. Every difference goes the way that its lost word would
have gone: a call is told as after a reconnect, a stranger is met as after a restart. So there is one way only
to go on after something was missed.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol, cast

import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.reconciling import DifferenceKind, DifferenceMended
from springline.platform.bus import BusError
from springline.telephony.acd import Reset
from springline.telephony.ari import AriError, Resync
from springline.telephony.ari.generated.models import Endpoint
from springline.telephony.control import recovery
from springline.telephony.control.comparison import Beliefs, Difference, differences, resynced
from springline.telephony.control.facts import Facts
from springline.telephony.control.messages import CallMessage
from springline.telephony.control.office import Office
from springline.telephony.control.presence import TECHNOLOGY, Presence
from springline.telephony.control.strays import Strays
from springline.telephony.control.supervision import Supervisors
from springline.telephony.control.switchboard import call_of
from springline.telephony.control.takeover import Takeover

log = structlog.get_logger("reconciler")

LOOK_EVERY_SECONDS = 10.0
DEADLINE_SECONDS = 4.0
"""A list that comes too late is none; the link is not given up for it."""

SHARE = 100.0
"""A look that takes long is followed by a rest so many times longer,"""

LONGEST_REST = 6
"""but of so many periods at most: an engine that once was out of breath is not left alone for minutes."""

_ORDER = tuple(DifferenceKind)

MENDED = metrics.Counter(
    "springline_differences_mended_total", "Differences between control and the engine, mended", ["kind"]
)
FAILED = metrics.Counter("springline_reconciling_failed_total", "Looks that ended by a fault of the program")
LOOK = metrics.Summary(
    "springline_reconciling_seconds", "One look at all of the engine's lists, its wait too"
)


class Comparable(Protocol):
    """A call. `expected`: the channels without which it is not what it believes to be. `held`: the legs and
    the bridge that it looks after."""

    facts: Facts

    @property
    def expected(self) -> frozenset[str]: ...

    @property
    def held(self) -> frozenset[str]: ...


class LastLook:
    """What there is to tell people. `mended`: of each agent, the newest difference and when."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.mended: dict[str, tuple[DifferenceKind, datetime]] = {}


def rest_after(took: float, every: float) -> float:
    """Seconds until the next look, after one that took so many."""
    return min(max(every, took * SHARE), every * LONGEST_REST)


class Reconciler:
    """`every`: seconds between two looks."""

    def __init__(
        self,
        office: Office,
        calls: Mapping[str, Comparable],
        supervisors: Supervisors,
        presence: Presence,
        strays: Strays,
        takeover: Takeover,
        every: float = LOOK_EVERY_SECONDS,
    ) -> None:
        self.last = LastLook()
        self._office = office
        self._calls = calls
        self._supervisors = supervisors
        self._presence = presence
        self._strays = strays
        self._takeover = takeover
        self._every = every
        self._before: frozenset[Difference] = frozenset()
        self._told: set[Difference] = set()
        self._now = asyncio.get_running_loop().time

    def forget(self) -> None:
        """The link was away: what was seen before it does not count."""
        self._before = frozenset()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        rest = self._every
        while True:
            await asyncio.sleep(rest)
            await self._office.ari.wait_ready()
            began = self._now()
            try:
                await self._look()
            except AriError as error:
                self.forget()
                log.info("not_compared", error=error.code)
            except Exception:  # the job boundary: a fault of the comparison must not touch the calls
                self.forget()
                FAILED.inc()
                log.exception("comparison_failed")
            took = self._now() - began
            LOOK.observe(took)
            rest = rest_after(took, self._every)

    async def _look(self) -> None:
        ari = self._office.ari
        seen = await ari.look(DEADLINE_SECONDS)
        endpoints = await ari.endpoints.list_by_tech(TECHNOLOGY, deadline=DEADLINE_SECONDS)
        found = recovery.survey(seen)
        now = frozenset(differences(seen, found, endpoints, self._beliefs()))
        sure, self._before = now & self._before, now
        self.last.at = utcnow()
        self._told &= now
        told: set[str] = set()
        for one in sorted(sure, key=lambda one: (_ORDER.index(one.kind), one.subject)):
            if await self._mend(one, seen, found, endpoints, told):
                self._note(one)

    async def _mend(
        self,
        one: Difference,
        seen: Resync,
        found: recovery.Survey,
        endpoints: Iterable[Endpoint],
        told: set[str],
    ) -> bool:
        """Whether anything was done. `told`: the calls that have heard of it at this look."""
        match one.kind:
            case DifferenceKind.CALLER_UNKNOWN:
                return await self._meet(found.callers[one.subject])
            case DifferenceKind.LEG_UNKNOWN:
                await self._strays.drop(one.subject)
            case DifferenceKind.BRIDGE_UNKNOWN:
                await self._strays.destroy(one.subject)
            case DifferenceKind.CALLER_GONE | DifferenceKind.LEG_GONE:
                self._tell(one.call_id or "", seen, told)
            case DifferenceKind.AGENT_HELD:
                return self._let_go(one, seen, told)
            case DifferenceKind.DEVICE:
                self._presence.believe(one.subject, endpoints)
        return True

    async def _meet(self, stranger: recovery.Found) -> bool:
        try:
            await self._takeover.meet(stranger)
        except BusError as error:
            log.info("stranger_waits", channel=stranger.channel.id, error=str(error))
            return False
        return True

    def _tell(self, call_id: str, seen: Resync, told: set[str]) -> None:
        """Let the call go on with what is left, as after a reconnect."""
        call = self._calls.get(call_id)
        if call_id in told:
            return
        told.add(call_id)
        if call is None:
            self._supervisors.end(call_id)
        else:
            word = resynced(call.expected, seen.channels)
            self._office.switchboard.send(call_id, cast(CallMessage, word))

    def _let_go(self, one: Difference, seen: Resync, told: set[str]) -> bool:
        """First by the call's own means; who is held all the same is let go by the queues."""
        call_id = one.call_id or ""
        if call_id in told:
            return False
        if call_id in self._calls and one not in self._told:
            self._told.add(one)
            self._tell(call_id, seen, told)
        else:
            self._office.switchboard.tell(Reset(one.subject))
        return True

    def _note(self, one: Difference) -> None:
        now, call_id = utcnow(), call_of(one.call_id)
        MENDED.labels(one.kind.value).inc()
        log.warning(
            "difference_mended", kind=one.kind.value, subject=one.subject, agent=one.agent, call=call_id
        )
        self._office.journal(
            DifferenceMended(at=now, kind=one.kind, subject=one.subject, agent=one.agent, call_id=call_id)
        )
        if one.agent is not None:
            self.last.mended[one.agent] = one.kind, now

    def _beliefs(self) -> Beliefs:
        calls = self._calls
        return Beliefs(
            callers={call.facts.channel_id: call_id for call_id, call in calls.items()},
            expected={
                **{call_id: call.expected for call_id, call in calls.items()},
                **self._supervisors.expected(),
            },
            talks_with={call_id: call.facts.agent for call_id, call in calls.items()},
            agents=self._office.switchboard.agents(),
            owned=self._supervisors.held().union(*(call.held for call in calls.values())),
            there=self._office.reach.there,
        )
