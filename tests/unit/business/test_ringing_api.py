"""Why an agent does not ring: in words, for whom; the forced reset; what is audited."""

from datetime import timedelta

import msgspec
import pytest

from springline.business.accounts.models import ApiToken, AuditRow, User
from springline.business.accounts.roles import Action, Reach, Role
from springline.business.calls.ringing_words import Names, advice_of, check_of, compared_of, verdict_of
from springline.contracts.agents import AgentState
from springline.contracts.commands import (
    Command,
    DeskSeen,
    Refused,
    ResetAgent,
    Ringing,
    WasReset,
    WhyNotRinging,
)
from springline.contracts.mobile import MobileUse
from springline.contracts.reconciling import DifferenceKind
from springline.contracts.ringing import (
    Check,
    CheckKind,
    DeskLease,
    DeviceFact,
    DeviceKind,
    QueueFact,
    RingingFacts,
    Verdict,
)
from tests.unit.business import people
from tests.unit.business.people import NOON, FakeControl
from tests.unit.business.test_calls_api import post

FACTS = RingingFacts(
    at=NOON,
    agent="1003",
    engine=True,
    signed_in=True,
    state=AgentState.PAUSED,
    since=NOON - timedelta(minutes=5),
    paused=True,
    pause_reason="meal",
    desk=DeskLease.OPEN,
    desk_seen=NOON,
    devices=(DeviceFact(kind=DeviceKind.BROWSER, there=True),),
    queues=(QueueFact(id="huoshan", waiting=1),),
    elsewhere=("city",),
)
PAUSED = Ringing(
    verdict=Verdict.PAUSED,
    checks=(Check(kind=CheckKind.PAUSE, passed=False), Check(kind=CheckKind.DEVICE, passed=True)),
    reset=False,
    facts=FACTS,
)
NAMES = Names(
    {"1003": "小霍", "1001": "小安"}, {"huoshan": "霍山", "city": "城区"}, {"meal": ("用餐", "Meal")}
)


def test_a_supervisor_reads_one_sentence_what_to_do_and_the_checks(  # type: ignore[no-untyped-def]
    signed_in, monitor: User, floor: FakeControl, xiaohuo: User
) -> None:
    floor.replies[WhyNotRinging] = PAUSED
    told = signed_in(monitor).get("/api/agents/1003/ringing")
    assert told.status_code == 200
    body = told.json()
    assert body["verdict"] == "paused"
    assert body["text"]["zh"].startswith("坐席小霍从 11:55:00 起暂停：")
    assert body["text"]["en"].startswith("坐席小霍 has been paused since 11:55:00")
    assert body["advice"]["zh"] == "请他点“就绪”。"
    assert [(check["kind"], check["passed"]) for check in body["checks"]] == [
        ("pause", False),
        ("device", True),
    ]
    assert body["checks"][1]["text"]["zh"] == "能振铃的设备：浏览器软电话 在线"
    assert (body["reset"], body["talking"], body["desk"]) == (False, False, "open")
    assert body["compared"]["zh"] == "系统启动后还没有和引擎核对过。"


def test_the_view_tells_of_control_s_own_look() -> None:
    at = NOON - timedelta(seconds=4)
    looked = msgspec.structs.replace(FACTS, compared_at=at)
    assert compared_of(looked)["zh"] == "系统自动和引擎核对，最近一次 11:59:56，没有改过他的状态。"
    mended = msgspec.structs.replace(
        looked, mended=DifferenceKind.LEG_GONE, mended_at=NOON - timedelta(minutes=2)
    )
    said = compared_of(mended)
    assert said["zh"] == "系统自动和引擎核对，最近一次 11:59:56；11:58:00 修正过：通道早已断开，已放开。"
    assert "mended at 11:58:00" in said["en"]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_look_and_reset(  # type: ignore[no-untyped-def]
    signed_in, db: None, floor: FakeControl, role: Role
) -> None:
    floor.replies = {
        WhyNotRinging: PAUSED,
        ResetAgent: WasReset(state=AgentState.READY, legs=1, dropped=True),
    }
    client = signed_in(people.a(role))
    expected = 200 if role in {Role.SUPERVISOR, Role.OWNER, Role.ADMIN} else 403
    assert client.get("/api/agents/1003/ringing").status_code == expected
    assert post(client, "/api/agents/1003/reset", {}).status_code == expected
    assert AuditRow.objects.filter(what="agent.reset").count() == (expected == 200)
    assert len(floor.heard) == (2 if expected == 200 else 0)


def test_nobody_unknown_and_no_token_may(client, db: None, floor: FakeControl) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/api/agents/1003/ringing").status_code == 401
    assert client.post("/api/agents/1003/reset").status_code == 401
    token = ApiToken(scopes=["read", "control"])
    assert token.reach(Action.RESET_AGENTS) is Reach.NONE


def test_a_conversation_is_ended_only_when_that_is_said_and_both_are_audited(  # type: ignore[no-untyped-def]
    signed_in, monitor: User, floor: FakeControl
) -> None:
    client = signed_in(monitor)
    floor.refuse = Refused(code="in_conversation", message_zh="他正在通话。", message_en="-")
    refused = post(client, "/api/agents/1003/reset", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "in_conversation")
    floor.refuse = None
    floor.replies[ResetAgent] = WasReset(state=AgentState.READY, legs=1, dropped=False, later=True)
    done = post(client, "/api/agents/1003/reset", {"end_conversation": True})
    assert done.json() == {"state": "ready", "legs": 1, "dropped": False, "later": True}
    assert floor.heard[-1] == ResetAgent(agent="1003", end_conversation=True)
    rows = AuditRow.objects.filter(what="agent.reset").order_by("pk")
    assert [row.detail["outcome"] for row in rows] == ["in_conversation", "ready"]


def test_whom_nobody_knows(signed_in, monitor: User, floor: FakeControl) -> None:  # type: ignore[no-untyped-def]
    floor.refuse = Refused(code="unknown_agent", message_zh="-", message_en="-")
    assert signed_in(monitor).get("/api/agents/7/ringing").status_code == 404


def test_an_open_desk_says_so_for_its_own_agent_alone(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    client = signed_in(xiaoan)
    assert post(client, "/api/agent/desk", {"tab": "t1"}).status_code == 200
    assert post(client, "/api/agent/desk", {"tab": "t1", "open": False}).status_code == 200
    assert post(client, "/api/agent/desk", {"tab": "t" * 41}).status_code == 422
    assert post(signed_in(monitor), "/api/agent/desk", {"tab": "t2"}).status_code == 200
    heard: list[Command] = [
        DeskSeen(agent="1001", tab="t1"),
        DeskSeen(agent="1001", tab="t1", open=False),
    ]
    assert floor.heard == heard


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_its_sentence_and_advice_in_both_languages(verdict: Verdict) -> None:
    bare = msgspec.structs.replace(FACTS, queues=(), devices=(), pause_reason=None, desk_seen=None)
    for facts in (FACTS, bare):
        found = msgspec.structs.replace(PAUSED, verdict=verdict, facts=facts)
        for words in (verdict_of(found, NAMES), advice_of(found, NAMES)):
            assert words["zh"].endswith("。")
            assert words["en"].endswith(".")
            assert "{" not in words["zh"] + words["en"]


@pytest.mark.parametrize("kind", list(CheckKind))
@pytest.mark.parametrize("passed", [True, False])
def test_every_check_has_its_words(kind: CheckKind, passed: bool) -> None:
    said = check_of(Check(kind=kind, passed=passed), FACTS, NAMES)
    assert said["zh"]
    assert said["en"]


def test_who_is_before_is_named_and_a_pause_that_was_made_by_misses_too() -> None:
    facts = msgspec.structs.replace(
        FACTS, queues=(QueueFact(id="city", waiting=0, ahead=("1001", "7")),), pause_reason="no_answer"
    )
    found = msgspec.structs.replace(PAUSED, verdict=Verdict.AFTER_OTHERS, facts=facts)
    assert verdict_of(found, NAMES)["zh"] == "小霍一切正常，只是没有人在等；下一个来电先给小安、7。"
    assert check_of(Check(kind=CheckKind.PAUSE, passed=False), facts, NAMES)["zh"] == "暂停：连续未接"
    mobile = msgspec.structs.replace(facts, mobile=MobileUse.ONLY)
    assert "只响手机" in check_of(Check(kind=CheckKind.MOBILE, passed=True), mobile, NAMES)["zh"]
