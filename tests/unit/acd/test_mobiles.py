"""Who can be reached by their own mobile: without a device, rung for longer, until they sign out."""

import pytest

from springline.contracts.agents import AgentState
from springline.contracts.config import QueueConfig
from springline.contracts.mobile import MobileUse
from springline.telephony.acd import (
    Acd,
    CallWaiting,
    DeviceDown,
    DeviceUp,
    Offer,
    SetReady,
    SignIn,
    SignOut,
    UseMobile,
)
from springline.telephony.acd.book import MOBILE_RINGS
from tests.unit.acd.people import person

RINGS = 15.0


@pytest.fixture
def acd() -> Acd:
    acd = Acd([QueueConfig(id="q", name="q", ring_timeout=RINGS)], [person("1001", "q")], {})
    acd.handle(SignIn("1001"), 0.0)
    acd.handle(SetReady("1001"), 0.0)
    return acd


def state(acd: Acd) -> AgentState:
    row = acd.agent("1001")
    assert row is not None
    return row.state


def offer(acd: Acd) -> Offer:
    return next(d for d in acd.handle(CallWaiting("c1", "q", since=0.0), 1.0) if isinstance(d, Offer))


@pytest.mark.parametrize("use", [MobileUse.LAST, MobileUse.ONLY])
def test_reached_without_a_device(acd: Acd, use: MobileUse) -> None:
    assert state(acd) is AgentState.UNREACHABLE
    acd.handle(UseMobile("1001", use), 0.0)
    assert state(acd) is AgentState.READY
    assert offer(acd).timeout == MOBILE_RINGS


@pytest.mark.parametrize(
    ("use", "seconds"),
    [(MobileUse.OFF, RINGS), (MobileUse.LAST, RINGS + MOBILE_RINGS), (MobileUse.ONLY, MOBILE_RINGS)],
)
def test_both_rungs_have_their_time(acd: Acd, use: MobileUse, seconds: float) -> None:
    acd.handle(DeviceUp("1001"), 0.0)
    acd.handle(UseMobile("1001", use), 0.0)
    assert offer(acd).timeout == seconds


def test_a_lost_device_does_not_end_the_ringing(acd: Acd) -> None:
    acd.handle(DeviceUp("1001"), 0.0)
    acd.handle(UseMobile("1001", MobileUse.LAST), 0.0)
    offer(acd)
    acd.handle(DeviceDown("1001"), 2.0)
    assert state(acd) is AgentState.RINGING


def test_signing_out_ends_it(acd: Acd) -> None:
    acd.handle(UseMobile("1001", MobileUse.ONLY), 0.0)
    acd.handle(SignOut("1001"), 1.0)
    acd.handle(SignIn("1001"), 2.0)
    assert state(acd) is AgentState.UNREACHABLE
