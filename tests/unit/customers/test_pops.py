"""What an agent sees on ring."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.calls.models import Call, WrapUp, WrapUpCode
from springline.business.customers import hooks, last_calls, lookups, pops
from springline.business.customers.inputs import AddressIn, PhoneIn
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.customers.pops import PopKind, pop
from springline.business.customers.services import addresses, phones
from springline.business.hotline.models import Hotline
from springline.contracts.events import CallerQuality
from tests.unit.customers.people import FACTORY_A, FACTORY_B, STRANGER, WANG, factory, household

REAL = CallerQuality.REAL


def test_each_number_of_a_customer_pops_the_same(db: None, here: None) -> None:
    account = factory()
    found = [pop(number, REAL) for number in (FACTORY_A, FACTORY_B, "+865643210000")]
    assert {p.customer.id for p in found if p.customer} == {account.pk}
    assert [p.customer.contact for p in found if p.customer] == ["李会计", "赵行政", ""]
    assert found[0].addresses[0].town_name == "六安经济开发区"
    assert (found[0].kind, found[0].stale, found[0].banner_zh) == (PopKind.KNOWN, False, "")


def test_the_last_used_address_comes_first(db: None, here: None) -> None:
    customer = household()
    other = addresses.add(customer.pk, AddressIn(text="舒城县城关镇梅河路2号"))
    assert pop(WANG, REAL).addresses[0].county_name == "霍山县"
    addresses.used(other)
    assert [address.id for address in pop(WANG, REAL).addresses][0] == other.pk


def test_the_last_calls_of_all_numbers(db: None, here: None) -> None:
    account = factory()
    when, order = (
        timezone.now(),
        WrapUpCode.objects.create(code="order", name_zh="订水", name_en="Order", key="1"),
    )
    for minutes, number, quality in (
        (5, FACTORY_A, "real"), (9, FACTORY_B, "real"), (2, FACTORY_A, "masked"), (3, STRANGER, "real"),
    ):  # fmt: skip
        at = when - timedelta(minutes=minutes)
        Call.objects.create(
            id=f"c{minutes}",
            arrived_at=at,
            ended_at=at,
            caller=number,
            caller_quality=quality,
            outcome="handled",
        )
    Call.objects.create(id="now", arrived_at=when, caller=FACTORY_A, caller_quality="real")
    WrapUp.objects.create(call_id="c9", code=order, note="要发票")
    last_calls.register()
    found = pops.card(account).parts["calls"]
    assert [(row["id"], row["code"], row["note"]) for row in found] == [
        ("c5", "", ""),
        ("c9", "order", "要发票"),
    ]


def test_a_new_number_has_the_exact_banner(db: None, here: None) -> None:
    found = pop(STRANGER, REAL)
    assert (found.kind, found.banner_zh) == (PopKind.NEW, "首次订水请提供地址")


@pytest.mark.parametrize("quality", [q for q in CallerQuality if q is not REAL])
def test_a_number_that_cannot_be_trusted_matches_nobody(db: None, here: None, quality: CallerQuality) -> None:
    household()
    found = pop(WANG, quality)
    assert (found.kind, found.customer, found.number, found.addresses) == (
        PopKind.UNIDENTIFIED,
        None,
        None,
        (),
    )
    assert pop(None, REAL).kind is PopKind.UNIDENTIFIED


def test_the_fixed_number_of_a_landing_matches_nobody_though_it_looks_real(db: None, here: None) -> None:
    customer = Customer.objects.create(name="甲")
    CustomerPhone.objects.create(customer=customer, e164="+8655160000000", backwards="x")
    Hotline.objects.create(number="4000564000", masked_callers=["055160000000"])
    assert pop("+8655160000000", REAL).kind is PopKind.UNIDENTIFIED


def test_other_rooms_add_their_parts_and_a_failing_one_is_named(db: None, here: None) -> None:
    customer = household()
    hooks.pop_parts["orders"] = lambda ids: {"last": f"订单 {ids}"}
    hooks.pop_parts["vouchers"] = lambda ids: ids["x"]  # type: ignore[call-overload]
    found = pop(WANG, REAL)
    assert found.parts == {"orders": {"last": f"订单 [{customer.pk}]"}}
    assert found.missing == ("vouchers",)


def test_without_the_database_the_last_pop_is_shown_as_stale(
    db: None, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    household()
    fresh = pop(WANG, REAL)

    def late(_budget: float, _look: object) -> None:
        raise lookups.Late

    monkeypatch.setattr(lookups, "within", late)
    again, unknown = pop(WANG, REAL), pop(STRANGER, REAL)
    assert (again.stale, again.customer, again.as_of) == (True, fresh.customer, fresh.as_of)
    assert (unknown.kind, unknown.banner_zh) == (PopKind.UNAVAILABLE, "")


def test_memory_forgets_who_no_longer_has_the_number(
    db: None, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    household()
    pop(WANG, REAL)
    phones.unbind(CustomerPhone.objects.get(e164=WANG).pk)
    phones.bind(household("乙", STRANGER).pk, PhoneIn(number="13900000050"))
    assert pop(WANG, REAL).kind is PopKind.NEW
    assert pops._from_memory(WANG).kind is PopKind.UNAVAILABLE
