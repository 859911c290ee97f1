"""What control believes beside what the engine has. Pure, and the one place that says what a difference is:
the look of every few seconds, the question why somebody does not ring, and the forced reset all ask here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.live import AgentRow
from springline.contracts.reconciling import DifferenceKind
from springline.telephony.ari import Resync, Resynced
from springline.telephony.ari.generated.models import Channel, Endpoint
from springline.telephony.control import recovery
from springline.telephony.control.agent_leg import agent_at, agent_of

STASIS_BRIDGE = "stasis"
_HOLDING = (AgentState.RINGING, AgentState.TALKING)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The same at two looks only if nothing of it moved in between: `mark` holds what may move."""

    kind: DifferenceKind
    subject: str
    agent: str | None = None
    call_id: str | None = None
    mark: str = ""


@dataclass(frozen=True)
class Beliefs:
    """Of control, at the moment of the look.

    `callers`: the calls by their caller's channel, also of one that is still to be dialled. `expected`: by
    call, the channels that must be there. `talks_with`: its agent. `owned`: the legs and bridges that
    somebody looks after. `there`: the endpoints of an agent that are believed to be there.
    """

    callers: Mapping[str, str]
    expected: Mapping[str, Collection[str]]
    talks_with: Mapping[str, str | None]
    agents: Iterable[AgentRow]
    owned: Collection[str]
    there: Callable[[str], Collection[str]]


def of_agent(channel: Channel) -> str | None:
    """Whose leg a channel of the engine is."""
    return (channel.channelvars or {}).get("SL_AGENT") or agent_of(channel.id)


def legs_of(agent: str, channels: Iterable[Channel]) -> list[Channel]:
    return [channel for channel in channels if of_agent(channel) == agent]


def held_by_nothing(call_id: str | None, alive: bool, legs: int) -> bool:
    """Control holds a call for an agent that is not there: nobody looks after it, or the agent has no leg."""
    return call_id is not None and not (alive and legs)


def devices_differ(there: Collection[bool], believed: bool) -> bool:
    return bool(there) and any(there) is not believed


def resynced(expected: Collection[str], channels: Mapping[str, Channel]) -> Resynced:
    """What a call is told of the engine, as after a reconnect."""
    mine = {i: channels[i] for i in expected if i in channels}
    return Resynced(mine, {}, frozenset(expected) - mine.keys(), compared=True)


def differences(
    seen: Resync, found: recovery.Survey, endpoints: Iterable[Endpoint], believed: Beliefs
) -> Iterator[Difference]:
    """`found`: the survey of `seen`."""
    yield from _unknown(seen, found, believed)
    yield from _gone(seen, believed)
    agents = tuple(believed.agents)
    yield from _held(seen, believed, agents)
    yield from _devices(endpoints, believed, agents)


def _unknown(seen: Resync, found: recovery.Survey, believed: Beliefs) -> Iterator[Difference]:
    kind = DifferenceKind
    for channel_id, caller in found.callers.items():
        # One who passes through the dialplan comes back by itself.
        if caller.here and channel_id not in believed.callers:
            yield Difference(kind=kind.CALLER_UNKNOWN, subject=channel_id)
    for leg in found.legs:
        if leg not in believed.owned:
            yield Difference(kind=kind.LEG_UNKNOWN, subject=leg, agent=of_agent(seen.channels[leg]))
    for bridge in seen.bridges.values():
        if bridge.bridge_class == STASIS_BRIDGE and bridge.id not in believed.owned:
            yield Difference(kind=kind.BRIDGE_UNKNOWN, subject=bridge.id)


def _gone(seen: Resync, believed: Beliefs) -> Iterator[Difference]:
    for call_id, expected in believed.expected.items():
        for channel_id in expected:
            if channel_id not in seen.channels:
                caller = channel_id in believed.callers
                yield Difference(
                    kind=DifferenceKind.CALLER_GONE if caller else DifferenceKind.LEG_GONE,
                    subject=channel_id,
                    agent=believed.talks_with.get(call_id) if caller else agent_of(channel_id),
                    call_id=call_id,
                )


def _held(seen: Resync, believed: Beliefs, agents: Iterable[AgentRow]) -> Iterator[Difference]:
    holding = [row for row in agents if row.state in _HOLDING and row.call_id is not None]
    legs: dict[str | None, int] = defaultdict(int)
    for channel in seen.channels.values() if holding else ():
        legs[of_agent(channel)] += 1
    for row in holding:
        if held_by_nothing(row.call_id, row.call_id in believed.expected, legs[row.id]):
            yield Difference(
                kind=DifferenceKind.AGENT_HELD,
                subject=row.id,
                agent=row.id,
                call_id=row.call_id,
                mark=f"{row.state} {row.since.isoformat()}",
            )


def _devices(
    endpoints: Iterable[Endpoint], believed: Beliefs, agents: Iterable[AgentRow]
) -> Iterator[Difference]:
    there: dict[str, set[str]] = defaultdict(set)
    for endpoint in endpoints:
        agent = agent_at(endpoint)
        if agent is not None and endpoint.state == "online":
            there[agent].add(endpoint.resource)
    for row in agents:
        now = there[row.id]
        if now != set(believed.there(row.id)) or devices_differ([bool(now)], row.device_online):
            yield Difference(
                kind=DifferenceKind.DEVICE, subject=row.id, agent=row.id, mark=" ".join(sorted(now))
            )
