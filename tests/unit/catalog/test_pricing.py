"""Which price wins, and what delivery adds; pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.catalog.pricing import Area, CustomerFacts, ProductFacts, Rule, delivery, price

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WATER = ProductFacts(sku="SPRING-18.9", price_fen=2000)
EVERYONE = CustomerFacts()
LONG_AGO = NOON - timedelta(days=30)


def rule(id: int, kind: str, fen: int, **more: object) -> Rule:
    return Rule(id=id, kind=kind, price_fen=fen, **{"valid_from": LONG_AGO, **more})  # type: ignore[arg-type]


OWN = rule(1, "customer", 1500, customer_id=7)
GOLD = rule(2, "level", 1600, level="gold")
COUNTY = rule(3, "region", 1700, adcode="341525")
TOWN = rule(4, "region", 1750, adcode="341525102")
TEN = rule(5, "quantity", 1800, min_qty=10)
TWENTY = rule(6, "quantity", 1850, min_qty=20)
ALL = [TWENTY, TEN, TOWN, COUNTY, GOLD, OWN]


@pytest.mark.parametrize(
    ("who", "qty", "winner"),
    [
        (CustomerFacts(customer_id=7, level="gold", adcode="341525102"), 20, OWN),
        (CustomerFacts(customer_id=8, level="gold", adcode="341525102"), 20, GOLD),
        (CustomerFacts(adcode="341525102"), 20, TOWN),
        (CustomerFacts(adcode="341525"), 20, COUNTY),
        (CustomerFacts(adcode="341502"), 20, TWENTY),
        (EVERYONE, 19, TEN),
        (EVERYONE, 9, None),
    ],
)
def test_the_narrower_rule_wins(who: CustomerFacts, qty: int, winner: Rule | None) -> None:
    quote = price(WATER, qty, who, NOON, ALL)
    assert quote.rule == (winner.id if winner else None)
    assert quote.unit_fen == (winner.price_fen if winner else 2000)
    assert quote.total_fen == quote.unit_fen * qty
    assert quote.why_zh
    assert quote.why_en


def test_validity_is_half_open() -> None:
    soon = rule(9, "quantity", 1, valid_from=NOON, valid_to=NOON + timedelta(hours=1))
    moments = [NOON - timedelta(seconds=1), NOON, NOON + timedelta(minutes=59), NOON + timedelta(hours=1)]
    assert [price(WATER, 1, EVERYONE, at, [soon]).rule for at in moments] == [None, 9, 9, None]


def test_a_quantity_below_one_has_no_price() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        price(WATER, 0, EVERYONE, NOON, [])


@given(st.permutations(ALL), st.integers(1, 30))
def test_the_order_of_rules_never_matters(rules: list[Rule], qty: int) -> None:
    who = CustomerFacts(customer_id=7, level="gold", adcode="341525102")
    assert price(WATER, qty, who, NOON, rules) == price(WATER, qty, who, NOON, ALL)


AREA = Area(
    adcode="341525", name="霍山县", state="served", promised_minutes=120, min_qty=2, floor_fee_fen=100
)


@pytest.mark.parametrize(
    ("floor", "lift", "fee", "ask"),
    [
        (6, False, 100 * 5 * 3, ()),
        (6, True, 0, ()),
        (6, None, None, ("lift",)),
        (None, False, None, ("floor",)),
        (None, None, None, ("floor", "lift")),
        (None, True, 0, ()),
        (1, None, 0, ()),
        (-1, False, 0, ()),
    ],
)
def test_an_unknown_lift_is_not_no_lift(
    floor: int | None, lift: bool | None, fee: int | None, ask: tuple[str, ...]
) -> None:
    terms = delivery(AREA, 3, floor, lift)
    assert (terms.floor_fee_fen, terms.ask) == (fee, ask)


def test_an_unknown_area_is_never_outside() -> None:
    terms = delivery(None, 3, 1, True)
    assert (terms.state, terms.ask, terms.floor_fee_fen) == ("unknown", ("address",), None)


def test_the_smallest_quantity_is_said() -> None:
    terms = delivery(AREA, 1, 1, None)
    assert terms.short_by == 1
    assert "2 桶起送" in terms.why_zh
