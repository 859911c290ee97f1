"""Mobile prefix → city, by a file of the operator's."""

import contextlib
import struct
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.customers import places
from springline.business.customers.regions import PackError, load, shipped
from springline.business.customers.regions.prefixes import PhoneDat, PrefixCsv, PrefixFileError
from tests.unit.customers.prefix_files import CSV, phone_dat


@pytest.mark.parametrize("table", [PhoneDat(phone_dat()), PrefixCsv(CSV)], ids=["dat", "csv"])
def test_a_prefix_names_a_city_or_nothing(table) -> None:  # type: ignore[no-untyped-def]
    found = table.find("+8613905641234")
    assert (found.city, found.area_code) == ("六安", "0564")
    assert table.find("+8613905511234").city == "合肥"
    for unknown in ("+8613805641234", "+865643210000", "+864000564000", "+85291234567", "13905641234", ""):
        assert table.find(unknown) is None


def test_the_date_and_the_missing_zero() -> None:
    table = PhoneDat(phone_dat())
    assert (table.dated, len(table), PrefixCsv(CSV).dated) == ("2024-11", 4, "2025-02")
    assert table.find("+8613905650000").area_code == "0564"  # type: ignore[union-attr]
    assert PhoneDat(phone_dat({}, b"abcd")).dated == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"2411", phone_dat()[:-4], struct.pack("<4si", b"2411", 999), phone_dat()[::-1],
     struct.pack("<4si", b"2411", 8) + struct.pack("<iib", 1390564, 4000, 1)],
)  # fmt: skip
def test_a_damaged_phone_dat_is_refused(data: bytes) -> None:
    with pytest.raises(PrefixFileError):
        PhoneDat(data)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    with contextlib.suppress(PrefixFileError):
        PhoneDat(data).find("+8613905641234")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "prefix,city,area_code\nabc,六安,0564\n"])
def test_a_csv_with_wrong_columns_is_refused(text: str) -> None:
    with pytest.raises(PrefixFileError):
        PrefixCsv(text)


def test_files_of_the_home_replace_what_is_shipped(recordings_home: Path) -> None:
    assert (len(places.prefixes()), places.prefixes().dated) == (0, "")
    folder = recordings_home / "regions"
    folder.mkdir()
    (folder / "phone.dat").write_bytes(phone_dat())
    assert places.prefixes().find("+8613905641234").city == "六安"  # type: ignore[union-attr]
    (folder / "phone.dat").write_bytes(b"broken")
    assert len(places.prefixes()) == 0
    (folder / "pack.json").write_text(OTHER_CITY)
    assert places.locate("东湖县").county == "990101"
    assert places.locate("霍山县").county is None


@pytest.fixture
def recordings_home(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    settings.HOME = msgspec.structs.replace(settings.HOME, home=tmp_path)
    return tmp_path


OTHER_CITY = """{"id": "x", "source": "test", "as_of": "2026-01-01",
 "city": {"adcode": "990100", "name": "湖城市", "name_en": "Hucheng", "aliases": ["湖城"], "area_code":
 "0999"}, "counties": [{"adcode": "990101", "name": "东湖县", "name_en": "Donghu", "aliases": ["东湖"],
               "towns": [{"code": "990101100", "name": "白塔镇"}]}]}"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("990101100", "990102100"),
        ('"adcode": "990101"', '"adcode": "880101"'),
        ('"source"', '"sauce"'),
        ("}]}", ""),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "pack.json"
    path.write_text(OTHER_CITY.replace(old, new))
    with pytest.raises(PackError, match=r"pack\.json"):
        load(path)
    assert shipped().county("341302") is None
