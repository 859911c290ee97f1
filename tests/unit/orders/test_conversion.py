"""来电订水 → 实际下单 (N1), by the formula of §1.3."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from springline.business.accounts.roles import Role
from springline.business.calls.models import Call, WrapUp, WrapUpCode
from springline.business.customers.models import Customer
from springline.business.orders import services
from springline.business.orders.conversion import IntentCall, Placed, conversion
from springline.business.orders.converting import conversion_between
from springline.business.orders.models import UnconvertedDemand
from tests.unit.orders.people import WANG, wants

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def call(number: int, who: str = "", minutes: float = 0, **how: bool) -> IntentCall:
    at = NOON + timedelta(minutes=minutes)
    return IntentCall(call_id=f"c{number}", at=at, who=who or f"n{number}", **how)


def order(call_id: str = "", who: str = "x", minutes: float = 5, lived: float | None = None) -> Placed:
    at = NOON + timedelta(minutes=minutes)
    gone = at + timedelta(minutes=lived) if lived is not None else None
    return Placed(call_id=call_id, who=who, at=at, cancelled_at=gone)


def test_fifty_intents_and_forty_one_orders_are_82_per_cent() -> None:
    found = conversion([call(n) for n in range(50)], [order(f"c{n}") for n in range(41)])
    assert (found.intents, found.converted, found.rate) == (50, 41, 0.82)


@pytest.mark.parametrize(
    ("minutes", "intents"), [((0, 30, 119), 1), ((0, 120), 2), ((0, 119, 130), 2), ((0, 60, 121, 181), 2)]
)
def test_calls_of_one_within_two_hours_are_one(minutes: tuple[int, ...], intents: int) -> None:
    assert conversion([call(n, "w", at) for n, at in enumerate(minutes)], []).intents == intents


@pytest.mark.parametrize(
    ("placed", "converted"),
    [
        (order("c0"), 1),
        (order(who="n0", minutes=24 * 60 - 1), 1),
        (order(who="n0", minutes=24 * 60), 0),
        (order(who="n0", minutes=-1), 0),
        (order(who="n9"), 0),
        (order("c0", lived=29), 0),
        (order("c0", lived=30), 1),
    ],
)
def test_what_converts(placed: Placed, converted: int) -> None:
    assert conversion([call(0)], [placed]).converted == converted


def test_outside_stays_in_the_denominator_and_out_of_the_second_rate() -> None:
    found = conversion([call(0), call(1, outside=True), call(2, outside=True)], [order("c0"), order("c2")])
    assert (found.intents, found.converted, found.outside) == (3, 2, 1)
    assert (found.rate, found.rate_inside) == (2 / 3, 1.0)


def test_nothing_has_no_rate() -> None:
    assert (conversion([], []).rate, conversion([], []).rate_inside) == (None, None)


CALLS = st.lists(
    st.builds(call, st.integers(0, 8), st.sampled_from(["a", "b", ""]), st.integers(0, 2000)), max_size=12
)
ORDERS = st.lists(
    st.builds(
        order,
        st.sampled_from(["", "c0", "c3"]),
        st.sampled_from(["a", "b"]),
        st.integers(0, 3000),
        st.none() | st.integers(0, 60),
    ),
    max_size=8,
)


@given(CALLS, ORDERS)
def test_a_rate_is_between_nothing_and_all(calls: list[IntentCall], orders: list[Placed]) -> None:
    found = conversion(calls, orders)
    assert 0 <= found.converted <= found.intents - found.outside <= found.intents <= len(calls)
    assert conversion(list(reversed(calls)), orders) == found


def test_read_from_calls_wrap_ups_and_orders(wang: Customer, as_role) -> None:  # type: ignore[no-untyped-def]
    code = WrapUpCode.objects.create(code="order", name_zh="订水", name_en="Order", key="1")
    mine = f"+86{WANG}"

    def rang(key: str, caller: str | None, minutes: int, *, intent: str = "订水", **how: object) -> None:
        at = NOON + timedelta(minutes=minutes)
        quality = "real" if caller else "masked"
        Call.objects.create(
            id=key, arrived_at=at, caller=caller, intent=intent, **{"caller_quality": quality, **how}
        )

    rang("c1", mine, 0)
    rang("c2", mine, 20)
    rang("c3", "+8613900000031", 30)
    rang("c4", None, 40)
    rang("c5", None, 50)
    rang("c6", "+8613900000032", 60, intent="售后")
    rang("c7", "+8613900000033", 70, intent="人工")
    rang("c8", "+8613900000034", 80, is_test=True)
    WrapUp.objects.create(call_id="c7", code=code, intent="order")
    UnconvertedDemand.objects.create(reason="outside", call_id="c3", key="d1", at=NOON, who="x")
    services.place(wants(wang), now=NOON + timedelta(hours=3))
    found = conversion_between(NOON, NOON + timedelta(days=1))
    assert (found.intents, found.converted, found.outside) == (5, 1, 1)
    desk: Client = as_role(Role.FINANCE)
    period = {"since": NOON.isoformat(), "until": (NOON + timedelta(days=1)).isoformat()}
    assert desk.get("/api/demand/conversion", period).json()["rate"] == 0.2
    assert desk.get("/api/demand/conversion", {**period, "until": NOON.isoformat()}).status_code == 422
