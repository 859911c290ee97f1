"""One person's deliveries: exported, and gone when the person is."""

from pathlib import Path

import pytest
from django.conf import settings

from springline.business.accounts.models import User
from springline.business.customers.models import Customer
from springline.business.delivery import parts
from springline.business.delivery.models import Courier, Door, Photo, SyncAction, TaskEvent
from springline.business.orders.models import Order
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, leaves, placed, task_of
from tests.unit.delivery.test_courier_api import picture, upload

pytestmark = pytest.mark.django_db


def test_exported_and_erased(wang: Customer, zhou: Courier, monitor: User) -> None:
    order = placed(wang)
    photo = upload(signed_in(zhou.user), picture((20, 20))).json()["id"]
    due = order.due_fen
    Phone(zhou).reports(
        task_of(order),
        "deliver",
        **leaves(order, cash_fen=due, photo_ids=[photo], note="二楼王家", lat=31.4, lng=116.3),
    )
    [row] = parts.export_part([wang.pk])
    assert (row["state"], row["note"], row["photos"]) == ("delivered", "二楼王家", [photo])
    path = Path(settings.HOME.home) / "photos" / Photo.objects.get().path
    parts.erase([wang.pk])
    assert not path.exists()
    assert not Photo.objects.exists()
    assert not Door.objects.exists()
    assert task_of(order).note == ""
    told = [
        *TaskEvent.objects.values_list("facts", flat=True),
        *SyncAction.objects.values_list("payload", flat=True),
    ]
    assert not [word for word in ("二楼王家", "lat", "31.4") if word in str(told)]
    assert [row["lines"][0]["qty"] for row in told if "cash_fen" in row and "photo_ids" in row] == [2]
    assert Order.objects.get(pk=order.pk).state == "delivered"


def test_it_is_registered() -> None:
    from springline.business.customers import hooks

    assert hooks.export_parts["deliveries"] is parts.export_part
    assert hooks.erasers["deliveries"] is parts.erase
