import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from springline.business import phones
from springline.business.settings_base import database
from springline.platform.settings import SettingsError


@pytest.mark.parametrize(
    ("number", "grouped", "masked"),
    [
        ("+8613800012345", "138 0001 2345", "138****2345"),
        ("+865643210000", "0564 321 0000", "0564****000"),
        ("+8655112345678", "0551 1234 5678", "0551****678"),
        ("+861012345678", "010 1234 5678", "010****678"),
        ("+864000564000", "400 056 4000", "****"),
        ("+14155550100", "+1 415-555-0100", "+14****"),
        ("+999", "+999", "****"),
    ],
)
def test_grouped_and_masked(number: str, grouped: str, masked: str) -> None:
    assert phones.grouped(number) == grouped
    assert phones.masked(number) == masked
    kept = phones.pseudonym(number)
    assert (phones.grouped(kept), phones.masked(kept), phones.whole(kept)) == (masked, masked, None)


@pytest.mark.parametrize("raw", ["00000000~", "13800012345~abcdefgh", "138****23456789~abcdefgh", "~"])
def test_what_only_looks_like_a_pseudonym_stays_hidden(raw: str) -> None:
    assert phones.masked(raw) == "****"


@given(st.text(max_size=80))
def test_whatever_the_trunk_sends_a_mask_shows_little_of_it(raw: str) -> None:
    shown = phones.masked(raw).replace("*", "")
    assert len(shown) <= 7
    assert raw == "" or raw not in phones.masked(raw) or set(raw) <= {"*"}


@pytest.mark.parametrize(
    ("caller", "raw", "quality", "show", "chinese", "english"),
    [
        ("+8613800012345", "13800012345", "real", True, "138 0001 2345", "138 0001 2345"),
        ("+8613800012345", "13800012345", "masked", False, "138****2345", "138****2345"),
        (None, "anonymous", "anonymous", True, "匿名", "Anonymous"),
        (None, "12345678901234567890", "invalid", True, "未知号码", "Unknown number"),
        (None, "10086", "short", True, "10086", "10086"),
        (None, "10086", "short", False, "未知号码", "Unknown number"),
    ],
)
def test_display(caller: str | None, raw: str, quality: str, show: bool, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert phones.display(caller, raw, quality, show=show) == chinese
    with translation.override("en"):
        assert phones.display(caller, raw, quality, show=show) == english


def test_a_database_url(tmp_path) -> None:  # type: ignore[no-untyped-def]
    found = database("postgresql://u:p%40ss@db.local:5433/springline?sslmode=require", tmp_path)
    assert (found["NAME"], found["PASSWORD"], found["PORT"]) == ("springline", "p@ss", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["options"] == "-c jit=off"
    assert database(None, tmp_path)["NAME"] == tmp_path
    for bad in ("mysql://x/y", "postgresql://host", "nonsense"):
        with pytest.raises(SettingsError):
            database(bad, tmp_path)
