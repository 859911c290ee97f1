"""Reads of customers. The one box is in searching.py, the screen pop in pops.py."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from springline.business.calls.models import Call
from springline.business.customers.models import (
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerPhone,
    CustomerType,
    DepositWaiver,
    ExchangePrefix,
    NumberTag,
)
from springline.business.prepared import Prepared

RECENT = timedelta(days=180)
_LEAST_CUSTOMERS, _AGREEMENT = 5, 0.9
_MERGED_INTO = Prepared(
    lambda ids: Customer.objects.filter(merged_into__in=ids).order_by().values_list("pk", flat=True)
)
_OWNED = Prepared(
    lambda e164: (
        CustomerPhone.objects.filter(e164=e164, unbound_at=None).select_related("customer").order_by("pk")[:1]
    )
)
_PHONES = Prepared(
    lambda customer_id: (
        CustomerPhone.objects.filter(customer=customer_id, unbound_at=None)
        .select_related("contact")
        .order_by("-is_primary", "id")
    )
)
_DEFAULT_COUNTY = Prepared(
    lambda customer_id: (
        CustomerAddress.objects.filter(customer=customer_id, removed_at=None, is_default=True)
        .order_by("pk")
        .values_list("county", flat=True)[:1]
    )
)
_TAGS = Prepared(
    lambda e164, since: NumberTag.objects.filter(Q(lasting=True) | Q(at__gte=since), pk=e164).order_by()
)
# What the records said themselves must not become their own proof.
_MENU_REGION = Prepared(
    lambda e164, since: (
        Call.objects.filter(
            Q(region_source=None) | Q(region_source="menu"), caller=e164, arrived_at__gte=since, is_test=False
        )
        .exclude(region=None)
        .exclude(region="")
        .values_list("region", flat=True)[:1]
    )
)
_IN_VAIN = Prepared(
    lambda e164, since: (
        Call.objects.filter(
            caller=e164,
            direction="in",
            arrived_at__gte=since,
            is_test=False,
            ended_at__isnull=False,
            connected_at=None,
        )
        .order_by()
        .values_list("pk", flat=True)
    )
)
_LAST_AGENT = Prepared(
    lambda e164, since: (
        Call.objects.filter(caller=e164, arrived_at__gte=since)
        .exclude(agent=None)
        .values_list("agent", flat=True)[:1]
    )
)
_ADDRESSES = Prepared(
    lambda customer_id: (
        CustomerAddress.objects.filter(customer=customer_id, removed_at=None)
        .select_related("contact")
        .order_by(F("last_used_at").desc(nulls_last=True), "-is_default", "-id")
    )
)


def is_known(customer_id: int) -> bool:
    """Whether there is such a customer, whose data were not erased."""
    return Customer.objects.filter(pk=customer_id, erased_at=None).exists()


def by_phone(e164: str) -> Customer | None:
    """Whose number it is. Ask pops.pop for a caller: it minds numbers that cannot be trusted."""
    return next((phone.customer for phone in _OWNED(e164)), None)


def waiver_of(customer: Customer, ids: Sequence[int], day: date) -> DepositWaiver | None:
    """The agreement that holds on `day`, the one for most buckets first; only enterprises have any."""
    if customer.type != CustomerType.ENTERPRISE:
        return None
    rows = DepositWaiver.objects.filter(customer__in=ids, valid_from__lte=day, valid_to__gte=day)
    return rows.order_by(F("most_buckets").desc(nulls_first=True), "-valid_to").first()


def canonical(customer_id: int) -> Customer:
    """The customer, or the one it was merged into. Raises Customer.DoesNotExist."""
    customer = Customer.objects.get(pk=customer_id)
    while customer.merged_into_id is not None:
        customer = Customer.objects.get(pk=customer.merged_into_id)
    return customer


def family(customer_id: int) -> list[int]:
    """Its id and those of the duplicates merged into it, in any number of steps."""
    ids, fresh = [customer_id], [customer_id]
    while fresh:
        fresh = _MERGED_INTO(fresh)
        ids += fresh
    return ids


def active() -> QuerySet[Customer]:
    return Customer.objects.filter(merged_into=None, erased_at=None)


def phones_of(customer_id: int) -> list[CustomerPhone]:
    return _PHONES(customer_id)


def addresses_of(customer_id: int) -> list[CustomerAddress]:
    """The last used first; among those never used the default one, then the newest."""
    return _ADDRESSES(customer_id)


def default_county(customer_id: int) -> str | None:
    return next(iter(_DEFAULT_COUNTY(customer_id)), None) or None


def merges_of(customer_id: int) -> list[CustomerMerge]:
    """Those that can still be undone, the newest first."""
    return list(CustomerMerge.objects.filter(kept=customer_id, undone_at=None))


def number_tag(e164: str) -> NumberTag | None:
    """A lasting tag, or a correction that has not faded."""
    return next(iter(_TAGS(e164, timezone.now() - RECENT)), None)


def recent_menu_region(e164: str) -> str | None:
    """The region that the number's last call chose by a key, at most 180 days ago."""
    return next(iter(_MENU_REGION(e164, timezone.now() - RECENT)), None)


def calls_in_vain(e164: str, since: timedelta) -> int:
    """Calls of this number in the last `since` that ended without an agent."""
    return len(_IN_VAIN(e164, timezone.now() - since))


def last_agent(e164: str, since: timedelta) -> str | None:
    """Who talked with this number last, at most `since` ago."""
    return next(iter(_LAST_AGENT(e164, timezone.now() - since)), None)


def exchange_county(area_code: str, local: str) -> str | None:
    """By the longest of the operator's prefixes that `local` begins with."""
    heads = [local[:length] for length in range(1, 6)]
    rows = ExchangePrefix.objects.filter(area_code=area_code, prefix__in=heads)
    best = max(rows, key=lambda row: len(row.prefix), default=None)
    return best.county if best else None


def exchange_proposals(area_code: str, digits: int = 3) -> list[tuple[str, str, int]]:
    """(first digits, county, customers) that the operator may add to the exchanges.

    Proposed where at least five customers with a landline there have a default address whose county is
    known, and nine in ten of them live in one county (requirements §3.2).
    """
    head = f"+86{area_code.removeprefix('0')}"
    phones = CustomerPhone.objects.filter(e164__startswith=head, unbound_at=None)
    rows = phones.filter(
        customer__addresses__is_default=True, customer__addresses__removed_at=None
    ).values_list("e164", "customer_id", "customer__addresses__county")
    homes: dict[str, dict[int, str]] = {}
    for number, customer, county in rows:
        if county and not number.startswith("+861"):
            homes.setdefault(number[len(head) :][:digits], {})[customer] = county
    known = set(ExchangePrefix.objects.filter(area_code=area_code).values_list("prefix", flat=True))
    found = []
    for prefix, lives in sorted(homes.items()):
        county, count = Counter(lives.values()).most_common(1)[0]
        if prefix not in known and len(lives) >= _LEAST_CUSTOMERS and count >= _AGREEMENT * len(lives):
            found.append((prefix, county, len(lives)))
    return found
