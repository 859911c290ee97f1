"""Looks up what the resolver wants to know of a caller, within a budget: calls never wait."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, connection

from springline.business.customers import hooks, places, selectors
from springline.business.customers.regions.prefixes import mobile_digits
from springline.business.customers.regions.resolving import CallerFacts, Resolution, resolve
from springline.contracts.events import CallerQuality

log = structlog.get_logger("regions")
T = TypeVar("T")
BUDGET = 0.05
# Threads stuck in a slow database hold their place; when all are stuck, the answer is "unknown" at once.
_THREADS = 4
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookup")
_busy = threading.BoundedSemaphore(_THREADS)


class Late(Exception):
    """The database did not answer in time, or is away."""


def within(budget: float, look: Callable[[], T]) -> T:
    """`look()` in a thread of its own with its own connection. Raises Late after `budget` seconds."""
    if not _busy.acquire(blocking=False):
        raise Late
    future: Future[T] = _pool.submit(_looked, look)
    try:
        return future.result(budget)
    except (OutOfTime, DatabaseError, InterfaceError) as error:
        raise Late from error


def _looked(look: Callable[[], T]) -> T:
    try:
        return look()
    except (DatabaseError, InterfaceError):
        connection.close()
        raise
    finally:
        _busy.release()


def resolve_caller(e164: str | None, quality: CallerQuality, budget: float = BUDGET) -> Resolution:
    """The caller's region, within `budget` seconds; with less knowledge when the database is slow."""
    bare = free_facts(e164, quality)
    if bare.number is None:
        return resolve(bare, places.pack())
    try:
        facts = within(budget, lambda: look_up(bare, budget))
    except Late:
        log.warning("region_lookup_late", budget=budget)
        facts = replace(bare, incomplete=True)
    return resolve(facts, places.pack())


def free_facts(e164: str | None, quality: CallerQuality) -> CallerFacts:
    """What is known without a database: the area code, or the city of the prefix."""
    if quality is not CallerQuality.REAL or not e164:
        return CallerFacts(None, quality)
    if mobile_digits(e164):
        return CallerFacts(e164, quality, mobile=places.prefixes().find(e164))
    return CallerFacts(e164, quality, area_code=area_code_of(e164))


def look_up(facts: CallerFacts, budget: float = BUDGET) -> CallerFacts:
    """`facts` with what the tables know, the strongest links first; stops when time is up. Raises
    DatabaseError.
    """
    number, until = facts.number, time.monotonic() + budget
    assert number is not None
    customer = selectors.by_phone(number)
    found: dict[str, Any] = {"bound": customer is not None}
    if customer is not None:
        found["address"] = selectors.default_county(customer.pk)
        ids = selectors.family(customer.pk)
        deliveries = [hit for hook in hooks.last_delivery.values() if (hit := hook(ids)) is not None]
        found["delivery"] = max(deliveries, key=lambda hit: hit[1])[0] if deliveries else None
    for step in (_tagged, _chosen, _exchange):
        if found.get("address") or time.monotonic() > until:
            break
        found |= step(facts, number)
    return replace(facts, **found, incomplete=not found.get("address") and time.monotonic() > until)


def _tagged(_facts: CallerFacts, number: str) -> dict[str, str]:
    tag = selectors.number_tag(number)
    return {"tag" if tag.lasting else "recent_agent": tag.county} if tag else {}


def _chosen(_facts: CallerFacts, number: str) -> dict[str, str | None]:
    return {"recent_menu": selectors.recent_menu_region(number)}


def _exchange(facts: CallerFacts, number: str) -> dict[str, str | None]:
    if not facts.area_code:
        return {}
    local = number.removeprefix(f"+86{facts.area_code[1:]}")
    return {"exchange": selectors.exchange_county(facts.area_code, local)}


def area_code_of(e164: str) -> str | None:
    """Of a mainland landline, with its 0; None for mobiles, 400 and 800 numbers and other countries.

    Two-digit area codes are 10 and 2x, all others have three digits (national numbering plan).
    """
    digits = e164.removeprefix("+86")
    if not e164.startswith("+86") or mobile_digits(e164) or digits.startswith(("400", "800")):
        return None
    size = 2 if digits[0] == "2" or digits.startswith("10") else 3
    return f"0{digits[:size]}" if len(digits) - size in (7, 8) else None
