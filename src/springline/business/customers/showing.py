"""Rows and pops as the API shows them, in the language of the request."""

from collections.abc import Sequence

from springline.business import phones
from springline.business.customers import places, selectors
from springline.business.customers.errors import NUMBER_PROBLEMS
from springline.business.customers.models import Customer, CustomerAddress, CustomerPhone
from springline.business.customers.pops import Pop, PopAddress
from springline.business.customers.regions import Located
from springline.business.customers.regions.resolving import Resolution
from springline.business.customers.regions.sentences import county_en, county_zh
from springline.business.customers.schemas import (
    AddressOut,
    ChangeOut,
    ContactOut,
    CustomerOut,
    CustomerRow,
    LocatedOut,
    MergeOut,
    PhoneOut,
    PlaceOut,
    PopCustomerOut,
    PopOut,
    RegionOut,
)
from springline.business.customers.services.profiles import FIELDS
from springline.business.http import english

_CHANGES_SHOWN = 50


def rows(customers: Sequence[Customer], found_by: dict[int, str] | None = None) -> list[CustomerRow]:
    """Three queries, however many customers."""
    ids = [customer.pk for customer in customers]
    numbers: dict[int, CustomerPhone] = {}
    for phone in CustomerPhone.objects.filter(customer__in=ids, unbound_at=None).order_by(
        "is_primary", "-id"
    ):
        numbers[phone.customer_id] = phone
    homes: dict[int, CustomerAddress] = {}
    for address in CustomerAddress.objects.filter(customer__in=ids, removed_at=None, is_default=True):
        homes[address.customer_id] = address
    return [
        CustomerRow(
            id=customer.pk,
            name=customer.name,
            type=customer.type,
            level=customer.level,
            phone=phones.masked(numbers[customer.pk].e164) if customer.pk in numbers else "",
            address=homes[customer.pk].text if customer.pk in homes else "",
            county_name=_county(homes[customer.pk].county) if customer.pk in homes else "",
            active_at=customer.active_at,
            by=(found_by or {}).get(customer.pk),
        )
        for customer in customers
    ]


def one(customer: Customer, *, reveal: bool = False) -> CustomerOut:
    return CustomerOut(
        id=customer.pk,
        version=customer.version,
        created_at=customer.created_at,
        active_at=customer.active_at,
        phones=[
            PhoneOut(
                id=phone.pk,
                number=phone.e164 if reveal else None,
                display=phones.grouped(phone.e164) if reveal else phones.masked(phone.e164),
                label=phone.label,
                contact=phone.contact.name if phone.contact else "",
                primary=phone.is_primary,
            )
            for phone in selectors.phones_of(customer.pk)
        ],
        contacts=[
            ContactOut(id=c.pk, name=c.name, duty=c.duty) for c in customer.contacts.filter(active=True)
        ],
        addresses=[address(row) for row in selectors.addresses_of(customer.pk)],
        merges=[
            MergeOut(id=row.pk, other_id=row.gone_id, other_name=row.gone.name, at=row.at, who=row.who)
            for row in selectors.merges_of(customer.pk)
        ],
        changes=[
            ChangeOut(at=c.at, who=c.who, what=c.what, fields=sorted({*c.before, *c.after} - {"phone", "id"}))
            for c in customer.changes.all()[:_CHANGES_SHOWN]
        ],
        **{name: getattr(customer, name) for name in FIELDS},
    )


def address(row: CustomerAddress | PopAddress) -> AddressOut:
    key = row.pk if isinstance(row, CustomerAddress) else row.id
    return AddressOut(
        id=key,
        text=row.text,
        building=row.building,
        county=row.county,
        county_name=_county(row.county),
        town=row.town,
        town_name=_town(row.town),
        floor=row.floor,
        lift=row.lift,
        notes=row.notes,
        default=row.is_default,
        last_used_at=row.last_used_at,
    )


def region(found: Resolution) -> RegionOut:
    return RegionOut(
        level=found.level,
        region=found.region,
        city=found.city,
        source=found.source,
        confidence=found.confidence,
        sentence=found.sentence_en if english() else found.sentence_zh,
    )


def popped(found: Pop, display: str) -> PopOut:
    customer = found.customer
    return PopOut(
        kind=found.kind,
        display=display,
        banner=found.banner_en if english() else found.banner_zh,
        stale=found.stale,
        as_of=found.as_of,
        region=region(found.region) if found.region else None,
        customer=PopCustomerOut(**{name: getattr(customer, name) for name in PopCustomerOut.model_fields})
        if customer
        else None,
        addresses=[address(row) for row in found.addresses],
        parts=found.parts,
        missing=list(found.missing),
    )


def located(found: Located) -> LocatedOut:
    return LocatedOut(
        county=found.county,
        town=found.town,
        confidence=found.confidence,
        why=found.why,
        sentence=found.explanation_en if english() else found.explanation_zh,
        outside=found.outside,
        candidates=[
            PlaceOut(
                county=place.county,
                county_name=_county(place.county),
                town=place.town or "",
                town_name=_town(place.town or ""),
            )
            for place in found.candidates
        ],
    )


def _county(adcode: str) -> str:
    return (county_en if english() else county_zh)(places.pack(), adcode)


def _town(code: str) -> str:
    town = places.pack().town(code) if code else None
    return town.name if town else ""


def bad_number() -> str:
    zh, en = NUMBER_PROBLEMS["invalid"]
    return en if english() else zh
