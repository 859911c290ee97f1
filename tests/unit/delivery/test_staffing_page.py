"""How many couriers a county needs at an hour, from real calls and orders, with every number shown (N3)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.calls.models import Call
from springline.business.customers.models import Customer
from springline.business.delivery.staffing_facts import suggest
from springline.business.orders.models import Order
from tests.unit.delivery.people import placed

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]

MONDAY = date(2026, 11, 30)
HUOSHAN, CITY = "341525", "341502+341503"


def at(weeks: int, hour: int, minute: int = 0) -> datetime:
    day = MONDAY - timedelta(weeks=weeks)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def calls(count: int, weeks: int, hour: int, region: str = HUOSHAN, intent: str = "订水") -> None:
    for number in range(count):
        key, when = f"{weeks}-{hour}-{region}-{number}", at(weeks, hour, number)
        Call.objects.create(
            id=key, arrived_at=when, region=region, intent=intent, caller=f"+86138{weeks:04}{number:04}",
            caller_quality="real",
        )  # fmt: skip


def test_four_mondays_of_calls(wang: Customer) -> None:
    for week in range(1, 5):
        calls(8, week, 9)
    order = placed(wang, 3)
    Order.objects.update(placed_at=at(1, 9, 30), call_id="1-9-341525-0", county=HUOSHAN)
    [found] = suggest(MONDAY, 10, Fraction(3, 2))
    assert (found.county, found.hour, found.advice.calls) == ("霍山县", 9, 8)
    assert (found.habits.order_share, found.habits.buckets_per_order) == (1, 3)
    assert found.habits.conversion == Fraction(1, 32)
    assert (found.advice.couriers, found.other) == (1, 0)
    Order.objects.filter(pk=order.pk).update(call_id="")
    assert suggest(MONDAY, 10, Fraction(3, 2))[0].other == Fraction(1, 4)


def test_a_key_for_two_counties_counts_for_each_by_half(db: None) -> None:
    calls(4, 2, 10, CITY)
    found = suggest(MONDAY, 10, Fraction(3, 2))
    assert [(each.hour, each.advice.calls) for each in found] == [(10, Fraction(1, 2))] * 2
    assert suggest(MONDAY + timedelta(days=1), 10, Fraction(3, 2)) == [], "another weekday"


def test_the_page_shows_the_numbers_it_reckons_with(as_role: SignIn) -> None:
    calls(8, 1, 9)
    path = "/admin/delivery/station/staffing/"
    client = as_role(Role.OWNER)
    assert "人手建议" in client.get("/admin/delivery/station/").content.decode()
    shown = client.get(path, {"day": MONDAY.isoformat()}).content.decode()
    assert all(text in shown for text in ("霍山县", "09:00–10:00", "12.75", "100%"))
    assert "<table" not in client.get(path, {"day": "x", "per_round": "0"}).content.decode()
    assert as_role(Role.AGENT).get(path).status_code in {302, 403}
