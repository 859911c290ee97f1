"""Writes of a customer's numbers, and of where a number is at home."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business.customers import places
from springline.business.customers.errors import CustomerRefusal, bad_number
from springline.business.customers.inputs import PhoneIn
from springline.business.customers.models import Customer, CustomerPhone, NumberTag
from springline.business.customers.numbers import NoNumber, tail_key, to_e164
from springline.business.customers.owned_by_nobody import everybodys_numbers
from springline.business.customers.services.shared import (
    Actor,
    contact_of,
    locked,
    make_only,
    note,
    touch,
    who,
)
from springline.business.phones import masked


@transaction.atomic
def bind(customer_id: int, data: PhoneIn, by: Actor = None) -> CustomerPhone:
    """Raises CustomerRefusal: bad_number, not_personal, phone_taken (detail: the other customer's id)."""
    customer = locked(customer_id)
    phone = attach(customer, data, primary=data.primary)
    touch(customer)
    note(customer, "phone_bound", by, after={"phone": masked(phone.e164)})
    return phone


@transaction.atomic
def unbind(phone_id: int, by: Actor = None) -> None:
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
            make_only(other, "is_primary")
    touch(customer)
    note(customer, "phone_unbound", by, before={"phone": masked(phone.e164)})


def attach(customer: Customer, data: PhoneIn, *, primary: bool) -> CustomerPhone:
    number = _number(data.number)
    holder = CustomerPhone.objects.filter(e164=number, unbound_at=None).first()
    if holder is not None and holder.customer_id != customer.pk:
        raise _taken(holder.customer_id)
    phone = holder or CustomerPhone(customer=customer, e164=number, backwards=tail_key(number))
    phone.label, phone.contact = data.label, contact_of(customer, data.contact)
    try:
        with transaction.atomic():
            phone.save()
    except IntegrityError as error:
        raise _taken(None) from error
    if primary:
        make_only(phone, "is_primary")
    return phone


@transaction.atomic
def set_region(e164: str, county: str, by: Actor, *, lasting: bool = False) -> NumberTag:
    """An agent's word on where a number is at home: a lasting tag, or a correction that fades in 180 days.

    Raises CustomerRefusal on a county that the region pack does not have.
    """
    if places.pack().county(county) is None:
        raise CustomerRefusal("unknown_county", "没有这个区县。", "There is no such county.")
    tag, _new = NumberTag.objects.update_or_create(
        e164=e164, defaults={"county": county, "lasting": lasting, "who": who(by), "at": timezone.now()}
    )
    return tag


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
