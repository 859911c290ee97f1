"""Who may hand a caller over, what control is told, and what of it can be read afterwards."""

import pytest

from springline.business.accounts.models import User
from springline.business.calls.sentences import sentence
from springline.contracts import events
from springline.contracts.commands import Consult, ConsultWay, GoOnFromConsult, Transfer
from springline.contracts.handovers import CallTransferred
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
