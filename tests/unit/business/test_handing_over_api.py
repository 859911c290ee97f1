"""Who may hand a caller over, what control is told, and what of it can be read afterwards."""

import pytest

from springline.business.accounts.models import AuditRow, User
from springline.business.calls.sentences import sentence
from springline.contracts import events
from springline.contracts.commands import Consult, ConsultWay, GoOnFromConsult, Transfer
from springline.contracts.handovers import OUTSIDE, CallTransferred
from tests.unit.business.people import FakeControl, Journal, call_events
from tests.unit.business.test_calls_api import post

NAMES = {"1001": "小安", "1003": "小霍"}


def test_the_agent_is_the_one_who_is_signed_in(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    mine = signed_in(xiaoan)
    assert post(mine, "/api/calls/c1/transfer", {"queue": "huoshan"}).status_code == 200
    assert post(mine, "/api/calls/c1/consult", {"to_agent": "1003"}).status_code == 200
    assert post(mine, "/api/calls/c1/consult/join", {}).status_code == 200
    assert post(signed_in(monitor), "/api/calls/c1/consult/return", {"agent": "1003"}).status_code == 200
    assert floor.heard == [
        Transfer(call_id="c1", agent="1001", queue="huoshan"),
        Consult(call_id="c1", agent="1001", to_agent="1003"),
        GoOnFromConsult(call_id="c1", agent="1001", way=ConsultWay.JOIN),
        GoOnFromConsult(call_id="c1", agent="1003", way=ConsultWay.RETURN),
    ]


def test_what_is_wrong_is_said_and_control_not_asked(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    mine = signed_in(xiaoan)
    assert post(mine, "/api/calls/c1/transfer", {}).json()["code"] == "whereto_missing"
    both = {"queue": "city", "to_agent": "1003"}
    assert post(mine, "/api/calls/c1/transfer", both).json()["code"] == "whereto_missing"
    assert post(mine, "/api/calls/c1/transfer", {"queue": "city", "agent": "1003"}).status_code == 403
    assert post(mine, "/api/calls/c1/consult/sing", {}).status_code == 422
    assert (
        post(signed_in(monitor), "/api/calls/c1/transfer", {"queue": "city"}).json()["code"]
        == "agent_missing"
    )
    assert floor.heard == []


def test_somebody_outside_by_a_number_as_people_write_it(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, floor: FakeControl
) -> None:
    mine = signed_in(xiaoan)
    assert post(mine, "/api/calls/c1/transfer", {"number": "137 0564 0099"}).status_code == 200
    assert post(mine, "/api/calls/c1/consult", {"number": "0564-3210001"}).status_code == 200
    assert post(mine, "/api/calls/c1/transfer", {"number": "水站"}).json()["code"] == "bad_number"
    both = {"number": "13705640099", "to_agent": "1003"}
    assert post(mine, "/api/calls/c1/consult", both).json()["code"] == "whereto_missing"
    assert floor.heard == [
        Transfer(call_id="c1", agent="1001", number="+8613705640099"),
        Consult(call_id="c1", agent="1001", number="+865643210001"),
    ]
    [transferred] = AuditRow.objects.filter(what="call.transferred")
    assert transferred.detail["outside"] == "137****0099"


def test_it_stays_the_call_of_who_handed_it_over(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, floor: FakeControl
) -> None:
    journal = Journal()
    *told, end = call_events("c1", journal.now, agent="1001", recording=False)
    handed = CallTransferred(
        at=journal.now(),
        call_id="c1",
        agent="1001",
        queue="huoshan",
        to_agent=OUTSIDE,
        number="+8613705640099",
    )
    taken = events.AgentConnected(
        at=journal.now(), call_id="c1", agent=OUTSIDE, queue="huoshan", wait_seconds=0.0
    )
    for event in (*told, handed, taken, end):
        journal.add(event)
    journal.project()
    detail = signed_in(xiaoan).get("/api/calls/c1").json()
    assert detail["agent"]["id"] == "1001"
    step = next(step for step in detail["steps"] if step["type"] == "CallTransferred")
    assert step["text"] == "坐席小安 把客户转给 外线号码"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"attended": True, "to_agent": "1003"}, "小安 咨询后把客户转给 小霍"),
        ({"attended": False, "to_agent": "1003"}, "小安 把客户转给 小霍"),
        ({"attended": False, "to_agent": None, "queue": "huoshan"}, "小安 把客户转到 霍山"),
    ],
)
def test_the_step_reads_as_a_sentence(data: dict[str, object], said: str) -> None:
    assert sentence("CallTransferred", {"agent": "1001", **data}, NAMES, {"huoshan": "霍山"}) == said


def test_who_gave_the_caller_away_may_wrap_up(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, xiaohuo: User, codes: None, floor: FakeControl
) -> None:
    journal = Journal()
    *told, end = call_events("c1", journal.now, agent="1001", recording=False)
    handed = CallTransferred(
        at=journal.now(), call_id="c1", agent="1001", queue="huoshan", to_agent="1003", attended=True
    )
    taken = events.AgentConnected(
        at=journal.now(), call_id="c1", agent="1003", queue="huoshan", wait_seconds=0.0
    )
    for event in (*told, handed, taken, end):
        journal.add(event)
    journal.project()
    body = {"code": "order", "note": "", "intent": "", "outcome": "", "lost_reason": "", "ready": False}
    for user, status in ((xiaoan, 200), (xiaohuo, 200)):
        assert post(signed_in(user), "/api/calls/c1/wrap-up", body).status_code == status
