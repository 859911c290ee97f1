"""What a phone reports and cannot be so, and what breaks while it is taken: kept, and the rest goes on."""

from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from springline.business.customers.models import Customer
from springline.business.delivery import syncing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import (
    Courier,
    SyncConflict,
)
from springline.business.delivery.schemas import SyncIn
from springline.business.delivery.services import steps, taking
from tests.unit.delivery.people import Phone, fresh, key, leaves, placed, task_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("deliver", {}),
        ("deliver", {"lines": [{"id": 1, "qty": -1}]}),
        ("deliver", {"lines": [], "cash_fen": "much"}),
        ("fail", {"code": "F9"}),
        ("fail", {}),
    ],
)
def test_a_broken_report_is_refused_and_kept(
    kind: str, payload: dict[str, Any], wang: Customer, zhou: Courier
) -> None:
    order = placed(wang)
    result = Phone(zhou).reports(task_of(order), kind, **payload)
    assert (result.status, result.code) == ("rejected", "bad_payload")
    assert SyncConflict.objects.get().action.payload == payload  # type: ignore[union-attr]
    assert task_of(order).state == "offered"


def test_a_photo_that_never_arrived_holds_nothing_up(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    result = Phone(zhou).reports(task_of(order), "deliver", **leaves(order, photo_ids=["nonsense"]))
    assert (result.status, result.code) == ("conflict", "bad_photo")
    assert fresh(order).state == "delivered"


def test_a_database_that_is_full_stops_the_batch_and_the_rest_follows(
    wang: Customer, zhou: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    actions = [phone.does(task, kind) for kind in ("accept", "pick_up", "arrive")]
    take, calls = taking.take, iter(range(9))

    def sometimes(*args: Any) -> steps.Outcome:
        if next(calls) == 1:
            raise OperationalError("database or disk is full")
        return take(*args)

    monkeypatch.setattr(taking, "take", sometimes)
    with pytest.raises(DeliveryRefused, match="disk_full") as refused:
        phone.send()
    assert refused.value.status == 503
    assert [result.status for result in phone.send(actions)] == ["repeated", "done", "done"]


def test_a_fault_in_one_report_does_not_hold_up_the_next(
    wang: Customer, zhou: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    phone.does(task, "accept")
    phone.does(task, "pick_up")
    take, calls = taking.take, iter(range(9))

    def sometimes(*args: Any) -> steps.Outcome:
        if next(calls) == 0:
            raise RuntimeError("bug")
        return take(*args)

    monkeypatch.setattr(taking, "take", sometimes)
    assert [(one.status, one.code) for one in phone.send()] == [("conflict", "internal"), ("done", "")]
    assert SyncConflict.objects.get().code == "internal"


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "水\x00到了"], ids=["NUL", "half a character", "NUL inside"]
)
def test_a_note_that_no_database_stores(text: str, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    action = Phone(zhou).does(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    action.payload["note"] = text
    assert Phone(zhou).send([action])[0].status == "done"
    assert "\x00" not in task_of(order).note


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 10**400, [[[]]], {"a": {"b": 1}}])
def test_numbers_that_are_none(bad: Any, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    action = Phone(zhou).does(task_of(order), "deliver", **leaves(order))
    action.payload["cash_fen"] = bad
    assert Phone(zhou).send([action])[0].code == "bad_payload"
    assert task_of(order).state == "offered"


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
        ("1970-01-01T00:00:00Z", "2026-11-26T09:00:00Z"),
        ("2026-11-26T09:00:00Z", "1970-01-01T00:00:00Z"),
    ],
)
def test_a_clock_that_makes_no_sense(at: str, sent_at: str, wang: Customer, zhou: Courier) -> None:
    """The delivery counts, at a time at which it can have been."""
    order = placed(wang)
    task, now = task_of(order), timezone.now()
    action = {"key": key(), "task_id": task.pk, "kind": "deliver", "at": at, "payload": leaves(order)}
    body = SyncIn.model_validate({"device_id": "d", "sent_at": sent_at, "actions": [action]})
    assert syncing.sync(zhou, body, now)[0].status == "done"
    done_at = fresh(order).delivered_at
    assert done_at is not None
    assert task.offered_at <= done_at <= now


def test_nothing_was_left(wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    told = leaves(order)
    told["lines"][0]["qty"] = 0
    result = Phone(zhou).reports(task_of(order), "deliver", **told)
    assert (result.status, result.code) == ("conflict", "nothing_delivered")
    assert fresh(order).state == "assigned"
