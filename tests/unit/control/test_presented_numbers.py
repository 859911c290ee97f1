"""Which number a called party may see: never the 400 number, however it is written."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.contracts.config import Config, OutboundConfig
from springline.telephony.control import numbers
from springline.telephony.control.configuration import BadConfig, plan_of
from tests.support.exchange_house import DID, PROMPTS, config

SHOWN = "05643210000"
INBOUND_ONLY = ["4000564000", "+864000564000", "00864000564000", "04000564000", "8008105000", "864000564000"]


def showing(number: str) -> Config:
    plain = config()
    rules = OutboundConfig(callback_number=number, allow=("+86",))
    hotline = msgspec.structs.replace(plain.hotlines[0], outbound=rules)
    return msgspec.structs.replace(plain, hotlines=(hotline,))


@pytest.mark.parametrize("number", INBOUND_ONLY)
def test_a_config_that_shows_a_400_number_is_refused(number: str) -> None:
    with pytest.raises(BadConfig, match="400"):
        plan_of(showing(number), PROMPTS)


@given(
    head=st.sampled_from(["", "+86", "0086", "86", "0"]),
    segment=st.sampled_from(["400", "800"]),
    rest=st.from_regex(r"\d{7}", fullmatch=True),
)
def test_however_it_is_written(head: str, segment: str, rest: str) -> None:
    assert not numbers.presentable(f"{head}{segment}{rest}")


@pytest.mark.parametrize("number", [SHOWN, "13800000000", "+8613800000000", "0564400000", "01064000000"])
def test_numbers_that_may_be_shown(number: str) -> None:
    assert numbers.presentable(number, [DID])


def test_no_own_hotline_is_shown_even_if_it_is_no_400_number() -> None:
    assert not numbers.presentable("05641234567", ["05641234567"])
    assert not numbers.presentable("anonymous")
