"""Writes of the customer itself and of the people who speak for it."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.inputs import ContactIn, CustomerIn, PhoneIn
from springline.business.customers.models import Contact, Customer
from springline.business.customers.services import addresses, phones
from springline.business.customers.services.shared import Actor, locked, note, reindex, touch

FIELDS = (
    "name", "type", "level", "settlement", "credit_limit", "invoice_title", "tax_no", "remark", "risk_note",
)  # fmt: skip


def check_known(data: CustomerIn) -> None:
    """Raises CustomerRefusal `nobody` for one whom nobody could find again: no name and no number.

    In a call whose number is hidden an address is enough.
    """
    named = data.name.strip() or data.phones or data.contacts
    if not named and not (data.call_id and data.addresses):
        raise CustomerRefusal(
            "nobody", "请填写客户名称或电话号码。", "Give a name or a number.", ["name", "phones"]
        )


@transaction.atomic
def create(data: CustomerIn, by: Actor = None) -> Customer:
    """Customer, contacts, phones and addresses in one transaction. Raises CustomerRefusal.

    A `request_key` seen before returns that customer: a double click makes one customer.
    """
    if data.request_key:
        former = Customer.objects.filter(request_key=data.request_key).first()
        if former is not None:
            return former
    fields = {name: getattr(data, name) for name in FIELDS}
    fields["name"] = data.name.strip() or _name_by_number(data.phones)
    try:
        with transaction.atomic():
            customer = Customer.objects.create(
                **fields, created_from_call=data.call_id, request_key=data.request_key
            )
    except IntegrityError:
        # The same request on another connection was quicker.
        return Customer.objects.get(request_key=data.request_key)
    for contact in data.contacts:
        Contact.objects.create(customer=customer, **contact.dict())
    for number, phone in enumerate(data.phones):
        phones.attach(customer, phone, primary=phone.primary or number == 0)
    for number, address in enumerate(data.addresses):
        addresses.attach(customer, address, default=address.default or number == 0)
    note(customer, "created", by, after=fields)
    reindex(customer)
    return customer


@transaction.atomic
def update(customer_id: int, version: int, fields: dict[str, Any], by: Actor = None) -> Customer:
    """Change what differs. Raises CustomerRefusal `stale` with what others changed since `version`."""
    customer = locked(customer_id, version)
    changed = {name: value for name, value in fields.items() if getattr(customer, name) != value}
    if unknown := changed.keys() - set(FIELDS):
        raise ValueError(f"no such field: {sorted(unknown)[0]}")
    if not changed:
        return customer
    before = {name: getattr(customer, name) for name in changed}
    for name, value in changed.items():
        setattr(customer, name, value)
    touch(customer, *changed)
    note(customer, "changed", by, before, changed)
    reindex(customer)
    return customer


@transaction.atomic
def add_contact(customer_id: int, data: ContactIn, by: Actor = None) -> Contact:
    customer = locked(customer_id)
    contact = Contact.objects.create(customer=customer, **data.dict())
    touch(customer)
    note(customer, "contact_added", by, after=data.dict())
    reindex(customer)
    return contact


def _name_by_number(phones: Iterable[PhoneIn]) -> str:
    number = next((phone.number for phone in phones), "")
    tail = "".join(char for char in number if char.isdigit())[-4:]
    return f"尾号{tail}" if tail else "未留名"
