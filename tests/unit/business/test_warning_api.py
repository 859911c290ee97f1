"""Who may have a caller warned and sent away, what control is told, and what can be read of it."""

from springline.business.accounts.models import AuditRow, User
from springline.business.calls.models import Call
from springline.business.calls.sentences import sentence
from springline.business.reports import selectors
from springline.contracts.commands import Dismiss, Warn
from springline.contracts.warnings import CallerDismissed, CallerWarned
from tests.unit.business.people import FakeControl, Journal, call_events
from tests.unit.business.test_calls_api import post

NAMES = {"1001": "小安"}


def test_the_own_caller_or_for_supervisors_anybodys(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, monitor: User, floor: FakeControl
) -> None:
    mine, theirs = signed_in(xiaoan), signed_in(monitor)
    assert post(mine, "/api/calls/c1/warn", {}).status_code == 200
    assert post(theirs, "/api/calls/c1/dismiss", {"agent": "1001"}).status_code == 200
    assert post(mine, "/api/calls/c1/dismiss", {"agent": "1003"}).status_code == 403
    assert floor.heard == [Warn(call_id="c1", agent="1001"), Dismiss(call_id="c1", agent="1001")]
    audited = AuditRow.objects.filter(what__in=("call.warned", "call.dismissed")).order_by("pk")
    assert [(row.what, row.detail["agent"]) for row in audited] == [
        ("call.warned", "1001"),
        ("call.dismissed", "1001"),
    ]


def test_the_call_is_marked_and_the_days_figures_count_it(db: None) -> None:
    journal = Journal()
    for call_id, kinds in (("c1", ()), ("c2", (CallerWarned,)), ("c3", (CallerWarned, CallerDismissed))):
        *told, end = call_events(call_id, journal.now, agent="1001", recording=False)
        warnings = [kind(at=journal.now(), call_id=call_id, agent="1001") for kind in kinds]
        for event in (*told, *warnings, end):
            journal.add(event)
    journal.project()
    assert dict(Call.objects.values_list("id", "abuse")) == {"c1": "", "c2": "warned", "c3": "ended"}
    first = Call.objects.order_by("arrived_at").first()
    assert first is not None
    last = Call.objects.latest("arrived_at").arrived_at
    assert selectors.measures(first.arrived_at, last.replace(year=last.year + 1)).warned == 2


def test_each_step_is_a_sentence() -> None:
    assert sentence("CallerWarned", {"agent": "1001"}, NAMES, {}) == "小安 播放了文明沟通警告"
    assert sentence("CallerDismissed", {"agent": "1001"}, NAMES, {}) == "小安 在警告后播放结束语并结束通话"
