"""An import is taken back within a day: whole, but for those who were used since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.calls.models import Call
from springline.business.customers import importing, unimporting
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import Customer, CustomerChange, CustomerPhone, ImportRun
from springline.business.customers.services import profiles
from springline.business.vouchers.models import VoucherCase
from tests.unit.customers.people import household
from tests.unit.customers.test_customers_api import as_a, send

pytestmark = pytest.mark.django_db
FILE = "\r\n".join(
    ["姓名,电话,地址,联系人", *(f"甲{n},1390000300{n},霍山县衡山镇迎驾大道{n}号,周会计" for n in range(4))]
).encode()


@pytest.fixture
def run() -> ImportRun:
    return importing.take_in(FILE, "客户.csv")


def test_all_of_it_goes_and_the_file_may_come_again(run: ImportRun) -> None:
    other = household()
    assert len(unimporting.look(run.pk).goes) == 4
    unimporting.undo(run.pk, 4, None)
    assert list(Customer.objects.all()) == [other]
    assert not CustomerPhone.objects.exclude(customer=other).exists()
    assert not CustomerChange.objects.exclude(customer=other).exists()
    run.refresh_from_db()
    assert (run.taken_back, run.undone_by, run.undone_at is not None) == (4, "system", True)
    assert AuditRow.objects.get(what="customers.import_undone").detail == {"customers": 4, "kept": 0}
    assert importing.take_in(FILE, "客户.csv").customers == 4
    with pytest.raises(CustomerRefusal, match="undone"):
        unimporting.undo(run.pk, 4, None)


def test_who_was_used_since_stays_with_the_reason(run: ImportRun) -> None:
    first, second, third, last = Customer.objects.order_by("pk")
    profiles.update(first.pk, first.version, {"remark": "老客户"})
    number = second.phones.get().e164
    Call.objects.create(id="c1", caller=number, arrived_at=timezone.now() + timedelta(seconds=1))
    VoucherCase.objects.create(customer_id=third.pk, code="T01")
    found = unimporting.look(run.pk)
    assert found.goes == (last.pk,)
    assert set(found.kept) == {first.pk, second.pk, third.pk}
    with pytest.raises(CustomerRefusal, match="changed"):
        unimporting.undo(run.pk, 4, None)
    assert Customer.objects.count() == 4
    unimporting.undo(run.pk, 1, None)
    assert list(Customer.objects.order_by("pk")) == [first, second, third]


def test_a_day_later_it_is_too_late(run: ImportRun) -> None:
    ImportRun.objects.update(at=timezone.now() - timedelta(hours=25))
    with pytest.raises(CustomerRefusal, match="too_late"):
        unimporting.look(run.pk)
    assert not unimporting.recent().exists()


def test_over_http_in_both_languages(run: ImportRun) -> None:
    first = Customer.objects.order_by("pk")[0]
    profiles.update(first.pk, first.version, {"remark": "老客户"})
    leader, path = as_a(Role.SUPERVISOR), f"/customers/imports/{run.pk}/undo"
    [row] = leader.get("/api/customers/imports").json()
    assert (row["id"], row["customers"], row["undone_at"]) == (run.pk, 4, None)
    seen = leader.get(f"/api{path}").json()
    assert (seen["goes"], seen["stays"]) == (3, 1)
    assert (seen["kept"][0]["name"], seen["kept"][0]["why"]) == ("甲0", ["客户变更记录"])
    done = send(leader, "POST", path, {"goes": 3})
    assert done.status_code == 200
    again = send(as_a(Role.SUPERVISOR, "en"), "POST", path, {"goes": 3})
    assert (again.status_code, again.json()["message"]) == (409, "This import was taken back already.")
    assert send(as_a(Role.AGENT), "POST", path, {"goes": 3}).status_code == 403
    assert leader.get("/api/customers/imports/999/undo").status_code == 404
