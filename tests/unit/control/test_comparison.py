"""What counts as a difference between control and the engine, and what does not."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from springline.contracts.agents import AgentState
from springline.contracts.live import AgentRow
from springline.contracts.reconciling import DifferenceKind
from springline.telephony.ari import Resync
from springline.telephony.ari.generated.models import Bridge, CallerID, Channel, DialplanCEP, Endpoint
from springline.telephony.control import recovery
from springline.telephony.control.comparison import Beliefs, Difference, differences, resynced

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LEG, CALLER = "agent-1001-0123456789ab", "c1"
K = DifferenceKind


def channel(
    channel_id: str, app: str = "springline,inbound,400", context: str = "inbound", **seen: str
) -> Channel:
    return Channel(
        id=channel_id,
        protocol_id="",
        name=f"PJSIP/trunk-{channel_id}",
        state="Up",
        caller=CallerID(name="", number=""),
        connected=CallerID(name="", number=""),
        accountcode="",
        dialplan=DialplanCEP(
            context=context, exten="s", priority=1, app_name="Stasis" if app else "Wait", app_data=app
        ),
        creationtime=NOW,
        language="en",
        channelvars=dict(seen),
    )


def leg(channel_id: str = LEG, role: str = "agent", agent: str = "1001") -> Channel:
    return channel(channel_id, "springline,agent", SL_ROLE=role, SL_AGENT=agent)


def bridge(bridge_id: str, *members: str, kind: str = "stasis") -> Bridge:
    return Bridge(
        id=bridge_id,
        technology="simple_bridge",
        bridge_type="mixing",
        bridge_class=kind,
        creator="Stasis",
        name="",
        channels=list(members),
        creationtime=NOW,
    )


def row(state: AgentState = AgentState.TALKING, call: str | None = "call", online: bool = True) -> AgentRow:
    return AgentRow(id="1001", name="", state=state, since=NOW, queues=(), device_online=online, call_id=call)


def phone(resource: str = "agent-1001", state: str = "online") -> Endpoint:
    return Endpoint(technology="PJSIP", resource=resource, channel_ids=[], state=state)


def compared(
    channels: Collection[Channel] = (),
    bridges: Collection[Bridge] = (),
    phones: Collection[Endpoint] = (phone(),),
    callers: dict[str, str] | None = None,
    expected: dict[str, Collection[str]] | None = None,
    owned: Collection[str] = (),
    agents: Collection[AgentRow] = (),
    there: Collection[str] = ("agent-1001",),
) -> list[Difference]:
    seen = Resync(False, "springline", {c.id: c for c in channels}, {b.id: b for b in bridges})
    believed = Beliefs(
        callers=callers or {},
        expected=expected or {},
        talks_with={"call": "1001"},
        agents=agents,
        owned=owned,
        there=lambda _agent: there,
    )
    return list(differences(seen, recovery.survey(seen), phones, believed))


WHOLE: dict[str, Any] = {
    "channels": (channel(CALLER), leg()),
    "bridges": (bridge("call-call", CALLER, LEG),),
    "callers": {CALLER: "call"},
    "expected": {"call": {CALLER, LEG}},
    "owned": {LEG, "call-call"},
    "agents": (row(),),
}


def test_a_conversation_that_both_know_is_none() -> None:
    assert compared(**WHOLE) == []


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"callers": {}, "expected": {}}, [K.CALLER_UNKNOWN, K.AGENT_HELD]),
        ({"owned": {"call-call"}}, [K.LEG_UNKNOWN]),
        ({"owned": {LEG}}, [K.BRIDGE_UNKNOWN]),
        ({"channels": (leg(),)}, [K.CALLER_GONE]),
        ({"channels": (channel(CALLER),)}, [K.LEG_GONE, K.AGENT_HELD]),
        ({"channels": (), "bridges": ()}, [K.CALLER_GONE, K.LEG_GONE, K.AGENT_HELD]),
        ({"phones": (phone(state="offline"),)}, [K.DEVICE]),
        ({"phones": ()}, [K.DEVICE]),
        ({"there": ()}, [K.DEVICE]),
        ({"agents": (row(online=False),)}, [K.DEVICE]),
        ({"phones": (phone(), phone("agent-1001.sip"))}, [K.DEVICE]),
        ({"phones": (phone(), phone("agent-9999"), phone("trunk"))}, []),
        ({"agents": (row(AgentState.READY, None),)}, []),
    ],
)
def test_what_one_of_both_does_not_know(change: dict[str, Any], kinds: list[DifferenceKind]) -> None:
    assert sorted(one.kind for one in compared(**WHOLE | change)) == sorted(kinds)


@pytest.mark.parametrize(
    "other",
    [
        channel("waits", app="", context="inbound"),
        channel("fallback", app="", context="fallback"),
        channel("1234.5", app="", context="fallback"),
        channel("passes", app="", context="record"),
        channel("other-app", app="somebody,else"),
    ],
    ids=lambda one: one.id,
)
def test_channels_that_are_the_dialplan_s_are_none(other: Channel) -> None:
    change = {
        "channels": (*WHOLE["channels"], other),
        "bridges": (*WHOLE["bridges"], bridge("d", kind="basic")),
    }
    assert compared(**WHOLE | change) == []


def test_a_supervisor_s_leg_is_known_by_its_role() -> None:
    listens = leg("supervisor-1002-0123456789ab", role="supervisor", agent="1002")
    [one] = compared(**WHOLE | {"channels": (*WHOLE["channels"], listens)})
    assert (one.kind, one.agent) == (K.LEG_UNKNOWN, "1002")
    assert (
        compared(
            **WHOLE | {"channels": (*WHOLE["channels"], listens), "owned": {LEG, "call-call", listens.id}}
        )
        == []
    )


def test_another_call_of_the_same_agent_is_another_difference() -> None:
    first, second = (compared(agents=(row(call=call),), expected={call: set()})[0] for call in ("one", "two"))
    assert first.kind is second.kind is K.AGENT_HELD
    assert first != second


@given(some.sets(some.sampled_from("abcdef")), some.sets(some.sampled_from("abcdef")))
def test_a_call_hears_of_all_it_expects_what_is_there_and_what_is_not(
    expected: set[str], there: set[str]
) -> None:
    word = resynced(expected, {one: channel(one) for one in there})
    assert word.channels.keys() | word.gone == expected
    assert not word.channels.keys() & word.gone
    assert word.channels.keys() <= there
    assert word.compared
