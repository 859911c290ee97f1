"""What the agent sees on ring: who calls, where to, and what other rooms add.

A number that is masked, hidden or unreadable never matches anybody (F4). When the database is slow or away,
the last pop of that number is shown again and marked stale, and a number without one is "unavailable", never
"new". All web processes remember the same (ADR 16).
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from django.utils import timezone

from springline.business import siblings
from springline.business.customers import hooks, lookups, places, selectors
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.owned_by_nobody import everybodys_numbers
from springline.business.customers.regions.resolving import Resolution, resolve
from springline.business.customers.regions.sentences import county_zh
from springline.contracts.events import CallerQuality

log = structlog.get_logger("pop")
# Requirements F2, word for word.
NEW_BANNER = "首次订水请提供地址"
NEW_BANNER_EN = "First order: please ask for the address"
BUDGET = 0.15
_REMEMBERED = 5000
_POPPED, _FORGET = "popped", "pops-forgotten"


class PopKind(StrEnum):
    """UNIDENTIFIED: the number stands for nobody. UNAVAILABLE: nobody could be asked in time."""

    KNOWN = "known"
    NEW = "new"
    UNIDENTIFIED = "unidentified"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class PopAddress:
    id: int
    text: str
    building: str
    county: str
    county_name: str
    town: str
    town_name: str
    floor: int | None
    lift: str
    notes: str
    is_default: bool
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PopCustomer:
    """`contact`: whose phone of the account it is, "" when nobody's in particular."""

    id: int
    name: str
    type: str
    level: str
    settlement: str
    remark: str
    risk_note: str
    contact: str
    phones: int
    version: int


@dataclass(frozen=True, slots=True)
class Pop:
    """`addresses`: the last used first, which is to be preselected. `parts`: what other apps add, by name.

    `stale`: shown from memory, as it was at `as_of`. `missing`: parts that could not be read.
    """

    kind: PopKind
    number: str | None
    as_of: datetime
    region: Resolution | None = None
    banner_zh: str = ""
    banner_en: str = ""
    customer: PopCustomer | None = None
    addresses: tuple[PopAddress, ...] = ()
    parts: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    stale: bool = False


_memory: OrderedDict[str, Pop] = OrderedDict()
_lock = threading.Lock()
_forgotten = 0


def pop(e164: str | None, quality: CallerQuality, budget: float = BUDGET) -> Pop:
    """Answers within `budget` seconds, whatever the database does."""
    if quality is not CallerQuality.REAL or not e164:
        return _unidentified(quality)
    try:
        found = _looked_up(e164, budget)
    except lookups.Late:
        log.warning("pop_late", budget=budget)
        return _from_memory(e164)
    siblings.tell(_POPPED, e164)
    return found


def read(e164: str) -> Pop:
    """The pop of a real number, read now and here. Raises DatabaseError."""
    if e164 in everybodys_numbers():
        return _unidentified(CallerQuality.MASKED)
    facts = lookups.look_up(lookups.free_facts(e164, CallerQuality.REAL), BUDGET)
    region = resolve(facts, places.pack())
    customer = selectors.by_phone(e164)
    now = timezone.now()
    if customer is None:
        return Pop(PopKind.NEW, e164, now, region, NEW_BANNER, NEW_BANNER_EN)
    return _known(customer, e164, region, now)


def card(customer: Customer) -> Pop:
    """The same of a customer whom an agent chose, without a number and its region. Raises DatabaseError."""
    return _known(customer, None, None, timezone.now())


def forget() -> None:
    """Empties the memory of all processes: after an erasure, nobody's data may come back from it."""
    _clear()
    siblings.tell(_FORGET)


def _clear() -> None:
    global _forgotten
    with _lock:
        _forgotten += 1
        _memory.clear()


def _looked_up(e164: str, budget: float) -> Pop:
    """Read and remembered. Raises lookups.Late."""
    before = _forgotten
    found = lookups.within(budget, lambda: read(e164))
    _remember(e164, found, before)
    return found


def _popped_elsewhere(e164: str) -> None:
    try:
        _looked_up(e164, BUDGET)
    except lookups.Late:
        # What is remembered may be of somebody who no longer has the number.
        with _lock:
            _memory.pop(e164, None)


siblings.on(_POPPED, _popped_elsewhere)
siblings.on(_FORGET, lambda _about: _clear(), missed=_clear)


def _known(customer: Customer, e164: str | None, region: Resolution | None, now: datetime) -> Pop:
    parts, missing = _parts(selectors.family(customer.pk))
    return Pop(
        PopKind.KNOWN,
        e164,
        now,
        region,
        customer=_customer(customer, e164),
        addresses=tuple(_address(row) for row in selectors.addresses_of(customer.pk)),
        parts=parts,
        missing=missing,
    )


def _parts(ids: list[int]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One part that fails must not take the customer's name from the screen."""
    parts, missing = {}, []
    for name, part in hooks.pop_parts.items():
        try:
            parts[name] = part(ids)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            log.error("pop_part_failed", part=name, exc_info=error)
            missing.append(name)
    return parts, tuple(missing)


def _customer(customer: Customer, e164: str | None) -> PopCustomer:
    phones = selectors.phones_of(customer.pk)
    contact = next((phone.contact.name for phone in phones if phone.e164 == e164 and phone.contact), "")
    return PopCustomer(
        id=customer.pk,
        name=customer.name,
        type=customer.type,
        level=customer.level,
        settlement=customer.settlement,
        remark=customer.remark,
        risk_note=customer.risk_note,
        contact=contact,
        phones=len(phones),
        version=customer.version,
    )


def _address(row: CustomerAddress) -> PopAddress:
    pack = places.pack()
    town = pack.town(row.town) if row.town else None
    return PopAddress(
        id=row.pk,
        text=row.text,
        building=row.building,
        county=row.county,
        county_name=county_zh(pack, row.county),
        town=row.town,
        town_name=town.name if town else "",
        floor=row.floor,
        lift=row.lift,
        notes=row.notes,
        is_default=row.is_default,
        last_used_at=row.last_used_at,
    )


def _unidentified(quality: CallerQuality) -> Pop:
    region = resolve(lookups.free_facts(None, quality), places.pack())
    return Pop(PopKind.UNIDENTIFIED, None, timezone.now(), region)


def _remember(e164: str, found: Pop, as_of: int) -> None:
    """`as_of`: `_forgotten` before it was read; an erasure since then keeps it out."""
    with _lock:
        if as_of != _forgotten:
            return
        if found.kind is not PopKind.KNOWN:
            # A number that was unbound must not come back from memory.
            _memory.pop(e164, None)
            return
        _memory[e164] = found
        _memory.move_to_end(e164)
        while len(_memory) > _REMEMBERED:
            _memory.popitem(last=False)


def _from_memory(e164: str) -> Pop:
    with _lock:
        former = _memory.get(e164)
    if former is not None:
        return replace(former, stale=True)
    facts = replace(lookups.free_facts(e164, CallerQuality.REAL), incomplete=True)
    return Pop(PopKind.UNAVAILABLE, e164, timezone.now(), resolve(facts, places.pack()), stale=True)
