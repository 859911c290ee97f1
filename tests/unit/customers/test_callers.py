"""What control is told of a caller: place, certainty, and what makes the caller wait less."""

import asyncio
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from springline.business.calls.models import Call
from springline.business.customers import callers, hooks, lookups, selectors
from springline.contracts import codec, subjects
from springline.contracts.events import CallerQuality
from springline.contracts.routing import CallerFound, Certainty, LocateCaller, PlaceLevel
from springline.platform.bus import MemoryBus
from tests.unit.customers.people import STRANGER, WANG, household
from tests.unit.customers.prefix_files import CSV

HUOSHAN, HEFEI = "341525", "+8613905511234"


@pytest.fixture
def prefixes(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = settings.HOME.home / "regions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prefixes.csv").write_text(CSV, "utf-8")
    yield
    (folder / "prefixes.csv").unlink()


def asked(number: str | None, quality: CallerQuality = CallerQuality.REAL) -> CallerFound:
    return callers.find(LocateCaller(call_id="c", caller=number, quality=quality), budget=5)


def called(number: str, ago: timedelta, agent: str | None) -> None:
    at = timezone.now() - ago
    Call.objects.create(
        id=f"{number}{ago}", arrived_at=at, ended_at=at, caller=number, agent=agent,
        connected_at=at if agent else None,
    )  # fmt: skip


def test_a_customer_with_an_address(db: None, here: None) -> None:
    household()
    found = asked(WANG)
    assert (found.level, found.region, found.certainty) == (PlaceLevel.COUNTY, HUOSHAN, Certainty.HIGH)
    assert (found.source, found.known, found.open_order) == ("address", True, False)


def test_a_stranger_of_another_city_is_outside_and_a_customer_is_not(
    db: None, here: None, prefixes: None
) -> None:
    assert (asked(HEFEI).level, asked(HEFEI).city) == (PlaceLevel.OUTSIDE, "合肥")
    household(number=HEFEI, text="双河镇中学")
    assert asked(HEFEI).level is not PlaceLevel.OUTSIDE


@pytest.mark.parametrize("quality", [q for q in CallerQuality if q is not CallerQuality.REAL])
def test_hidden_and_masked_numbers_tell_nothing(
    db: None, here: None, prefixes: None, quality: CallerQuality
) -> None:
    household(number=HEFEI)
    assert asked(HEFEI, quality) == CallerFound()


def test_an_order_on_its_way(db: None, here: None) -> None:
    customer = household()
    hooks.open_order["orders"] = lambda ids: ids == [customer.pk]
    assert asked(WANG).open_order


def test_who_called_in_vain_calls_again(db: None, here: None) -> None:
    called(STRANGER, timedelta(minutes=5), None)
    called(STRANGER, timedelta(minutes=90), None)
    called(STRANGER, timedelta(hours=3), None)
    called(STRANGER, timedelta(days=2), "1003")
    found = asked(STRANGER)
    assert (found.repeated, found.last_agent) == (2, "1003")


def test_a_slow_database_leaves_what_needs_none(monkeypatch: pytest.MonkeyPatch, prefixes: None) -> None:
    def late(_budget: float, _look: object) -> None:
        raise lookups.Late

    monkeypatch.setattr(lookups, "within", late)
    found = asked(HEFEI)
    assert (found.level, found.known) == (PlaceLevel.UNKNOWN, False)


async def test_over_the_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "find", lambda question: CallerFound(city=question.caller))
    monkeypatch.setattr(callers, "warm_up", lambda: None)
    bus = MemoryBus()
    await callers.serve(bus)
    question = LocateCaller(call_id="c", caller=WANG, quality=CallerQuality.REAL)
    assert (await bus.request(subjects.LOCATE_CALLER, question, CallerFound)).city == WANG
    assert codec.decode(await callers.answer(b"rubbish"), CallerFound) == CallerFound()
    await asyncio.sleep(0)


def test_the_records_word_does_not_prove_itself(db: None) -> None:
    for source, region in (("address", "341523"), ("menu", HUOSHAN)):
        Call.objects.create(
            id=source, arrived_at=timezone.now(), caller=STRANGER, region=region, region_source=source
        )
    assert selectors.recent_menu_region(STRANGER) == HUOSHAN


@pytest.mark.parametrize("known", [True, False])
def test_before_the_first_caller_a_number_of_ours_is_looked_up(
    known: bool, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str | None] = []
    monkeypatch.setattr(callers, "find", lambda question, _budget: asked_for.append(question.caller))
    monkeypatch.setattr(callers.connections, "close_all", lambda: None)
    if known:
        household()
    callers.warm_up()
    assert asked_for == [WANG if known else "+8613800000000"]
