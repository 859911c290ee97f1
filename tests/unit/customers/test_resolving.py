"""Where a caller is at home: the chain of requirements §3.4, and what is looked up for it."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from springline.business.calls.models import Call
from springline.business.customers import hooks, lookups, places, selectors
from springline.business.customers.models import ExchangePrefix, NumberTag
from springline.business.customers.regions import Confidence, shipped
from springline.business.customers.regions.prefixes import PhoneDat, PrefixPlace
from springline.business.customers.regions.resolving import CallerFacts, Level, Source, resolve
from springline.business.customers.services import phones
from springline.contracts.events import CallerQuality
from tests.unit.customers.people import STRANGER, WANG, household
from tests.unit.customers.prefix_files import phone_dat

PACK = shipped()
REAL = CallerQuality.REAL
HEFEI, LUAN = PrefixPlace("安徽", "合肥", "0551"), PrefixPlace("安徽", "六安", "0564")
HUOSHAN, SHUCHENG, YEJI, JINAN = "341525", "341523", "341504", "341502"


def facts(**more: object) -> CallerFacts:
    return CallerFacts(WANG, **{"quality": REAL, **more})  # type: ignore[arg-type]


CHAIN = ["address", "delivery", "tag", "recent_agent", "recent_menu", "exchange"]


@pytest.mark.parametrize("place", range(len(CHAIN)))
def test_the_first_link_that_knows_decides(place: int) -> None:
    known = dict.fromkeys(CHAIN[place + 1 :], YEJI)
    found = resolve(facts(**{CHAIN[place]: HUOSHAN}, **known, mobile=HEFEI), PACK)
    assert (found.level, found.region) == (Level.COUNTY, HUOSHAN)
    assert found.confidence is (Confidence.HIGH if place < 3 else Confidence.MEDIUM)
    assert "霍山县" in found.sentence_zh
    assert "Huoshan County" in found.sentence_en


def test_a_typed_address_wins_and_even_for_hidden_numbers() -> None:
    assert resolve(facts(address=HUOSHAN), PACK, typed=YEJI).source is Source.TYPED
    assert resolve(CallerFacts(None, CallerQuality.ANONYMOUS), PACK, typed=YEJI).region == YEJI


@pytest.mark.parametrize("quality", [q for q in CallerQuality if q is not REAL])
def test_numbers_that_cannot_be_trusted_tell_nothing(quality: CallerQuality) -> None:
    found = resolve(facts(quality=quality, address=HUOSHAN, mobile=HEFEI), PACK)
    assert (found.level, found.region, found.city) == (Level.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("known", "level", "city"),
    [
        ({"mobile": LUAN}, Level.CITY, "六安市"),
        ({"mobile": HEFEI}, Level.OUTSIDE, "合肥"),
        ({"mobile": HEFEI, "bound": True}, Level.UNKNOWN, None),
        ({"mobile": HEFEI, "incomplete": True}, Level.UNKNOWN, None),
        ({"mobile": PrefixPlace("", "", "")}, Level.UNKNOWN, None),
        ({"area_code": "0564"}, Level.CITY, "六安市"),
        ({"area_code": "0551"}, Level.OUTSIDE, "合肥"),
        ({"area_code": "010"}, Level.OUTSIDE, "区号010"),
        ({}, Level.UNKNOWN, None),
        ({"incomplete": True}, Level.UNKNOWN, None),
        ({"address": "341302"}, Level.UNKNOWN, None),
    ],
)
def test_without_a_county(known: dict[str, object], level: Level, city: str | None) -> None:
    found = resolve(facts(**known), PACK)
    assert (found.level, found.region, found.city) == (level, None, city)
    assert found.confidence is not Confidence.HIGH
    assert found.sentence_zh.endswith("。")


# What is looked up.


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    dat = PhoneDat(phone_dat())
    monkeypatch.setattr(places, "prefixes", lambda: dat)


def found_for(number: str):  # type: ignore[no-untyped-def]
    return lookups.resolve_caller(number, REAL, budget=5)


def test_a_customers_default_address(db: None, here: None) -> None:
    household()
    assert (found_for(WANG).region, found_for(WANG).source) == (HUOSHAN, Source.ADDRESS)


def test_the_last_delivery_when_the_address_has_no_county(db: None, here: None) -> None:
    customer = household(text="双河镇中学")
    hooks.last_delivery["orders"] = lambda ids: (SHUCHENG, timezone.now()) if ids == [customer.pk] else None
    assert (found_for(WANG).region, found_for(WANG).source) == (SHUCHENG, Source.DELIVERY)


def test_tags_last_and_corrections_fade(db: None, here: None) -> None:
    phones.set_region(STRANGER, YEJI, None)
    assert (found_for(STRANGER).region, found_for(STRANGER).confidence) == (YEJI, Confidence.MEDIUM)
    old = timezone.now() - timedelta(days=181)
    NumberTag.objects.update(at=old)
    assert found_for(STRANGER).level is Level.UNKNOWN
    phones.set_region(STRANGER, YEJI, None, lasting=True)
    NumberTag.objects.update(at=old)
    assert (found_for(STRANGER).region, found_for(STRANGER).confidence) == (YEJI, Confidence.HIGH)


def test_the_last_key_pressed(db: None, here: None) -> None:
    now = timezone.now()
    for number, (days, region) in enumerate([(200, SHUCHENG), (5, HUOSHAN), (1, None)]):
        Call.objects.create(
            id=f"c{number}", arrived_at=now - timedelta(days=days), caller=STRANGER, region=region
        )
    assert (found_for(STRANGER).region, found_for(STRANGER).source) == (HUOSHAN, Source.MENU)
    Call.objects.filter(id="c1").delete()
    assert found_for(STRANGER).level is Level.UNKNOWN


def test_landlines_by_the_longest_exchange(db: None, here: None) -> None:
    assert found_for("+865645010000").level is Level.CITY
    ExchangePrefix.objects.create(prefix="5", county=HUOSHAN)
    ExchangePrefix.objects.create(prefix="50", county=JINAN)
    assert found_for("+865645010000").region == JINAN
    assert found_for("+865645510000").region == HUOSHAN
    assert found_for("+8655162345678").city == "合肥"


def test_exchanges_are_proposed_when_customers_agree(db: None) -> None:
    for number in range(6):
        household(str(number), f"056450110{number:02d}", "霍山县衡山镇")
        household(str(number), f"056470110{number:02d}", "金寨县" if number % 2 else "霍山县")
    household("x", "05648011000", "舒城县")
    assert selectors.exchange_proposals("0564") == [("501", HUOSHAN, 6)]
    ExchangePrefix.objects.create(prefix="501", county=HUOSHAN)
    assert selectors.exchange_proposals("0564") == []


def test_prefixes_never_reach_deeper_than_the_city(db: None, here: None, table: None) -> None:
    assert (found_for("+8613905641234").level, found_for("+8613905641234").region) == (Level.CITY, None)
    assert found_for("+8613905511234").level is Level.OUTSIDE
    assert found_for("+8619700001234").level is Level.UNKNOWN
    assert found_for("+8617712341234").level is Level.UNKNOWN


def test_a_slow_database_costs_the_budget_and_no_more(monkeypatch: pytest.MonkeyPatch, table: None) -> None:
    answered = threading.Event()
    monkeypatch.setattr(selectors, "by_phone", lambda _number: answered.wait(10))
    monkeypatch.setattr(selectors, "default_county", lambda _key: None)
    started = time.monotonic()
    found = lookups.resolve_caller("+8613905511234", REAL)
    waited = time.monotonic() - started
    answered.set()
    assert waited < 1
    assert found.level is Level.UNKNOWN
    assert "暂时查不到" in found.sentence_zh


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_number: str) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(selectors, "by_phone", away)
    assert lookups.resolve_caller(WANG, REAL, budget=5).level is Level.UNKNOWN


@pytest.mark.parametrize(
    ("number", "code"),
    [("+865643210000", "0564"), ("+861062345678", "010"), ("+862162345678", "021"), (WANG, None),
     ("+864000564000", None), ("+85291234567", None), ("+8610086", None)],
)  # fmt: skip
def test_area_codes(number: str, code: str | None) -> None:
    assert lookups.area_code_of(number) == code
