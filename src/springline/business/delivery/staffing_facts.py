"""What the staffing advisor (§4.7) reckons with, from the calls and orders of the last four weeks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import Sum
from django.utils import timezone

from springline.business.calls.models import Call, WrapUp
from springline.business.calls.states import Intent
from springline.business.calls.wrapping import intent_of_menu
from springline.business.customers import places
from springline.business.days import beginning_of
from springline.business.delivery.staffing import WEEKS, Advice, Habits, advise, usual_calls
from springline.business.orders.converting import conversion_between
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.states import OrderState

Slot = tuple[date, str, int]
"""Day, county (adcode) and hour on the wall."""


@dataclass(frozen=True)
class Suggestion:
    """For one county and hour: `other` are orders an hour that come without a call."""

    county: str
    hour: int
    habits: Habits
    other: Fraction
    advice: Advice


def suggest(day: date, per_round: int, rounds: Fraction) -> list[Suggestion]:
    """By county and hour, those with work only. `rounds`: rounds one courier makes in an hour.

    Raises ValueError when a courier could carry nothing.
    """
    since, until = beginning_of(day - timedelta(weeks=WEEKS)), beginning_of(day)
    calls, wanted = _calls(since, until)
    others = _other_orders(since, until)
    rate = Fraction(conversion_between(since, until).rate or 0).limit_denominator(1000)
    buckets = _buckets_per_order(since, until)
    days = [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    found = []
    for county in places.pack().counties:
        code = county.adcode
        came = sum((n for (_, where, _), n in calls.items() if where == code), Fraction(0))
        asked = sum((n for (_, where, _), n in wanted.items() if where == code), Fraction(0))
        habits = Habits(asked / came if came else Fraction(0), rate, buckets, per_round, rounds)
        for hour in range(24):
            usual = usual_calls([calls[each, code, hour] for each in days])
            other = usual_calls([others[each, code, hour] for each in days])
            if usual or other:
                advice = advise(usual, habits, other)
                found.append(Suggestion(county.name, hour, habits, other, advice))
    return found


def _slots(at: datetime, region: str) -> Iterator[tuple[Slot, Fraction]]:
    """A key for several counties counts for each of them in part."""
    here, codes = timezone.localtime(at), region.split("+")
    for code in codes:
        yield (here.date(), code, here.hour), Fraction(1, len(codes))


def _calls(since: datetime, until: datetime) -> tuple[Counter[Slot], Counter[Slot]]:
    """All calls whose region is known, and those for water: by what the agent noted, else by the menu."""
    rows = Call.objects.filter(
        arrived_at__gte=since, arrived_at__lt=until, is_test=False, direction="in", region__isnull=False
    )
    noted = dict(
        WrapUp.objects.filter(at__gte=since, at__lt=until + timedelta(days=1))
        .exclude(intent="")
        .values_list("call_id", "intent")
    )
    every, wanted = Counter[Slot](), Counter[Slot]()
    for key, at, region, said in rows.values_list("pk", "arrived_at", "region", "intent").iterator():
        intent = noted.get(key) or intent_of_menu(said)
        for slot, part in _slots(at, region or ""):
            every[slot] += part  # type: ignore[assignment]
            if intent == Intent.ORDER:
                wanted[slot] += part  # type: ignore[assignment]
    return every, wanted


def _placed(since: datetime, until: datetime):  # type: ignore[no-untyped-def]
    rows = Order.objects.filter(placed_at__gte=since, placed_at__lt=until, parent=None)
    return rows.exclude(state__in=(OrderState.DRAFT, OrderState.CANCELLED))


def _other_orders(since: datetime, until: datetime) -> Counter[Slot]:
    found = Counter[Slot]()
    rows = _placed(since, until).filter(call_id="").exclude(county="").values_list("placed_at", "county")
    for at, county in rows.iterator():
        here = timezone.localtime(at)
        found[here.date(), county, here.hour] += 1
    return found


def _buckets_per_order(since: datetime, until: datetime) -> Fraction:
    orders = _placed(since, until)
    count = orders.count()
    if not count:
        return Fraction(0)
    lines = OrderLine.objects.filter(order__in=orders.values("pk"), product__bucket_type__isnull=False)
    return Fraction(lines.aggregate(all=Sum("qty"))["all"] or 0, count)
