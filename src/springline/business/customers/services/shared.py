"""What every write of a customer does: lock the row, note the change, keep search current."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import ApiToken, User
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    CustomerSearch,
)
from springline.business.customers.text import search_fields
from springline.business.prepared import Prepared

Actor = User | ApiToken | None
_LOCKED = Prepared(lambda pk: Customer.objects.select_for_update().filter(pk=pk).order_by())


def locked(customer_id: int, version: int | None = None) -> Customer:
    """For a change. Raises Customer.DoesNotExist, CustomerRefusal `merged`, `erased` or `stale`."""
    assert transaction.get_connection().in_atomic_block
    found = _LOCKED(customer_id)
    if not found:
        raise Customer.DoesNotExist
    [customer] = found
    if customer.merged_into_id:
        raise CustomerRefusal(
            "merged",
            "该客户已并入另一客户。",
            "This customer was merged into another.",
            customer.merged_into_id,
        )
    if customer.erased_at:
        raise CustomerRefusal("erased", "该客户的资料已清除。", "This customer's data were erased.")
    if version is not None:
        fresh(customer, version)
    return customer


def fresh(customer: Customer, version: int) -> None:
    """Raises CustomerRefusal `stale` with what others changed since `version`."""
    if version != customer.version:
        changes = customer.changes.filter(version__gt=version)
        detail = [{"who": c.who, "what": c.what, "before": c.before, "after": c.after} for c in changes]
        raise CustomerRefusal(
            "stale", "资料刚被别人修改，请核对。", "Somebody else has just changed this.", detail
        )


def touch(customer: Customer, *fields: str) -> None:
    customer.version += 1
    customer.active_at = timezone.now()
    customer.save(update_fields=["version", "active_at", *fields])


def note(
    customer: Customer,
    what: str,
    by: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    CustomerChange.objects.create(
        customer=customer,
        user=by if isinstance(by, User) else None,
        who=who(by),
        what=what,
        version=customer.version,
        before=before or {},
        after=after or {},
    )
    notices.announce("customer", customer.pk, what=what)


def who(by: Actor) -> str:
    if by is None:
        return "system"
    return f"token:{by.name}" if isinstance(by, ApiToken) else by.name


def reindex(customer: Customer) -> None:
    """Bring the search row to the rows as they are."""
    if customer.merged_into_id or customer.erased_at:
        CustomerSearch.objects.filter(pk=customer.pk).delete()
        return
    contacts = customer.contacts.values_list("name", flat=True)
    addresses = customer.addresses.filter(removed_at=None).values_list("text", "building", "notes")
    fields = search_fields(customer.name, customer.type, contacts, (" ".join(row) for row in addresses))
    CustomerSearch.objects.update_or_create(customer=customer, defaults=fields)


def contact_of(customer: Customer, name: str) -> Contact | None:
    if not name.strip():
        return None
    contact, _new = Contact.objects.get_or_create(customer=customer, name=name.strip())
    return contact


def make_only(row: CustomerPhone | CustomerAddress, flag: str) -> None:
    type(row).objects.filter(customer_id=row.customer_id, **{flag: True}).exclude(pk=row.pk).update(
        **{flag: False}
    )
    setattr(row, flag, True)
    row.save(update_fields=[flag])
