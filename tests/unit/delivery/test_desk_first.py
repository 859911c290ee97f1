"""A voucher that the desk takes while the water is on its way: the courier's phone does not take it again."""

from collections.abc import Callable

import pytest
from django.test import Client

from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery.models import Courier
from springline.business.vouchers import selectors
from springline.business.vouchers.models import Iou, VoucherEntry
from tests.unit.delivery.people import Phone, fresh, leaves, placed, post, task_of
from tests.unit.orders.people import buys

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def asks(client: Client, customer: Customer, what: str, key: str = "desk-key-1"):  # type: ignore[no-untyped-def]
    return post(client, f"/api/vouchers/customers/{customer.pk}/{what}", key=key, sku="SPRING-18.9", qty=2)


def test_redeemed_at_the_desk_and_reported_by_the_phone(
    wang: Customer, zhou: Courier, as_role: SignIn
) -> None:
    buys(wang, 10)
    order = placed(wang)
    assert asks(as_role(Role.AGENT), wang, "redemptions").status_code == 200
    task, phone = task_of(order), Phone(zhou)
    assert set(VoucherEntry.objects.filter(kind="redeem").values_list("order_id", "delivery_id")) == {
        (order.pk, task.pk)
    }
    phone.reports(task, "accept")
    done = phone.reports(task, "deliver", **leaves(order, vouchers=2))
    assert (done.status, done.code) == ("done", "")
    assert selectors.balance([wang.pk]).available == 8
    assert fresh(order).vouchers_fen == fresh(order).goods_fen
    # Sent again after the delivery it is still the same request.
    again = asks(as_role(Role.AGENT), wang, "redemptions").json()
    assert (again["repeated"], selectors.balance([wang.pk]).available) == (True, 8)


def test_noted_at_the_desk_and_reported_by_the_phone(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    order = placed(wang)
    assert asks(as_role(Role.AGENT), wang, "fixes/iou").status_code == 200
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order, vouchers=2))
    assert Iou.objects.count() == 1
    assert fresh(order).vouchers_owed_fen == fresh(order).goods_fen
    assert asks(as_role(Role.AGENT), wang, "fixes/iou").json()["id"] == Iou.objects.get().pk
