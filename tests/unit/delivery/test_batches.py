"""Which batch was left at whose door: told to the phone, noted, and found again by a complaint."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.catalog.models import Batch, Product
from springline.business.complaints.shapes import detail
from springline.business.customers.models import Customer
from springline.business.delivery.models import BatchOnRoad, Courier, SyncConflict
from tests.unit.complaints.people import a_batch, quality
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, leaves, placed, task_of
from tests.unit.orders.people import a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(spring: Product) -> Batch:
    Batch.objects.all().delete()
    return a_batch(spring, "A20261120")


def delivers(customer: Customer, courier: Courier, batch_no: str):  # type: ignore[no-untyped-def]
    order = placed(customer)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch_no
    return order, Phone(courier).reports(task_of(order), "deliver", **told)


def test_the_phone_knows_the_batches_and_which_are_stopped(
    wang: Customer, zhou: Courier, batch: Batch, spring: Product
) -> None:
    stopped = a_batch(spring, "B1")
    Batch.objects.filter(pk=stopped.pk).update(stop_sale=True, stop_reason="异味")
    old = a_batch(spring, "OLD")
    yesterday = timezone.localdate() - timedelta(days=1)
    Batch.objects.filter(pk=old.pk).update(produced=yesterday, expires=yesterday)
    placed(wang)
    [task] = signed_in(zhou.user).get("/api/courier/tasks").json()["tasks"]
    assert task["lines"][0]["batches"] == [
        {"batch_no": "A20261120", "stopped": False, "reason": ""},
        {"batch_no": "B1", "stopped": True, "reason": "异味"},
    ]


def test_what_the_label_says_is_noted_however_it_is_typed(
    wang: Customer, zhou: Courier, batch: Batch
) -> None:
    order, result = delivers(wang, zhou, " a2026 1120")
    assert result.status == "done"
    row = BatchOnRoad.objects.get()
    assert (row.batch, row.qty, row.move) == (batch, 2, "delivered")
    event = task_of(order).events.get(kind="deliver")
    assert event.facts["batches"] == [[order.lines.get().pk, " a2026 1120"]]


def test_a_number_that_nobody_knows_counts_and_is_looked_at(
    wang: Customer, zhou: Courier, batch: Batch
) -> None:
    order, result = delivers(wang, zhou, "X9")
    assert (result.status, result.code) == ("conflict", "applied_unknown_batch")
    assert "没有这个批次号" in result.message
    assert SyncConflict.objects.get().facts == {"batches": ["X9"]}
    assert task_of(order).state == "delivered"


def test_a_complaint_finds_the_batch_that_the_courier_noted(
    wang: Customer, zhou: Courier, batch: Batch
) -> None:
    delivers(wang, zhou, batch.batch_no)
    row = quality(wang, answers={"batch": "unknown"})
    assert (row.batch, row.batch_no) == (batch, "A20261120")
    shown = detail(row, zhou.user).batch
    assert shown is not None
    assert (shown.deliveries, shown.told_by_courier) == (1, True)
    # What the caller reads out counts more.
    told = quality(wang, answers={"batch": "C7"})
    assert (told.batch, told.batch_no) == (None, "C7")
    shown = detail(told, zhou.user).batch
    assert shown is not None
    assert (shown.deliveries, shown.told_by_courier) == (0, False)


def test_nothing_is_guessed_where_it_could_be_several(
    wang: Customer, zhou: Courier, batch: Batch, spring: Product
) -> None:
    first, _result = delivers(wang, zhou, batch.batch_no)
    a_batch(spring, "B2")
    second, _result = delivers(wang, zhou, "B2")
    assert quality(wang, order_id=first.pk).batch_no == "A20261120"
    assert quality(wang, order_id=second.pk).batch_no == "B2"
    # Without an order: the last delivery.
    assert quality(wang).batch_no == "B2"
    assert quality(a_customer("13905640002", name="李先生")).batch_no == ""
    task = task_of(second)
    type(task).objects.update(done_at=timezone.now() - timedelta(days=31))
    assert quality(wang).batch_no == ""
