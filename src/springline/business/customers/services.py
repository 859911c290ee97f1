"""All writes of one customer. Each is one transaction with a history row, and keeps search current."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import ApiToken, User
from springline.business.customers import places
from springline.business.customers.errors import CustomerRefusal, bad_number
from springline.business.customers.inputs import AddressIn, ContactIn, CustomerIn, PhoneIn
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    CustomerSearch,
    NumberTag,
)
from springline.business.customers.numbers import NoNumber, tail_key, to_e164
from springline.business.customers.owned_by_nobody import everybodys_numbers
from springline.business.customers.text import search_fields
from springline.business.phones import masked
from springline.business.prepared import Prepared, PreparedUpdate

Actor = User | ApiToken | None
_LOCKED = Prepared(lambda pk: Customer.objects.select_for_update().filter(pk=pk).order_by())
_ACTIVE = PreparedUpdate(lambda pk, at: (Customer.objects.filter(pk=pk), {"active_at": at}))
_ADDRESS_USED = PreparedUpdate(
    lambda pk, at: (
        CustomerAddress.objects.filter(pk=pk),
        {"last_used_at": at, "uses": models.F("uses") + 1},
    )
)
FIELDS = (
    "name", "type", "level", "settlement", "credit_limit", "invoice_title", "tax_no", "remark", "risk_note",
)  # fmt: skip


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
        _bind(customer, phone, primary=phone.primary or number == 0)
    for number, address in enumerate(data.addresses):
        _add_address(customer, address, default=address.default or number == 0)
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
    _touch(customer, *changed)
    note(customer, "changed", by, before, changed)
    reindex(customer)
    return customer


@transaction.atomic
def bind_phone(customer_id: int, data: PhoneIn, by: Actor = None) -> CustomerPhone:
    """Raises CustomerRefusal: bad_number, not_personal, phone_taken (detail: the other customer's id)."""
    customer = locked(customer_id)
    phone = _bind(customer, data, primary=data.primary)
    _touch(customer)
    note(customer, "phone_bound", by, after={"phone": masked(phone.e164)})
    return phone


@transaction.atomic
def unbind_phone(phone_id: int, by: Actor = None) -> None:
    """Idempotent. The row stays, so that old calls still tell whose number it was."""
    phone = CustomerPhone.objects.select_for_update().filter(pk=phone_id, unbound_at=None).first()
    if phone is None:
        return
    customer = locked(phone.customer_id)
    phone.unbound_at = timezone.now()
    phone.save(update_fields=["unbound_at"])
    if phone.is_primary:
        other = customer.phones.filter(unbound_at=None).first()
        if other is not None:
            _make_only(other, "is_primary")
    _touch(customer)
    note(customer, "phone_unbound", by, before={"phone": masked(phone.e164)})


@transaction.atomic
def add_contact(customer_id: int, data: ContactIn, by: Actor = None) -> Contact:
    customer = locked(customer_id)
    contact = Contact.objects.create(customer=customer, **data.dict())
    _touch(customer)
    note(customer, "contact_added", by, after=data.dict())
    reindex(customer)
    return contact


@transaction.atomic
def add_address(customer_id: int, data: AddressIn, by: Actor = None) -> CustomerAddress:
    customer = locked(customer_id)
    first = not customer.addresses.filter(removed_at=None).exists()
    address = _add_address(customer, data, default=data.default or first)
    _touch(customer)
    note(customer, "address_added", by, after={"id": address.pk, **data.dict()})
    reindex(customer)
    return address


@transaction.atomic
def change_address(
    address_id: int, data: AddressIn, by: Actor = None, version: int | None = None
) -> CustomerAddress:
    """Raises CustomerAddress.DoesNotExist when it was removed, CustomerRefusal `stale` as `update` does."""
    address = CustomerAddress.objects.select_for_update().get(pk=address_id, removed_at=None)
    customer = locked(address.customer_id, version)
    before = {name: getattr(address, name) for name in _ADDRESS_FIELDS}
    for name, value in _address_fields(customer, data).items():
        setattr(address, name, value)
    address.save()
    if data.default:
        _make_only(address, "is_default")
    _touch(customer)
    after = {"id": address.pk, **data.dict(exclude={"version"})}
    note(customer, "address_changed", by, {"id": address.pk, **before}, after)
    reindex(customer)
    return address


@transaction.atomic
def complete_address(address_id: int, answers: dict[str, Any], by: Actor = None) -> CustomerAddress:
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
    _touch(customer)
    note(customer, "address_changed", by, {"id": address.pk, **before}, {"id": address.pk, **after})
    return address


@transaction.atomic
def remove_address(address_id: int, by: Actor = None) -> None:
    """Idempotent; the row stays for the orders that went there."""
    address = CustomerAddress.objects.select_for_update().filter(pk=address_id, removed_at=None).first()
    if address is None:
        return
    customer = locked(address.customer_id)
    was_default, address.removed_at, address.is_default = address.is_default, timezone.now(), False
    address.save(update_fields=["removed_at", "is_default"])
    following = customer.addresses.filter(removed_at=None).order_by("-last_used_at", "id").first()
    if was_default and following is not None:
        _make_only(following, "is_default")
    _touch(customer)
    note(customer, "address_removed", by, before={"id": address.pk, "text": address.text})
    reindex(customer)


def address_used(address: CustomerAddress, at: Any = None) -> None:
    """An order goes there: it comes first in the next screen pop. Called inside the order's transaction."""
    at = at or timezone.now()
    _ADDRESS_USED(address.pk, at)
    _ACTIVE(address.customer_id, at)


@transaction.atomic
def set_number_region(e164: str, county: str, by: Actor, *, lasting: bool = False) -> NumberTag:
    """An agent's word on where a number is at home: a lasting tag, or a correction that fades in 180 days.

    Raises CustomerRefusal on a county that the region pack does not have.
    """
    if places.pack().county(county) is None:
        raise CustomerRefusal("unknown_county", "没有这个区县。", "There is no such county.")
    tag, _new = NumberTag.objects.update_or_create(
        e164=e164, defaults={"county": county, "lasting": lasting, "who": who(by), "at": timezone.now()}
    )
    return tag


def reindex(customer: Customer) -> None:
    """Bring the search row to the rows as they are."""
    if customer.merged_into_id or customer.erased_at:
        CustomerSearch.objects.filter(pk=customer.pk).delete()
        return
    contacts = customer.contacts.values_list("name", flat=True)
    addresses = customer.addresses.filter(removed_at=None).values_list("text", "building", "notes")
    fields = search_fields(customer.name, customer.type, contacts, (" ".join(row) for row in addresses))
    CustomerSearch.objects.update_or_create(customer=customer, defaults=fields)


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


_ADDRESS_FIELDS = ("text", "county", "town", "building", "floor", "lift", "notes")


def _touch(customer: Customer, *fields: str) -> None:
    customer.version += 1
    customer.active_at = timezone.now()
    customer.save(update_fields=["version", "active_at", *fields])


def _bind(customer: Customer, data: PhoneIn, *, primary: bool) -> CustomerPhone:
    number = _number(data.number)
    holder = CustomerPhone.objects.filter(e164=number, unbound_at=None).first()
    if holder is not None and holder.customer_id != customer.pk:
        raise _taken(holder.customer_id)
    phone = holder or CustomerPhone(customer=customer, e164=number, backwards=tail_key(number))
    phone.label, phone.contact = data.label, _contact(customer, data.contact)
    try:
        with transaction.atomic():
            phone.save()
    except IntegrityError as error:
        raise _taken(None) from error
    if primary:
        _make_only(phone, "is_primary")
    return phone


def _taken(holder: int | None) -> CustomerRefusal:
    return CustomerRefusal(
        "phone_taken", "该号码已绑定其他客户。", "This number belongs to another customer.", holder
    )


def _number(text: str) -> str:
    """Raises CustomerRefusal. Numbers that stand for everybody must not stand for one person (F4)."""
    try:
        number = to_e164(text, places.pack().city.area_code)
    except NoNumber as error:
        raise bad_number(error.code) from None
    if number in everybodys_numbers():
        raise CustomerRefusal(
            "not_personal", "这是热线或线路号码，不能绑定客户。", "A number of the hotline or its lines."
        )
    return number


def _contact(customer: Customer, name: str) -> Contact | None:
    if not name.strip():
        return None
    contact, _new = Contact.objects.get_or_create(customer=customer, name=name.strip())
    return contact


def _add_address(customer: Customer, data: AddressIn, *, default: bool) -> CustomerAddress:
    address = CustomerAddress.objects.create(customer=customer, **_address_fields(customer, data))
    if default:
        _make_only(address, "is_default")
    return address


def _address_fields(customer: Customer, data: AddressIn) -> dict[str, Any]:
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
        "contact": _contact(customer, data.contact),
    }


def _make_only(row: CustomerPhone | CustomerAddress, flag: str) -> None:
    type(row).objects.filter(customer_id=row.customer_id, **{flag: True}).exclude(pk=row.pk).update(
        **{flag: False}
    )
    setattr(row, flag, True)
    row.save(update_fields=[flag])


def _name_by_number(phones: Iterable[PhoneIn]) -> str:
    number = next((phone.number for phone in phones), "")
    tail = "".join(char for char in number if char.isdigit())[-4:]
    return f"尾号{tail}" if tail else "未留名"
