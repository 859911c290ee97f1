"""Writes of a customer's addresses."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from springline.business.customers import places
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.inputs import AddressIn
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.services.shared import (
    Actor,
    contact_of,
    locked,
    make_only,
    note,
    reindex,
    touch,
)
from springline.business.prepared import PreparedUpdate

_ACTIVE = PreparedUpdate(lambda pk, at: (Customer.objects.filter(pk=pk), {"active_at": at}))
_USED = PreparedUpdate(
    lambda pk, at: (
        CustomerAddress.objects.filter(pk=pk),
        {"last_used_at": at, "uses": models.F("uses") + 1},
    )
)
_FIELDS = ("text", "county", "town", "building", "floor", "lift", "notes")


@transaction.atomic
def add(customer_id: int, data: AddressIn, by: Actor = None) -> CustomerAddress:
    customer = locked(customer_id)
    first = not customer.addresses.filter(removed_at=None).exists()
    address = attach(customer, data, default=data.default or first)
    touch(customer)
    note(customer, "address_added", by, after={"id": address.pk, **data.dict()})
    reindex(customer)
    return address


@transaction.atomic
def change(address_id: int, data: AddressIn, by: Actor = None, version: int | None = None) -> CustomerAddress:
    """Raises CustomerAddress.DoesNotExist when it was removed, CustomerRefusal `stale` as `update` does."""
    address = CustomerAddress.objects.select_for_update().get(pk=address_id, removed_at=None)
    customer = locked(address.customer_id, version)
    before = {name: getattr(address, name) for name in _FIELDS}
    for name, value in _fields(customer, data).items():
        setattr(address, name, value)
    address.save()
    if data.default:
        make_only(address, "is_default")
    touch(customer)
    after = {"id": address.pk, **data.dict(exclude={"version"})}
    note(customer, "address_changed", by, {"id": address.pk, **before}, after)
    reindex(customer)
    return address


@transaction.atomic
def complete(address_id: int, answers: dict[str, Any], by: Actor = None) -> CustomerAddress:
    """What was answered on the phone: floor, lift, county or town. What is known already changes nothing."""
    address = CustomerAddress.objects.select_for_update().get(pk=address_id)
    before = {
        name: getattr(address, name) for name, value in answers.items() if getattr(address, name) != value
    }
    if not before:
        return address
    customer, after = locked(address.customer_id), {name: answers[name] for name in before}
    for name, value in after.items():
        setattr(address, name, value)
    address.save(update_fields=list(after))
    touch(customer)
    note(customer, "address_changed", by, {"id": address.pk, **before}, {"id": address.pk, **after})
    return address


@transaction.atomic
def remove(address_id: int, by: Actor = None) -> None:
    """Idempotent; the row stays for the orders that went there."""
    address = CustomerAddress.objects.select_for_update().filter(pk=address_id, removed_at=None).first()
    if address is None:
        return
    customer = locked(address.customer_id)
    was_default, address.removed_at, address.is_default = address.is_default, timezone.now(), False
    address.save(update_fields=["removed_at", "is_default"])
    following = customer.addresses.filter(removed_at=None).order_by("-last_used_at", "id").first()
    if was_default and following is not None:
        make_only(following, "is_default")
    touch(customer)
    note(customer, "address_removed", by, before={"id": address.pk, "text": address.text})
    reindex(customer)


def used(address: CustomerAddress, at: Any = None) -> None:
    """An order goes there: it comes first in the next screen pop. Called inside the order's transaction."""
    at = at or timezone.now()
    _USED(address.pk, at)
    _ACTIVE(address.customer_id, at)


def attach(customer: Customer, data: AddressIn, *, default: bool) -> CustomerAddress:
    address = CustomerAddress.objects.create(customer=customer, **_fields(customer, data))
    if default:
        make_only(address, "is_default")
    return address


def _fields(customer: Customer, data: AddressIn) -> dict[str, Any]:
    """What the agent chose wins; what was left out comes from the text, if it is unambiguous."""
    county, town = data.county or data.town[:6], data.town
    if not county:
        found = places.locate(data.text)
        county, town = found.county or "", found.town or ""
    pack = places.pack()
    if county and pack.county(county) is None or town and (pack.town(town) is None or town[:6] != county):
        raise CustomerRefusal("unknown_county", "没有这个区县或乡镇。", "There is no such county or town.")
    return {
        "text": data.text.strip(),
        "county": county,
        "town": town,
        "building": data.building,
        "floor": data.floor,
        "lift": data.lift,
        "notes": data.notes,
        "contact": contact_of(customer, data.contact),
    }
