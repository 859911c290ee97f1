"""Customers as agents make, change, merge and erase them."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.accounts.models import AuditRow, User
from springline.business.customers import erasing, hooks, merging, pops, selectors
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.inputs import AddressIn, CustomerIn, PhoneIn
from springline.business.customers.models import (
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    CustomerSearch,
)
from springline.business.customers.searching import search
from springline.business.customers.services import addresses, phones, profiles
from springline.business.hotline.models import Hotline
from tests.unit.customers.people import FACTORY_A, FACTORY_B, STRANGER, WANG, factory, household

pytestmark = pytest.mark.django_db


def test_a_new_customer_is_one_transaction() -> None:
    with pytest.raises(CustomerRefusal, match="bad_number"):
        profiles.create(
            CustomerIn(name="甲", phones=[PhoneIn(number="12")], addresses=[AddressIn(text="金安区")])
        )
    with pytest.raises(CustomerRefusal, match="unknown_county"):
        profiles.create(
            CustomerIn(
                name="甲", phones=[PhoneIn(number=WANG)], addresses=[AddressIn(text="x", county="341302")]
            )
        )
    assert not Customer.objects.exists()
    assert not CustomerPhone.objects.exists()


def test_the_address_finds_its_own_county_and_town() -> None:
    address = household().addresses.get()
    assert (address.county, address.town, address.is_default) == ("341525", "341525100", True)
    assert household("乙", STRANGER, "双河镇中学").addresses.get().county == ""


def test_a_double_click_makes_one_customer() -> None:
    twice = [profiles.create(CustomerIn(name="甲", request_key="k" * 8)) for _ in range(2)]
    assert twice[0].pk == twice[1].pk
    assert Customer.objects.count() == 1


def test_two_mobiles_and_a_landline_of_one_factory() -> None:
    account = factory()
    for number in (FACTORY_A, FACTORY_B, "+865643210000"):
        owner = selectors.by_phone(number)
        assert owner is not None
        assert owner.pk == account.pk
    assert [phone.is_primary for phone in selectors.phones_of(account.pk)] == [True, False, False]


def test_a_number_has_one_customer_and_can_change_hands() -> None:
    first, second = household(), household("乙", STRANGER)
    with pytest.raises(CustomerRefusal, match="phone_taken") as refused:
        phones.bind(second.pk, PhoneIn(number=WANG))
    assert refused.value.detail == first.pk
    phone = CustomerPhone.objects.get(e164=WANG)
    phones.unbind(phone.pk)
    phones.unbind(phone.pk)
    phones.bind(second.pk, PhoneIn(number=WANG))
    owner = selectors.by_phone(WANG)
    assert owner is not None
    assert owner.pk == second.pk
    assert CustomerPhone.objects.filter(e164=WANG).count() == 2


def test_the_database_refuses_a_second_active_binding() -> None:
    household()
    other = Customer.objects.create(name="乙")
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerPhone.objects.create(customer=other, e164=WANG, backwards="1")


@pytest.mark.parametrize("number", ["4000564000", "400 0564 000", "0551 6000 0000", "055160000000"])
def test_numbers_of_everybody_belong_to_nobody(number: str) -> None:
    Hotline.objects.create(number="4000564000", dids=["4000564000"], masked_callers=["055160000000"])
    with pytest.raises(CustomerRefusal, match="not_personal"):
        profiles.create(CustomerIn(name="甲", phones=[PhoneIn(number=number)]))


def test_a_stale_address_form_is_told_what_changed(staff: User) -> None:
    customer = household()
    address = customer.addresses.get()
    addresses.change(address.pk, AddressIn(text="霍山县衡山镇迎驾大道9号"), staff, customer.version)
    with pytest.raises(CustomerRefusal, match="stale") as refused:
        addresses.change(address.pk, AddressIn(text="乙"), staff, customer.version)
    (change,) = refused.value.detail  # type: ignore[misc]
    assert (change["what"], change["after"]["id"], change["after"]["text"]) == (
        "address_changed", address.pk, "霍山县衡山镇迎驾大道9号",
    )  # fmt: skip
    address.refresh_from_db()
    assert address.text == "霍山县衡山镇迎驾大道9号"


def test_a_stale_form_is_told_what_changed(staff: User) -> None:
    customer = household()
    profiles.update(customer.pk, 1, {"level": "gold", "name": "王大姐"}, staff)
    with pytest.raises(CustomerRefusal, match="stale") as refused:
        profiles.update(customer.pk, 1, {"remark": "门禁 12#"})
    change = refused.value.detail[0]  # type: ignore[index]
    assert (change["who"], change["before"], change["after"]) == (
        "班长",
        {"level": "normal"},
        {"level": "gold"},
    )
    assert profiles.update(customer.pk, 2, {"level": "gold"}).version == 2


def test_addresses_by_last_use_and_one_default() -> None:
    customer = household()
    shop = addresses.add(customer.pk, AddressIn(text="舒城县城关镇梅河路2号", lift="no", floor=6))
    home = customer.addresses.exclude(pk=shop.pk).get()
    assert [row.pk for row in selectors.addresses_of(customer.pk)] == [home.pk, shop.pk]
    addresses.used(shop)
    assert [row.pk for row in selectors.addresses_of(customer.pk)] == [shop.pk, home.pk]
    addresses.remove(home.pk)
    assert [row.is_default for row in selectors.addresses_of(customer.pk)] == [True]
    addresses.change(shop.pk, AddressIn(text="叶集姚李镇", default=True))
    shop.refresh_from_db()
    assert (shop.county, shop.floor, shop.lift) == ("341504", None, "unknown")


def test_merge_and_undo_leave_everything_as_it_was(staff: User) -> None:
    kept, gone = household(), household("王大姐2", STRANGER, "金寨县梅山镇新建路3号")
    before = _picture()
    row = merging.merge(kept.pk, gone.pk, staff, "同一人")
    owner = selectors.by_phone(STRANGER)
    assert owner is not None
    assert owner.pk == kept.pk
    assert sum(phone.is_primary for phone in selectors.phones_of(kept.pk)) == 1
    assert CustomerAddress.objects.filter(customer=kept, is_default=True).count() == 1
    assert (selectors.canonical(gone.pk).pk, set(selectors.family(kept.pk))) == (kept.pk, {kept.pk, gone.pk})
    assert [hit.customer_id for hit in search("王大姐2")] == []
    with pytest.raises(CustomerRefusal, match="merged"):
        profiles.update(gone.pk, 2, {"remark": "x"})
    merging.undo(row.pk, staff)
    assert _picture() == before
    assert [hit.customer_id for hit in search("王大姐2")] == [gone.pk]
    with pytest.raises(CustomerRefusal, match="undone"):
        merging.undo(row.pk)


def test_undoing_a_merge_leaves_one_default_of_several() -> None:
    kept, gone = household(), factory()
    other = addresses.add(gone.pk, AddressIn(text="金安区清水河街道皋城中路3号"))
    CustomerAddress.objects.filter(pk=other.pk).update(last_used_at=timezone.now())
    CustomerPhone.objects.filter(e164=FACTORY_A).update(is_primary=False)
    CustomerPhone.objects.filter(e164=FACTORY_B).update(is_primary=True)
    row = merging.merge(kept.pk, gone.pk)
    merging.undo(row.pk)
    assert [one.e164 for one in selectors.phones_of(gone.pk) if one.is_primary] == [FACTORY_B]
    assert [one.pk for one in gone.addresses.filter(is_default=True)] != [other.pk]
    assert gone.addresses.filter(is_default=True).count() == 1


def test_what_came_after_a_merge_stays_with_the_kept_one() -> None:
    kept, gone = household(), household("乙", STRANGER)
    row = merging.merge(kept.pk, gone.pk)
    phones.bind(kept.pk, PhoneIn(number="13900000050"))
    phones.unbind(CustomerPhone.objects.get(e164=STRANGER, unbound_at=None).pk)
    merging.undo(row.pk)
    assert {phone.e164 for phone in selectors.phones_of(kept.pk)} == {WANG, "+8613900000050"}
    with pytest.raises(CustomerRefusal, match="same"):
        merging.merge(kept.pk, kept.pk)


def test_a_chain_of_merges() -> None:
    rows = [household(str(n), f"1390000001{n}") for n in range(3)]
    inner = merging.merge(rows[1].pk, rows[2].pk)
    merging.merge(rows[0].pk, rows[1].pk)
    assert selectors.canonical(rows[2].pk).pk == rows[0].pk
    assert set(selectors.family(rows[0].pk)) == {row.pk for row in rows}
    with pytest.raises(CustomerRefusal, match="merged"):
        merging.undo(inner.pk)


def test_export_and_erasure_of_one_person(staff: User) -> None:
    kept, gone = household(), household("乙", STRANGER)
    profiles.update(gone.pk, 1, {"remark": "后门"}, staff)
    merging.merge(kept.pk, gone.pk)
    hooks.export_parts["orders"] = lambda ids: [{"ids": sorted(ids)}]
    told = str(erasing.export(gone.pk, staff, "本人要求"))
    for word in ("王大姐", WANG, STRANGER, "后门", "迎驾大道", f"[{kept.pk}, {gone.pk}]"):
        assert word in told
    erasing.erase(kept.pk, staff, "本人要求")
    left = str([list(model.objects.values()) for model in (
        Customer, CustomerPhone, CustomerAddress, CustomerChange, CustomerSearch,
    )])  # fmt: skip
    for word in ("王大姐", WANG[3:], STRANGER[3:], "后门", "迎驾大道"):
        assert word not in left
    assert CustomerAddress.objects.values_list("county", flat=True)[0] == "341525"
    assert selectors.by_phone(WANG) is None
    assert {row.what for row in AuditRow.objects.all()} == {"customer.exported", "customer.erased"}
    assert WANG not in str(list(AuditRow.objects.values()))


def test_what_was_said_under_a_number_that_is_somebody_elses_by_now_stays() -> None:
    gone, heard = household(), list[str]()
    phones.unbind(phones.bind(gone.pk, PhoneIn(number=STRANGER)).pk)
    household("乙", STRANGER)
    hooks.forgetters["calls"] = heard.extend
    erasing.erase(gone.pk, None, "")
    assert heard == [WANG]


def test_who_is_owed_something_is_not_erased() -> None:
    customer = household()
    hooks.erase_blockers["vouchers"] = lambda _ids: [("还有 3 张水票", "3 vouchers are left")]
    with pytest.raises(CustomerRefusal, match="owed") as refused:
        erasing.erase(customer.pk, None, "")
    assert refused.value.detail == [("还有 3 张水票", "3 vouchers are left")]


def test_a_pop_asks_few_questions() -> None:
    factory()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        pops.read(FACTORY_B)
    assert len(asked) <= 10


def _picture() -> object:
    return (
        list(CustomerPhone.objects.order_by("pk").values("customer", "e164", "is_primary")),
        list(CustomerAddress.objects.order_by("pk").values("customer", "text", "is_default")),
        list(Customer.objects.order_by("pk").values("name", "merged_into")),
    )
