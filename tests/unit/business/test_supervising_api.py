"""Who may be in somebody's conversation, what control is told, and what is audited."""

import pytest

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.calls.sentences import sentence
from springline.contracts.commands import Supervise
from springline.contracts.supervision import SuperviseWay
from tests.unit.business.people import FakeControl
from tests.unit.business.test_calls_api import post

NAMES = {"1001": "小安", "1003": "班长"}


def test_a_supervisor_with_a_device_asks_control_and_is_audited(  # type: ignore[no-untyped-def]
    signed_in, xiaohuo: User, floor: FakeControl
) -> None:
    User.objects.filter(pk=xiaohuo.pk).update(role=Role.SUPERVISOR)
    xiaohuo.refresh_from_db()
    client = signed_in(xiaohuo)
    for way in ("listen", "barge", "leave"):
        assert post(client, "/api/calls/c1/supervise", {"way": way}).status_code == 200
    assert floor.heard == [
        Supervise(call_id="c1", supervisor="1003", way=SuperviseWay.LISTEN),
        Supervise(call_id="c1", supervisor="1003", way=SuperviseWay.BARGE),
        Supervise(call_id="c1", supervisor="1003"),
    ]
    audited = AuditRow.objects.filter(what="call.supervised").order_by("pk")
    assert [row.detail["way"] for row in audited] == ["listen", "barge", "leave"]
    assert post(client, "/api/calls/c1/supervise", {"way": "sing"}).status_code == 422


def test_an_agent_may_not_and_who_has_no_device_is_told(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    assert post(signed_in(xiaoan), "/api/calls/c1/supervise", {"way": "listen"}).status_code == 403
    refused = post(signed_in(monitor), "/api/calls/c1/supervise", {"way": "listen"})
    assert (refused.status_code, refused.json()["code"]) == (422, "device_missing")
    assert floor.heard == []


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("listen", "班长 监听 小安"),
        ("whisper", "班长 对 小安 密语"),
        ("barge", "班长 加入通话"),
        (None, "班长 退出通话"),
    ],
)
def test_each_step_is_a_sentence(way: str | None, said: str) -> None:
    data = {"supervisor": "1003", "agent": "1001", "way": way}
    assert sentence("SupervisionChanged", data, NAMES, {}) == said
