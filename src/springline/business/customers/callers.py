"""Answers control's question about a caller (contracts.routing), from any process of this floor."""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connections

from springline.business.customers import hooks, lookups, places, selectors
from springline.business.customers.models import CustomerPhone
from springline.business.customers.regions.resolving import CallerFacts, Resolution, resolve
from springline.contracts import codec, subjects
from springline.contracts.events import CallerQuality
from springline.contracts.routing import BUDGET_SECONDS, CallerFound, Certainty, LocateCaller, PlaceLevel
from springline.platform.bus import AnyBus

log = structlog.get_logger("callers")

GROUP = "callers"
BUDGET = BUDGET_SECONDS * 0.7
"""The rest is for the way there and back."""

WARM_UP_SECONDS = 5.0
REPEATED_WITHIN = timedelta(hours=2)
SAME_AGENT_WITHIN = timedelta(days=7)


async def serve(bus: AnyBus) -> None:
    """Answer on this connection; of all processes that do, one gets each question."""
    # Read once now: the prefixes' file takes longer than a caller would wait.
    await asyncio.to_thread(lookups.free_facts, "+8613800000000", CallerQuality.REAL)
    await asyncio.to_thread(places.pack)
    await asyncio.to_thread(warm_up)
    await bus.respond(subjects.LOCATE_CALLER, answer, GROUP)


def warm_up() -> None:
    """Look up a number of ours, if there is one.

    The first caller would meet a new connection and queries that were never built, and hear the menu although
    we know where they live.
    """
    with suppress(DatabaseError, InterfaceError):
        phone = CustomerPhone.objects.filter(unbound_at=None).first()
        number = phone.e164 if phone else "+8613800000000"
        find(LocateCaller(call_id="", caller=number, quality=CallerQuality.REAL), WARM_UP_SECONDS)
    connections.close_all()


async def answer(data: bytes) -> bytes:
    try:
        question = codec.decode(data, LocateCaller)
    except codec.BadMessage:
        log.error("question_unreadable")
        return codec.encode(CallerFound())
    return codec.encode(await asyncio.to_thread(find, question))


def find(question: LocateCaller, budget: float = BUDGET) -> CallerFound:
    """What is known of a caller within `budget` seconds. Whoever cannot be looked up is never outside."""
    bare = lookups.free_facts(question.caller, question.quality)
    if bare.number is None:
        return _found(resolve(bare, places.pack()), {})
    try:
        facts, more = lookups.within(budget, lambda: _look_up(bare, budget))
    except lookups.Late:
        log.warning("caller_lookup_late", budget=budget)
        facts, more = replace(bare, incomplete=True), {}
    return _found(resolve(facts, places.pack()), more)


def _look_up(bare: CallerFacts, budget: float) -> tuple[CallerFacts, dict[str, Any]]:
    until = time.monotonic() + budget
    facts, number = lookups.look_up(bare, budget), bare.number
    assert number is not None
    more: dict[str, Any] = {"known": facts.bound}
    if facts.bound and time.monotonic() < until:
        more["open_order"] = _has_open_order(number)
    if time.monotonic() < until:
        more["repeated"] = selectors.calls_in_vain(number, REPEATED_WITHIN)
        more["last_agent"] = selectors.last_agent(number, SAME_AGENT_WITHIN)
    return facts, more


def _has_open_order(number: str) -> bool:
    customer = selectors.by_phone(number)
    if customer is None:
        return False
    ids = selectors.family(customer.pk)
    return any(hook(ids) for hook in hooks.open_order.values())


def _found(place: Resolution, more: dict[str, Any]) -> CallerFound:
    return CallerFound(
        level=PlaceLevel(place.level.value),
        region=place.region,
        city=place.city,
        source=place.source.value,
        certainty=Certainty(place.confidence.value),
        **more,
    )
