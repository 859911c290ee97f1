"""Address text → county and town: the traps of the requirements, and a set of everyday addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.customers.regions import Confidence, Locator, shipped
from springline.business.customers.regions.locating import Why
from tests.unit.customers.addresses import ASKED, FOUND, OUTSIDE, UNKNOWN

PACK = shipped()
LOCATOR = Locator(PACK)
TOWNS = [town for county in PACK.counties for town in county.towns]


@pytest.mark.parametrize(("text", "county", "town"), [row for row in FOUND if row[1]])
def test_county_and_town(text: str, county: str, town: str | None) -> None:
    found = LOCATOR.locate(text)
    name = PACK.town(found.town).name if found.town else None  # type: ignore[union-attr]
    assert (found.county, name) == (county, town), found.explanation_zh
    assert found.confidence is not Confidence.NONE


@pytest.mark.parametrize(("text", "counties"), ASKED)
def test_two_places_of_one_name_are_asked_about(text: str, counties: set[str]) -> None:
    found = LOCATOR.locate(text)
    assert found.county is found.town is None
    assert found.confidence is Confidence.NONE
    assert counties <= {place.county for place in found.candidates}
    assert any(word in found.explanation_zh for word in ("请问", "请核对"))


@pytest.mark.parametrize("text", UNKNOWN)
def test_roads_and_shops_named_after_places_are_not_those_places(text: str) -> None:
    found = LOCATOR.locate(text)
    assert (found.county, found.outside) == (None, None), found.explanation_zh
    assert found.why in (Why.NOTHING, Why.CITY_ONLY, Why.ASK)


@pytest.mark.parametrize(("text", "place"), OUTSIDE)
def test_places_elsewhere(text: str, place: str) -> None:
    found = LOCATOR.locate(text)
    assert found.county is None
    assert place in (found.outside or ""), found.explanation_zh
    assert f"{found.outside}不属于六安市" in found.explanation_zh


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.name)
def test_every_town_below_its_county_and_in_full(town) -> None:  # type: ignore[no-untyped-def]
    county = PACK.county(town.county)
    assert county is not None
    for head in (county.name, county.aliases[0], f"六安市{county.name}", f"安徽六安{county.aliases[0]}"):
        found = LOCATOR.locate(f"{head}{town.name}幸福路1号")
        assert (found.county, found.town, found.confidence) == (county.adcode, town.code, Confidence.HIGH)
    same = [other for other in TOWNS if other.name == town.name]
    alone = LOCATOR.locate(f"{town.name}")
    assert alone.town == (town.code if len(same) == 1 else None)


def test_the_pack_has_every_township_of_the_city() -> None:
    sizes = {county.name: len(county.towns) for county in PACK.counties}
    assert sizes == {
        "金安区": 23, "裕安区": 23, "叶集区": 6, "霍邱县": 32, "舒城县": 22, "金寨县": 23, "霍山县": 17,
    }  # fmt: skip
    assert PACK.as_of == "2023-06-30"
    assert PACK.source


def test_names_that_two_towns_have() -> None:
    names = [town.name for town in TOWNS]
    assert {name for name in names if names.count(name) > 1} == {"双河镇", "城关镇"}


def test_both_languages_explain() -> None:
    found = LOCATOR.locate("毛坦厂中学")
    assert found.explanation_zh == "“毛坦厂”：金安区毛坦厂镇。"
    assert found.explanation_en == "“毛坦厂”: 毛坦厂镇, Jin'an District."
    asked = LOCATOR.locate("双河镇")
    assert asked.explanation_zh == "“双河镇”可能是金安区双河镇、金寨县双河镇，请问清是哪个区县。"
    assert "ask which county" in asked.explanation_en


NAMES = (
    [t.stem for t in TOWNS]
    + [c.name for c in PACK.counties]
    + ["六安", "合肥", "寿县", "路", "小区", "河南", "镇"]
)


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(NAMES), max_size=8).map("".join)))
def test_anything_may_be_said(text: str) -> None:
    found = LOCATOR.locate(text)
    assert found.explanation_zh.endswith("。")
    assert found.explanation_en.endswith(".")
    assert (found.county is None) == (found.confidence is Confidence.NONE)
    assert found.town is None or found.town.startswith(found.county or "?")
    assert not (found.county and found.outside)


@given(st.sampled_from([row[0] for row in FOUND if row[1]]), st.text(alphabet=" ，。\u3000\n-", max_size=3))
def test_blanks_and_stops_change_nothing(text: str, noise: str) -> None:
    plain, noisy = LOCATOR.locate(text), LOCATOR.locate(noise + text + noise)
    assert (plain.county, plain.town) == (noisy.county, noisy.town)
