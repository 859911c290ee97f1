"""T07: a one-time code by SMS, read out by the customer, redeems for a courier without network."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.calls.models import Call
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.messaging.models import Message
from springline.business.messaging.services import ship
from springline.business.vouchers.models import OneTimeCode, VoucherEntry
from tests.unit.delivery.people import Phone, a_courier, a_station, leaves, placed, task_of
from tests.unit.orders.people import a_customer, buys

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]
MOBILE = "13805640001"


@pytest.fixture
def wang(spring: Product) -> Customer:
    ship()
    customer = a_customer(MOBILE)
    buys(customer, 10, key="lot-of-wang")
    return customer


def post(client: Client, path: str, **body: object):  # type: ignore[no-untyped-def]
    return client.post(f"/api/vouchers/customers/{path}", body, content_type="application/json")


def sent() -> tuple[str, str]:
    """(number, code) of the last message."""
    message = Message.objects.latest("pk")
    assert message.body["template"] == "voucher_code"
    return message.to, message.body["params"][0]


def redeems(client: Client, customer: Customer, code: str, key: str = "redeem-1", qty: int = 2):  # type: ignore[no-untyped-def]
    return post(client, f"{customer.pk}/fixes/code/redeem", key=key, sku="SPRING-18.9", qty=qty, code=code)


def another_minute() -> None:
    OneTimeCode.objects.update(issued_at=timezone.now() - timedelta(seconds=61))


def test_the_code_redeems_once(wang: Customer, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    answer = post(agent, f"{wang.pk}/fixes/code").json()
    number, code = sent()
    assert number == f"+86{MOBILE}"
    # Whoever asked for it does not see it, nor the whole number.
    assert code not in str(answer)
    assert MOBILE not in str(answer)
    assert code not in str(list(OneTimeCode.objects.values()))
    assert redeems(agent, wang, code).status_code == 200
    assert redeems(agent, wang, code).json()["repeated"] is True
    assert redeems(agent, wang, code, key="redeem-2").json()["code"] == "bad_code"
    assert VoucherEntry.objects.filter(kind="redeem").count() == 1
    row = OneTimeCode.objects.get()
    assert row.used_by.startswith("user:")
    assert AuditRow.objects.filter(what="voucher.code_sent").exists()


def test_wrong_tries_lock_it(wang: Customer, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    post(agent, f"{wang.pk}/fixes/code")
    _number, code = sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert redeems(agent, wang, wrong).json()["code"] == "bad_code"
    assert redeems(agent, wang, code).json()["code"] == "code_locked"
    another_minute()
    post(agent, f"{wang.pk}/fixes/code")
    assert redeems(agent, wang, sent()[1]).status_code == 200


def test_an_old_code_a_former_one_and_somebody_elses_are_none(wang: Customer, as_role: SignIn) -> None:
    agent, li = as_role(Role.AGENT), a_customer("13905640002", name="李先生")
    post(agent, f"{wang.pk}/fixes/code")
    former = sent()[1]
    assert redeems(agent, li, former).json()["code"] == "bad_code"
    another_minute()
    post(agent, f"{wang.pk}/fixes/code")
    if sent()[1] != former:
        assert redeems(agent, wang, former).json()["code"] == "bad_code"
    OneTimeCode.objects.update(expires_at=timezone.now())
    assert redeems(agent, wang, sent()[1]).json()["code"] == "bad_code"
    assert not VoucherEntry.objects.filter(kind="redeem").exists()


def test_not_too_often_and_never_to_a_landline(wang: Customer, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    assert post(agent, f"{wang.pk}/fixes/code").status_code == 200
    assert post(agent, f"{wang.pk}/fixes/code").json()["code"] == "too_soon"
    for _ in range(4):
        another_minute()
        assert post(agent, f"{wang.pk}/fixes/code").status_code == 200
    another_minute()
    assert post(agent, f"{wang.pk}/fixes/code").json()["code"] == "too_many"
    CustomerPhone.objects.update(unbound_at=timezone.now())
    CustomerPhone.objects.create(customer=wang, e164="+865643218888")
    assert post(agent, f"{wang.pk}/fixes/code").json()["code"] == "no_mobile"
    assert post(agent, "999999/fixes/code").status_code == 404


def test_it_goes_to_the_caller_when_the_caller_is_the_customers(wang: Customer, as_role: SignIn) -> None:
    CustomerPhone.objects.create(customer=wang, e164="+8613705640009")
    Call.objects.create(id="c1", arrived_at=timezone.now(), caller="+8613705640009")
    Call.objects.create(id="c2", arrived_at=timezone.now(), caller="+8613600000000")
    agent = as_role(Role.AGENT)
    post(agent, f"{wang.pk}/fixes/code", call_id="c2")
    assert sent()[0] == f"+86{MOBILE}"
    another_minute()
    post(agent, f"{wang.pk}/fixes/code", call_id="c1")
    assert sent()[0] == "+8613705640009"


def test_what_the_phone_reports_later_is_not_redeemed_twice(wang: Customer, as_role: SignIn) -> None:
    zhou = a_courier("courier01", a_station())
    order = placed(wang)
    task, phone, agent = task_of(order), Phone(zhou), as_role(Role.AGENT)
    phone.does(task, "deliver", **leaves(order))
    post(agent, f"{wang.pk}/fixes/code")
    assert redeems(agent, wang, sent()[1]).status_code == 200
    [result] = phone.send()
    assert result.status == "done"
    redeemed = VoucherEntry.objects.filter(kind="redeem")
    assert [(row.qty, row.order_id, row.delivery_id) for row in redeemed] == [(2, order.pk, task.pk)]
    assert sum(line.redeemed for line in order.lines.all()) == 2


def test_who_may(wang: Customer, as_role: SignIn) -> None:
    for path in ("fixes/code", "fixes/code/redeem"):
        body = {"key": "who-may-1", "sku": "SPRING-18.9", "qty": 1, "code": "000000"}
        got = {role for role in Role if post(as_role(role), f"{wang.pk}/{path}", **body).status_code != 403}
        assert got == {Role.AGENT, Role.SUPERVISOR, Role.OWNER, Role.ADMIN}
