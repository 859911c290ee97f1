"""Filed once, numbered by the day, due in time; its recordings are held and its batch is watched."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from springline.business.calls import retention
from springline.business.calls import services as calls
from springline.business.calls.models import LegalHold, Recording
from springline.business.calls.states import RecordingState
from springline.business.catalog.models import Batch, Product
from springline.business.complaints import guide, selectors, services, terms
from springline.business.complaints.models import BatchAlert, Complaint, ComplaintEvent, DueTime
from springline.business.complaints.refusals import ComplaintRefused
from springline.business.complaints.services.filing import Filed
from springline.business.complaints.states import AlertState, Decision, EventKind, Kind, Level, Step
from springline.business.customers.models import Customer
from springline.business.orders.models import Order, OrderLine
from tests.unit.complaints.people import LATE, QUALITY, a_batch, key, late_delivery, quality

pytestmark = pytest.mark.django_db


def test_numbers_count_the_complaints_of_a_shanghai_day(wang: Customer) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 16, 30, tzinfo=UTC), tick=False):
        assert [late_delivery(wang).no for _ in range(2)] == ["TS20261126-001", "TS20261126-002"]
    assert services.number_for(date(2026, 11, 27)) == "TS20261127-001"


def test_a_refused_one_leaves_no_gap(wang: Customer) -> None:
    first = late_delivery(wang)
    with pytest.raises(ComplaintRefused) as refused:
        services.file_complaint(Filed(key=key(), kind=Kind.QUALITY, customer_id=wang.pk), None)
    assert refused.value.detail == {"missing": ["stopped", "body"], "wrong": []}
    assert int(late_delivery(wang).no[-3:]) == int(first.no[-3:]) + 1


def test_the_same_request_is_one_complaint(wang: Customer) -> None:
    told = Filed(key="one-request", kind=Kind.DELIVERY, customer_id=wang.pk, answers=LATE)
    assert services.file_complaint(told, None).pk == services.file_complaint(told, None).pk
    assert ComplaintEvent.objects.count() == 1
    other = Filed(key="one-request", kind=Kind.ATTITUDE, customer_id=wang.pk, answers={"who": "courier"})
    with pytest.raises(ComplaintRefused, match="key_reused"):
        services.file_complaint(other, None)


def test_due_by_kind_and_as_the_back_office_says(wang: Customer) -> None:
    def time_given(row: Complaint) -> timedelta:
        return row.due_at - row.filed_at

    assert time_given(quality(wang)) == timedelta(hours=2)
    assert time_given(late_delivery(wang)) == timedelta(hours=24)
    DueTime.objects.create(kind=Kind.DELIVERY, minutes=90)
    assert time_given(late_delivery(wang)) == timedelta(minutes=90)
    assert terms.of(Kind.QUALITY).minutes == 120


@pytest.mark.parametrize(
    ("kind", "answers", "level"),
    [
        (Kind.QUALITY, {"body": "fine"}, Level.SERIOUS),
        (Kind.QUALITY, {"body": "unwell"}, Level.GRAVE),
        (Kind.QUALITY, {"body": "doctor"}, Level.GRAVE),
        (Kind.QUALITY, {"body": "unknown"}, Level.SERIOUS),
        (Kind.DELIVERY, {"what": "late"}, Level.NORMAL),
        (Kind.DELIVERY, {"what": "late", "second": "yes"}, Level.SERIOUS),
        (Kind.DELIVERY, {"what": "missing"}, Level.SERIOUS),
    ],
)
def test_the_level_follows_from_the_answers(kind: Kind, answers: dict[str, str], level: Level) -> None:
    assert guide.level_of(kind, answers) is level


@pytest.mark.parametrize(
    "answers",
    [{"stopped": "maybe"}, {"stopped": "unknown"}, {"opened": "last week"}, {"colour": "blue"}],
)
def test_answers_that_are_none(answers: dict[str, str]) -> None:
    with pytest.raises(guide.BadAnswers) as bad:
        guide.check(Kind.QUALITY, {**QUALITY, **answers})
    assert bad.value.wrong == list(answers)


def test_unknown_is_an_answer_and_blanks_are_none() -> None:
    given = {**QUALITY, "opened": "unknown", "batch": "  ", "body": "unknown"}
    assert guide.check(Kind.QUALITY, given) == {"stopped": "yes", "body": "unknown", "opened": "unknown"}


def test_the_second_complaint_of_a_batch_proposes_a_stop(wang: Customer, batch: Batch) -> None:
    first = quality(wang, answers={"batch": " a2026 1120"})
    assert (first.batch, first.batch_no) == (batch, "A20261120")
    assert not BatchAlert.objects.exists()
    second = quality(wang, answers={"batch": "A20261120"})
    quality(wang, answers={"batch": "A20261120"})
    alert = BatchAlert.objects.get()
    assert second.events.filter(kind=EventKind.STOP_PROPOSED).exists()
    decided = services.decide_alert(alert.pk, Decision.ACCEPT, "", None)
    batch.refresh_from_db()
    assert (batch.stop_sale, decided.state) == (True, AlertState.STOPPED)
    assert first.no in batch.stop_reason
    assert first.events.filter(kind=EventKind.STOPPED).exists()
    # It is stopped: a further one needs no decision.
    quality(wang, answers={"batch": "A20261120"})
    assert BatchAlert.objects.count() == 1
    with pytest.raises(ComplaintRefused, match="decided"):
        services.decide_alert(alert.pk, Decision.REFUSE, "again", None)


def test_not_stopping_needs_a_reason_and_the_next_complaint_asks_again(wang: Customer, batch: Batch) -> None:
    for _ in range(2):
        quality(wang, answers={"batch": batch.batch_no})
    alert = BatchAlert.objects.get()
    with pytest.raises(ComplaintRefused, match="reason_missing"):
        services.decide_alert(alert.pk, Decision.REFUSE, " ", None)
    services.decide_alert(alert.pk, Decision.REFUSE, "饮水机未清洗，取样合格", None)
    batch.refresh_from_db()
    assert not batch.stop_sale
    quality(wang, answers={"batch": batch.batch_no})
    assert BatchAlert.objects.filter(state=AlertState.OPEN).count() == 1


def test_a_batch_the_catalogue_does_not_know(wang: Customer, spring: Product) -> None:
    for _ in range(2):
        quality(wang, answers={"batch": "x-77"})
    alert = BatchAlert.objects.get()
    with pytest.raises(ComplaintRefused, match="batch_unknown"):
        services.decide_alert(alert.pk, Decision.ACCEPT, "", None)
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    batch = a_batch(spring, "X-77")
    services.decide_alert(alert.pk, Decision.ACCEPT, "", None)
    batch.refresh_from_db()
    assert batch.stop_sale


def test_other_kinds_and_unknown_batches_raise_no_alert(wang: Customer) -> None:
    for _ in range(3):
        quality(wang, answers={"batch": "unknown"})
        quality(wang)
    assert not BatchAlert.objects.exists()


def test_the_calls_recordings_outlive_their_time_while_the_complaint_runs(
    wang: Customer, tmp_path: Path
) -> None:
    row = late_delivery(wang, call_id="c1")
    for call in ("c1", "c2"):
        (tmp_path / f"{call}.wav").write_bytes(b"x")
        Recording.objects.create(
            path=f"{call}.raw", call_id=call, state=RecordingState.READY, wav=f"{call}.wav",
            expires_on=date(2026, 1, 31),
        )  # fmt: skip
    assert retention.purge_expired(tmp_path, date(2026, 2, 1)) == 1
    assert (tmp_path / "c1.wav").exists()
    services.step(row.pk, Step.ANSWER, None, "已补送")
    services.step(row.pk, Step.CLOSE, None)
    assert retention.purge_expired(tmp_path, date(2026, 2, 1)) == 1
    assert not (tmp_path / "c1.wav").exists()


def test_one_call_held_for_two_reasons(wang: Customer) -> None:
    rows = [late_delivery(wang, call_id="c1") for _ in range(2)]
    calls.hold("c1", f"complaint:{rows[0].pk}", None)
    assert LegalHold.objects.count() == 2
    services.step(rows[0].pk, Step.WITHDRAW, None, "登记错了")
    assert LegalHold.objects.filter(call_id="c1", lifted_at=None).count() == 1


@pytest.mark.parametrize("change", ["UPDATE {t} SET kind = 'close'", "DELETE FROM {t}"])
def test_the_database_keeps_events_as_they_are(wang: Customer, change: str) -> None:
    late_delivery(wang)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic(), connection.cursor() as sql:
        sql.execute(change.format(t="complaints_complaintevent"))
    assert ComplaintEvent.objects.get().kind == EventKind.FILED


def test_the_clock(wang: Customer) -> None:
    row = quality(wang)
    for minutes, state in ((0, "running"), (89, "running"), (91, "warning"), (121, "late")):
        assert selectors.clock(row, row.filed_at + timedelta(minutes=minutes)).state == state
    for minutes, state in ((120, "met"), (121, "missed")):
        row.answered_at, row.state = row.filed_at + timedelta(minutes=minutes), "answered"
        assert selectors.clock(row, timezone.now() + timedelta(days=9)).state == state


def test_a_number_that_two_products_share(wang: Customer, spring: Product) -> None:
    other = Product.objects.get(sku="MINERAL-18.9")
    both = [a_batch(product, "20261120-A") for product in (spring, other)]
    assert quality(wang, answers={"batch": "20261120-A"}).batch is None
    order = Order.objects.create(customer=wang, address_text="人民路 1 号")
    OrderLine.objects.create(order=order, product=other, name="矿泉水", qty=1, unit_fen=2600)
    assert quality(wang, order_id=order.pk, answers={"batch": "20261120-a"}).batch == both[1]
    alert = BatchAlert.objects.get()
    services.decide_alert(alert.pk, Decision.ACCEPT, "", None)
    # The complaints name one of the two: only its sale is stopped.
    assert [Batch.objects.get(pk=batch.pk).stop_sale for batch in both] == [False, True]
