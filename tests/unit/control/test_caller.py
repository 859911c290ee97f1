"""Every format of requirements §2.3, and what is no number at all."""

import pytest

from springline.contracts.events import CallerQuality
from springline.telephony.control.caller import RAW_LIMIT, identify

MOBILE = "+8613805640000"
LANDLINE = "+865643210000"


@pytest.mark.parametrize(
    "raw",
    [
        "13805640000",
        "013805640000",
        "8613805640000",
        "+8613805640000",
        "008613805640000",
        "1795113805640000",
        "1791113805640000",
        "12593013805640000",
        "sip:13805640000@10.0.0.1",
        "sip:+8613805640000@10.0.0.1:5060;user=phone",
        "SIPS:13805640000@trunk.example",
        "tel:13805640000;phone-context=+86",
        "tel:+86-138-0564-0000",
        "<sip:13805640000@10.0.0.1>",
        "13805640000#",
        "13805640000-801",
        "1795113805640000-801",
        "138-0564-0000",
        "138 0564 0000",
        "(138)05640000",
        " 13805640000 ",
    ],
)
def test_a_mobile_in_every_disguise(raw: str) -> None:
    caller = identify(raw, "0564")
    assert (caller.e164, caller.quality) == (MOBILE, CallerQuality.REAL)
    assert caller.raw == raw


@pytest.mark.parametrize(
    "raw",
    ["3210000", "321-0000", "05643210000", "0564-3210000", "+865643210000", "3210000-801", "0564-3210000-8",
     "tel:3210000;phone-context=+86564", "sip:3210000@10.0.0.1", "3210000#"],
)  # fmt: skip
def test_a_local_landline_gets_its_area_code(raw: str) -> None:
    assert identify(raw, "0564").e164 == LANDLINE


def test_the_area_code_is_the_hotlines() -> None:
    assert identify("65529988", "010").e164 == "+861065529988"
    assert identify("010-6552-9988", "0564").e164 == "+861065529988"


@pytest.mark.parametrize("raw", ["10086", "95588", "12315", "110", "119", "12345"])
def test_a_service_number_is_short(raw: str) -> None:
    caller = identify(raw, "0564")
    assert (caller.e164, caller.quality, caller.raw) == (None, CallerQuality.SHORT, raw)


@pytest.mark.parametrize(
    "raw",
    ["", "   ", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "unknown", "Restricted",
     "private", "unavailable", "sip:@10.0.0.1"],
)  # fmt: skip
def test_nobody_is_anonymous(raw: str) -> None:
    caller = identify(raw, "0564")
    assert (caller.e164, caller.quality) == (None, CallerQuality.ANONYMOUS)


@pytest.mark.parametrize(
    "raw",
    ["1" * 20, "12345678901234567890", "sip:", "sip:;;;@@@", "hello", "+", "-", "--801", "<>", "0", "13805",
     "138056400001380564", "'; drop table calls; --", "\x00\x01", "号码", "+99912345678"],
)  # fmt: skip
def test_rubbish_is_no_number(raw: str) -> None:
    caller = identify(raw, "0564")
    assert caller.e164 is None
    assert caller.quality in (CallerQuality.INVALID, CallerQuality.ANONYMOUS)


def test_a_foreign_number_stays_foreign() -> None:
    assert identify("+14155552671", "0564").e164 == "+14155552671"
    assert identify("0014155552671", "0564").e164 == "+14155552671"


def test_the_providers_own_number_says_nothing_of_the_caller() -> None:
    masked = frozenset({"+8655165550000"})
    caller = identify("055165550000", "0564", masked)
    assert (caller.e164, caller.quality) == ("+8655165550000", CallerQuality.MASKED)
    assert identify("055165550001", "0564", masked).quality is CallerQuality.REAL


def test_what_the_trunk_sent_is_cut() -> None:
    assert identify("9" * 5000, "0564").raw == "9" * RAW_LIMIT == "9" * 80
