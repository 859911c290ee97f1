"""Deposit waivers are in a customer's export, and erasure empties what may name people."""

from datetime import date

import pytest

from springline.business.accounts.models import User
from springline.business.customers import erasing
from springline.business.customers.models import Customer, CustomerType, DepositWaiver

pytestmark = pytest.mark.django_db


def test_a_waiver_is_exported_and_its_note_erased() -> None:
    owner = User.objects.create_user(username="owner", password="x")
    works = Customer.objects.create(name="开发区电子厂", type=CustomerType.ENTERPRISE)
    waiver = DepositWaiver.objects.create(
        customer=works,
        agreement_no="XY-2026-7",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        most_buckets=60,
        note="行政刘女士经办",
        approved_by=owner,
    )
    (told,) = erasing.export(works.pk, owner, "本人要求")["deposit_waivers"]
    assert (told["agreement_no"], told["valid_to"], told["most_buckets"]) == ("XY-2026-7", "2026-12-31", 60)
    assert told["note"] == "行政刘女士经办"

    erasing.erase(works.pk, owner, "本人要求")
    waiver.refresh_from_db()
    assert (waiver.agreement_no, waiver.note) == ("XY-2026-7", "")
    assert set(DepositWaiver.history.values_list("note", flat=True)) == {""}
