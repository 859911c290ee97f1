"""What a station owner decides in the back office's lists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery import settling
from springline.business.delivery.models import CashHandover, Courier, DeliveryTask, SyncConflict
from springline.business.orders import services as orders
from springline.business.orders.models import Order
from tests.unit.delivery.people import Phone, key, leaves, placed, task_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def act(client: Client, model: str, action: str, row: int, note: str = "") -> int:
    body = {"action": action, "_selected_action": [row], "note": note}
    return client.post(f"/admin/delivery/{model}/", body).status_code


def test_a_conflict_counts_after_all(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=None)
    DeliveryTask.objects.update(told_at=timezone.now() - timedelta(hours=1))
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    found, owner = SyncConflict.objects.get(), as_role(Role.OWNER)
    act(owner, "syncconflict", "count_it", found.pk)
    found.refresh_from_db()
    assert found.closed_at is None
    act(owner, "syncconflict", "count_it", found.pk, "问过客户")
    found.refresh_from_db()
    assert (found.applied, found.closing_note) == (True, "问过客户")
    assert Order.objects.get(pk=order.pk).state == "delivered"


def test_who_may_not_decide(as_role: SignIn, wang: Customer, zhou: Courier) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=None)
    Phone(zhou).reports(task_of(order), "accept")
    found = SyncConflict.objects.get()
    act(as_role(Role.FINANCE), "syncconflict", "close_it", found.pk, "x")
    found.refresh_from_db()
    assert found.closed_at is None
    assert "close_it" not in as_role(Role.FINANCE).get("/admin/delivery/syncconflict/").content.decode()
    assert "close_it" in as_role(Role.OWNER).get("/admin/delivery/syncconflict/").content.decode()


def test_cash_is_counted(as_role: SignIn, zhou: Courier) -> None:
    row = settling.declare(zhou, timezone.localdate(), 100, key())
    finance = as_role(Role.FINANCE)
    act(finance, "cashhandover", "counted_as_declared", row.pk)
    assert CashHandover.objects.get().state == "declared"
    act(finance, "cashhandover", "counted_as_declared", row.pk, "多交一元")
    assert (CashHandover.objects.get().state, CashHandover.objects.get().counted_fen) == ("confirmed", 100)


@pytest.mark.parametrize(
    ("action", "state"), [("to_another", "assigned"), ("back_to_the_station", "cancelled")]
)
def test_a_failure_is_decided(
    action: str, state: str, as_role: SignIn, wang: Customer, zhou: Courier, wu: Courier
) -> None:
    order = placed(wang)
    task = task_of(order)
    Phone(task.courier).reports(task, "fail", code="F1")
    act(as_role(Role.OWNER), "deliverytask", action, task.pk)
    assert Order.objects.get(pk=order.pk).state == state
