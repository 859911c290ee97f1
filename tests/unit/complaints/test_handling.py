"""Steps, escalation and compensation."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog.models import Product
from springline.business.complaints import services
from springline.business.complaints.models import Compensation
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.states import (
    RUNNING,
    TRANSITIONS,
    CompensationState,
    Decision,
    EventKind,
    Level,
    State,
    Step,
    after,
)
from springline.business.customers import hooks
from springline.business.customers.models import Customer
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers import services as ledger
from springline.business.vouchers.ledger import Request
from springline.platform.states import IllegalTransition
from tests.unit.complaints.people import key, late_delivery, quality

pytestmark = pytest.mark.django_db
Make = Callable[[Role], User]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_the_whole_table(state: State, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        assert after(state, step) in set(State) - {State.OPEN}
    else:
        with pytest.raises(IllegalTransition):
            after(state, step)


def test_withdrawn_is_for_good_and_closed_is_not() -> None:
    assert not [step for state, step in TRANSITIONS if state is State.WITHDRAWN]
    assert after(State.CLOSED, Step.REOPEN) in RUNNING


def test_from_filed_to_closed(wang: Customer, person: Make) -> None:
    agent, supervisor = person(Role.AGENT), person(Role.SUPERVISOR)
    row = late_delivery(wang, agent)
    row = services.step(row.pk, Step.TAKE, supervisor)
    assert (row.handler, row.state) == (supervisor, State.WORKING)
    with pytest.raises(ComplaintRefused, match="note_missing"):
        services.step(row.pk, Step.ANSWER, agent)
    row = services.step(row.pk, Step.ANSWER, agent, "今天 16 点前补送")
    answered = row.answered_at
    row = services.step(row.pk, Step.REOPEN, agent, "还没收到")
    row = services.step(row.pk, Step.ANSWER, agent, "已送到")
    row = services.step(row.pk, Step.CLOSE, agent)
    assert (row.state, row.answered_at) == (State.CLOSED, answered)
    assert row.closed_at is not None
    kinds = list(row.events.values_list("kind", flat=True))
    assert kinds == ["filed", "take", "answer", "reopen", "answer", "close"]


def test_two_people_at_once_and_the_later_one_is_told(wang: Customer, person: Make) -> None:
    row = late_delivery(wang)
    shown = row.version
    services.step(row.pk, Step.TAKE, person(Role.AGENT), version=shown)
    with pytest.raises(ComplaintRefused, match="stale"):
        services.step(row.pk, Step.TAKE, person(Role.SUPERVISOR), version=shown)


def test_overdue_goes_up_one_level_once(wang: Customer) -> None:
    late, answered, fresh = (late_delivery(wang) for _ in range(3))
    services.step(answered.pk, Step.ANSWER, None, "已处理")
    grave = quality(wang, answers={"body": "unwell"})
    assert services.escalate_overdue(fresh.due_at - timedelta(seconds=1)) == 1
    assert services.escalate_overdue(late.due_at + timedelta(hours=1)) == 2
    assert services.escalate_overdue(late.due_at + timedelta(hours=2)) == 0
    for row in (late, answered, grave):
        row.refresh_from_db()
    assert [late.level, answered.level, grave.level] == [Level.SERIOUS, Level.NORMAL, Level.GRAVE]
    assert late.events.filter(kind=EventKind.ESCALATED).count() == 1


def test_an_agent_gives_one_bucket_and_asks_for_more(wang: Customer, spring: Product, person: Make) -> None:
    agent, supervisor = person(Role.AGENT), person(Role.SUPERVISOR)
    row = late_delivery(wang, agent)
    first = services.compensate(row.pk, 1, spring, "迟到两小时", agent, key=key())
    assert first.state == CompensationState.GRANTED
    assert vouchers.balance([wang.pk]).available == 1
    more = services.compensate(row.pk, 1, spring, "再补一桶", agent, key=key())
    assert more.state == CompensationState.ASKED
    assert vouchers.balance([wang.pk]).available == 1
    with pytest.raises(ComplaintRefused, match="own_approval"):
        services.decide_compensation(more.pk, Decision.ACCEPT, agent)
    services.decide_compensation(more.pk, Decision.ACCEPT, supervisor)
    assert vouchers.balance([wang.pk]).available == 2
    with pytest.raises(ComplaintRefused, match="decided"):
        services.decide_compensation(more.pk, Decision.ACCEPT, person(Role.OWNER))
    assert vouchers.balance([wang.pk]).available == 2


def test_a_supervisor_gives_five_in_all(wang: Customer, spring: Product, person: Make) -> None:
    supervisor = person(Role.SUPERVISOR)
    row = late_delivery(wang)
    states = [
        services.compensate(row.pk, qty, spring, "送错", supervisor, key=key()).state for qty in (3, 2, 1)
    ]
    assert states == ["granted", "granted", "asked"]
    asked = Compensation.objects.get(state="asked")
    other = User.objects.create_user("monitor2", "quiet-river-17", name="二班长", role=Role.SUPERVISOR)
    with pytest.raises(ComplaintRefused, match="above_limit"):
        services.decide_compensation(asked.pk, Decision.ACCEPT, other)
    services.decide_compensation(asked.pk, Decision.ACCEPT, person(Role.OWNER))
    assert vouchers.balance([wang.pk]).available == 6


def test_the_same_request_gives_once(wang: Customer, spring: Product, person: Make) -> None:
    row, agent = late_delivery(wang), person(Role.AGENT)
    for _ in range(2):
        services.compensate(row.pk, 1, spring, "迟到", agent, key="double-click")
    assert vouchers.balance([wang.pk]).available == 1
    assert Compensation.objects.count() == 1


def test_it_goes_into_vouchers_the_customer_has(wang: Customer, spring: Product, person: Make) -> None:
    lot = ledger.give(Request(key=key()), wang.pk, spring, 2).lot
    made = services.compensate(late_delivery(wang).pk, 1, spring, "迟到", person(Role.AGENT), key=key())
    assert made.lot_id == lot.pk
    assert lot.entries.order_by("seq").last().kind == "compensate"  # type: ignore[union-attr]


def test_pop_export_and_erasure(wang: Customer) -> None:
    row = quality(wang, text="水有塑料味", answers={"batch": "B1"})
    assert [one["no"] for one in hooks.pop_parts["complaints"]([wang.pk])["open"]] == [row.no]
    assert hooks.erase_blockers["complaints"]([wang.pk])
    assert hooks.export_parts["complaints"]([wang.pk])[0]["text"] == "水有塑料味"
    services.step(row.pk, Step.WITHDRAW, None, "王女士说弄错了")
    assert hooks.erase_blockers["complaints"]([wang.pk]) == []
    assert hooks.pop_parts["complaints"]([wang.pk])["open"] == []
    hooks.erasers["complaints"]([wang.pk])
    kept = hooks.export_parts["complaints"]([wang.pk])[0]
    assert (kept["text"], kept["answers"], kept["batch_no"]) == ("", {}, "B1")
    assert {event["note"] for event in kept["events"]} == {""}
