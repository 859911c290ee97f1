"""What a control that starts finds: calls of its predecessor, in the journal and in the engine.

The journal says what each call is, the engine says what is left of it. Both together give the calls to
go on with; a call that ended meanwhile gets its last events now.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentState, AgentStateChanged
from springline.contracts.event import CallEvent
from springline.contracts.events import AnyCallEvent, AnyEvent
from springline.platform.bus import AnyBus, JournalEntry
from springline.telephony import acd
from springline.telephony.ari import Resync
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control.agent_leg import AGENT_ROLE, SUPERVISOR_ROLE, agent_of
from springline.telephony.control.facts import Facts
from springline.telephony.control.folding import fold
from springline.telephony.control.line import bridge_of
from springline.telephony.control.recording import RECORD_CONTEXT

log = structlog.get_logger("exchange")


@dataclass(frozen=True)
class OpenCall:
    facts: Facts
    seq: int


async def open_calls(bus: AnyBus) -> list[OpenCall]:
    """Calls of the journal, from the checkpoint on, that have not ended or whose recording is not told of."""
    stored = await bus.kv_get(subjects.CONTROL_BUCKET, subjects.CHECKPOINT_KEY)
    entries = await bus.journal_read(subjects.JOURNAL_ALL, int(stored or b"1"))
    return [call for call in _folded(entries) if not call.facts.complete]


def _folded(entries: Iterable[JournalEntry]) -> Iterable[OpenCall]:
    events: dict[str, list[AnyCallEvent]] = defaultdict(list)
    first: dict[str, int] = {}
    for entry in entries:
        try:
            event: AnyEvent = codec.decode_any(entry.data, AnyEvent)
        except codec.BadMessage as bad:
            # One entry that nobody can read must not keep the hotline from starting.
            log.error("journal_entry_unreadable", seq=entry.seq, error=str(bad))
            continue
        if isinstance(event, CallEvent):
            events[event.call_id].append(event)
            first.setdefault(event.call_id, entry.seq)
    for call_id, history in events.items():
        if (facts := fold(history)) is not None:
            yield OpenCall(facts, first[call_id])


@dataclass(frozen=True)
class Found:
    """One caller's channel in the engine; `agent_leg` when it talks in a bridge with an agent's. Not
    `here` while it passes through the dialplan to the recorder."""

    channel: Channel
    agent_leg: str | None
    bridge: str | None
    here: bool = True


@dataclass(frozen=True)
class Survey:
    """`members`: who is in each bridge. `strays`: agents' legs that ring or talk with nobody, and
    whatever supervisors listen by; `empty`: bridges without a caller. `legs` and `bridges` are all there are.
    `alone`: agents' legs that are joined to nobody.
    """

    callers: dict[str, Found]
    members: dict[str, frozenset[str]]
    strays: tuple[str, ...]
    empty: tuple[str, ...]
    legs: tuple[str, ...]
    bridges: tuple[str, ...]
    alone: tuple[Channel, ...] = ()


def survey(resync: Resync) -> Survey:
    """Sort the engine's channels and bridges into what belongs together."""
    aside = {i for i, channel in resync.channels.items() if _is_of_supervision(channel)}
    ours = {i: channel for i, channel in resync.ours.items() if i not in aside}
    # A leg that still rings is not in our application yet.
    agents = {i for i, channel in resync.channels.items() if _role(channel) == AGENT_ROLE}
    callers: dict[str, Found] = {}
    joined: set[str] = set()
    empty: list[str] = []
    for bridge in resync.bridges.values():
        members = set(bridge.channels)
        caller = next((i for i in members if i in ours and i not in agents), None)
        leg = next(iter(members & agents), None)
        if caller is None:
            empty.append(bridge.id)
            continue
        callers[caller] = Found(ours[caller], leg, bridge.id)
        joined |= {leg} if leg else set()
    for channel_id, channel in ours.items():
        if channel_id not in agents and channel_id not in callers:
            callers[channel_id] = Found(channel, None, None)
    for channel_id, channel in resync.channels.items():
        if channel_id not in ours and channel.dialplan.context == RECORD_CONTEXT:
            callers[channel_id] = Found(channel, None, None, here=False)
    inside = {bridge.id: frozenset(bridge.channels) for bridge in resync.bridges.values()}
    return Survey(
        callers,
        inside,
        (*(agents - joined), *aside),
        tuple(empty),
        (*agents, *aside),
        tuple(resync.bridges),
        tuple(resync.channels[leg] for leg in agents - joined),
    )


def consulting(found: Found, facts: Facts, seen: Survey) -> Found:
    """A call whose agent asks a colleague: both legs are in its bridge, the caller may be beside it."""
    bridge = bridge_of(facts.call_id)
    legs = (leg for leg in seen.members.get(bridge, ()) if agent_of(leg) == facts.agent)
    return replace(found, agent_leg=next(legs, None), bridge=bridge)


def _is_of_supervision(channel: Channel) -> bool:
    return _role(channel) == SUPERVISOR_ROLE or channel.name.startswith("Snoop/")


def _role(channel: Channel) -> str:
    return str((channel.channelvars or {}).get("SL_ROLE", ""))


async def last_states(bus: AnyBus, agents: Iterable[str]) -> dict[str, AgentStateChanged]:
    """The journal's last word about each agent."""
    known: dict[str, AgentStateChanged] = {}
    for agent in agents:
        entry = await bus.journal_last(subjects.journal_of_agent(agent))
        if entry is not None:
            known[agent] = codec.decode(entry.data, AgentStateChanged)
    return known


def steps_back(last: AgentStateChanged) -> list[acd.AcdEvent]:
    """`_steps`, with the agent's mobile as it was."""
    steps = _steps(last)
    return [*steps, acd.UseMobile(last.agent, last.mobile)] if steps else steps


def _steps(last: AgentStateChanged) -> list[acd.AcdEvent]:
    """What brings an agent back to where a control that died left him; a call that is still there comes
    by AgentAdopted afterwards."""
    match last.state:
        case AgentState.OFFLINE:
            return []
        case AgentState.PAUSED | AgentState.UNREACHABLE if last.state is AgentState.PAUSED or last.reason:
            reason = [] if last.reason is None else [acd.SetPaused(last.agent, last.reason)]
            return [acd.SignIn(last.agent), *reason]
        case _:
            return [acd.SignIn(last.agent), acd.SetReady(last.agent)]
