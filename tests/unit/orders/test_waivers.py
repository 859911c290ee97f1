"""An enterprise with an agreement pays no deposit: for so many buckets, so long, by whom it was approved."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo
from springline.business.customers import merging
from springline.business.customers.models import Customer, CustomerType, DepositWaiver
from springline.business.orders.inputs import OrderDraft
from springline.business.orders.plan import Plan
from springline.business.orders.planning import plan
from tests.unit.orders.people import a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner", "quiet-river-17", name="张站长", role=Role.OWNER)


@pytest.fixture
def factory(db: None) -> Customer:
    demo.write()
    return a_customer(name="开发区电子厂", type=CustomerType.ENTERPRISE)


def waiver(customer: Customer, by: User, **how: Any) -> DepositWaiver:
    today = timezone.localdate()
    fields = {"agreement_no": "A-1", "valid_from": today, "valid_to": today, "approved_by": by, **how}
    return DepositWaiver.objects.create(customer=customer, **fields)


def planned(customer: Customer, qty: int = 6, **how: Any) -> Plan:
    draft = OrderDraft(customer_id=customer.pk, lines=[{"sku": "SPRING-18.9", "qty": qty}], empties=[])
    return plan(draft, customer, **how)


def codes(made: Plan) -> list[str]:
    return [remark.code for remark in made.warnings]


def test_no_deposit_while_the_agreement_holds(factory: Customer, owner: User) -> None:
    before = planned(factory)
    assert before.deposit_fen == 6 * 5000
    waiver(factory, owner)
    made = planned(factory)
    assert (made.deposit_fen, made.due_fen) == (0, before.due_fen - before.deposit_fen)
    [told] = [remark for remark in made.warnings if remark.code == "deposit_waived"]
    assert "A-1" in told.zh
    assert told.detail["buckets"] == 6
    # The customer was told another sum: an order by the former quote is asked about again.
    assert made.quote != before.quote


@pytest.mark.parametrize("days", [(-3, -1), (1, 3)])
def test_before_and_after_it_the_deposit_is_due(
    days: tuple[int, int], factory: Customer, owner: User
) -> None:
    today = timezone.localdate()
    begin, end = (today + timedelta(days=day) for day in days)
    waiver(factory, owner, valid_from=begin, valid_to=end)
    made = planned(factory)
    assert made.deposit_fen == 6 * 5000
    assert "deposit_waived" not in codes(made)


def test_only_so_many_buckets(factory: Customer, owner: User) -> None:
    waiver(factory, owner, most_buckets=4)
    made = planned(factory)
    assert made.deposit_fen == 2 * 5000
    assert sum(line.deposits for line in made.lines) == 2


def test_only_enterprises(owner: User, factory: Customer) -> None:
    wang = a_customer("13805640001")
    row = DepositWaiver(customer=wang, agreement_no="X", valid_to=timezone.localdate(), approved_by=owner)
    with pytest.raises(ValidationError, match="企业|enterprise"):
        row.full_clean()
    waiver(wang, owner)
    assert planned(wang).deposit_fen == 6 * 5000
    with pytest.raises(IntegrityError), transaction.atomic():
        waiver(factory, owner, valid_to=timezone.localdate() - timedelta(days=1))


def test_a_duplicate_that_was_merged_keeps_it(factory: Customer, owner: User) -> None:
    other = a_customer("13805640009", name="电子厂", type=CustomerType.ENTERPRISE)
    waiver(other, owner)
    merging.merge(factory.pk, other.pk, owner, "同一家")
    factory.refresh_from_db()
    assert planned(factory).deposit_fen == 0


def test_who_saves_it_approves_it(factory: Customer, owner: User) -> None:
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    today = timezone.localdate().isoformat()
    body = {"customer": factory.pk, "agreement_no": "A-7", "valid_from": today, "valid_to": today, "note": ""}
    path = "/admin/customers/depositwaiver/"
    assert client.get(f"{path}add/").status_code == 200
    assert client.post(f"{path}add/", {**body, "approved_by": 0}).status_code == 302
    row = DepositWaiver.objects.get()
    assert row.approved_by == owner
    assert row.history.count() == 1
    assert client.get(f"{path}{row.pk}/delete/").status_code == 403
    finance = User.objects.create_user("finance", "quiet-river-17", name="财务", role=Role.FINANCE)
    client.force_login(finance, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 403
