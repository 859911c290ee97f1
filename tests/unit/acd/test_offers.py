"""What happens to an offer: answered, missed, refused, withdrawn, too late."""

import pytest

from springline.contracts.events import OfferOutcome
from springline.telephony.acd import (
    AgentChanged,
    CallLeft,
    CallWaiting,
    DeviceDown,
    DeviceUp,
    Offer,
    OfferAccepted,
    OfferFailed,
    Refuse,
    SetPaused,
    SetReady,
    Tick,
    WaitExceeded,
    Withdraw,
)
from tests.unit.acd.people import Hall, person, queue


@pytest.fixture
def pair() -> Hall:
    hall = Hall([queue()], [person("8001"), person("8002")])
    hall.ready("8001", "8002")
    return hall


@pytest.fixture
def alone() -> Hall:
    hall = Hall([queue()], [person("8001")])
    hall.ready("8001")
    return hall


def test_actions_come_before_rows(pair: Hall) -> None:
    offer, pointer, row = pair.call("c")
    assert offer == Offer(call="c", agent="8001", queue="city", attempt=1, timeout=15.0)
    assert pointer.agent == "8001"  # type: ignore[union-attr]
    assert isinstance(row, AgentChanged)
    assert (row.state, row.call, row.since) == ("ringing", "c", 100.0)


def test_no_answer_goes_to_the_next_agent_at_once(pair: Hall) -> None:
    pair.call("c")
    assert pair.acd.next_wake(pair.now) == 115.0
    decisions = pair.wait(15)
    assert decisions[0] == Withdraw(call="c", agent="8001", outcome=OfferOutcome.NO_ANSWER)
    assert decisions[1] == Offer(call="c", agent="8002", queue="city", attempt=2, timeout=15.0)
    assert pair.state("8001") == "ready"


@pytest.mark.parametrize("outcome", [OfferOutcome.REFUSED, OfferOutcome.FAILED, OfferOutcome.INTERRUPTED])
def test_the_same_agent_is_asked_again_only_after_retry_after(alone: Hall, outcome: OfferOutcome) -> None:
    alone.call("c")
    for attempt in range(2, 6):
        assert not [d for d in alone.do(OfferFailed("c", "8001", outcome)) if isinstance(d, Offer)]
        assert not [d for d in alone.wait(2.9) if isinstance(d, Offer)]
        assert [d.attempt for d in alone.wait(0.2) if isinstance(d, Offer)] == [attempt]
    assert alone.state("8001") == "ringing"


def test_another_call_does_not_shorten_the_rest(alone: Hall) -> None:
    alone.call("c")
    alone.do(OfferFailed("c", "8001", OfferOutcome.REFUSED))
    alone.call("d")
    assert [o.call for o in alone.offers] == ["c"]
    alone.wait(3)
    assert [o.call for o in alone.offers] == ["c", "c"]


def test_two_missed_in_a_row_pause_the_agent(alone: Hall) -> None:
    alone.call("c")
    alone.wait(60)
    assert [o.attempt for o in alone.offers] == [1, 2]
    row = alone.row("8001")
    assert (row.state, row.reason, row.call) == ("paused", "no_answer", None)
    assert alone.acd.waiting("city") == ("c",)
    alone.do(SetReady("8001"))
    assert alone.offers[-1].attempt == 3
    alone.wait(15)
    assert alone.state("8001") == "ready"


@pytest.mark.parametrize("between", ["answered", "refused"])
def test_a_sign_of_life_forgives_a_miss(alone: Hall, between: str) -> None:
    alone.call("c")
    alone.wait(18)
    if between == "answered":
        alone.answer()
        alone.do(CallLeft("c"))
        alone.wait(15)
    else:
        alone.do(OfferFailed("c", "8001", OfferOutcome.REFUSED))
        alone.do(CallLeft("c"))
        alone.wait(3)
    alone.call("d")
    alone.wait(15)
    assert alone.state("8001") == "ready"


def test_the_caller_leaves_while_it_rings(alone: Hall) -> None:
    alone.call("c")
    alone.call("d")
    decisions = alone.do(CallLeft("c"))
    assert decisions[0] == Withdraw(call="c", agent="8001", outcome=OfferOutcome.CALLER_LEFT)
    assert [d.call for d in decisions if isinstance(d, Offer)] == ["d"]


def test_the_caller_leaves_the_line(alone: Hall) -> None:
    for call in "cde":
        alone.call(call)
    assert alone.do(CallLeft("d")) == ()
    assert alone.acd.waiting("city") == ("e",)
    assert alone.do(CallLeft("d")) == ()


def test_the_device_goes_while_it_rings(pair: Hall) -> None:
    pair.call("c")
    decisions = pair.do(DeviceDown("8001"))
    assert decisions[0] == Withdraw(call="c", agent="8001", outcome=OfferOutcome.FAILED)
    assert pair.offers[-1].agent == "8002"
    assert pair.state("8001") == "unreachable"
    pair.do(DeviceUp("8001"))
    assert pair.state("8001") == "ready"


def test_an_answer_in_the_moment_of_the_timeout_counts(alone: Hall) -> None:
    alone.call("c")
    alone.now += 15
    alone.answer()
    assert alone.state("8001") == "talking"


def test_an_answer_after_the_withdrawal_is_withdrawn_again(pair: Hall) -> None:
    pair.call("c")
    pair.wait(15)
    late = pair.do(OfferAccepted("c", "8001"))
    assert late == (Withdraw(call="c", agent="8001", outcome=OfferOutcome.INTERRUPTED),)
    pair.answer()
    assert pair.do(OfferAccepted("c", "8002")) == ()
    assert pair.state("8002") == "talking"


def test_late_failures_are_ignored(pair: Hall) -> None:
    pair.call("c")
    pair.answer()
    assert pair.do(OfferFailed("c", "8001", OfferOutcome.REFUSED)) == ()
    assert pair.do(OfferFailed("c", "8002", OfferOutcome.REFUSED)) == ()
    assert pair.do(OfferFailed("x", "9999", OfferOutcome.REFUSED)) == ()


def test_a_pause_asked_for_while_ringing_holds_when_the_offer_fails(alone: Hall) -> None:
    alone.call("c")
    alone.do(SetPaused("8001", "tea"))
    assert (alone.state("8001"), alone.row("8001").pause_after) == ("ringing", "tea")
    alone.do(OfferFailed("c", "8001", OfferOutcome.REFUSED))
    row = alone.row("8001")
    assert (row.state, row.reason, row.pause_after) == ("paused", "tea", None)


def test_max_wait(alone: Hall) -> None:
    alone.call("c")
    alone.call("d")
    alone.answer()
    assert [d for d in alone.wait(599.9) if isinstance(d, WaitExceeded)] == []
    assert alone.wait(0.2) == [WaitExceeded(call="d")]
    assert alone.acd.waiting("city") == ()
    assert alone.state("8001") == "talking"


def test_max_wait_lets_an_agent_ring_out(alone: Hall) -> None:
    hall = Hall([queue(max_wait=20, ring_timeout=15)], [person("8001")])
    hall.call("c")
    hall.wait(10)
    hall.ready("8001")
    assert hall.wait(14.9) == []
    assert WaitExceeded(call="c") in hall.wait(0.2)


def test_max_wait_still_counts_after_a_short_ring() -> None:
    hall = Hall([queue(max_wait=20)], [person("8001")])
    hall.ready("8001")
    hall.call("c")
    assert hall.acd.next_wake(hall.now) == 115.0
    hall.wait(5)
    hall.do(SetPaused("8001", "tea"))
    hall.do(OfferFailed("c", "8001", OfferOutcome.REFUSED))
    hall.wait(14.9)
    assert hall.acd.waiting("city") == ("c",)
    assert hall.wait(0.2) == [WaitExceeded(call="c")]


def test_a_call_that_resumes_keeps_its_place_and_its_limit() -> None:
    hall = Hall([queue()], [])
    hall.call("young")
    hall.do(CallWaiting("old", "city", hall.now - 599))
    assert hall.acd.waiting("city") == ("old", "young")
    assert WaitExceeded(call="old") in hall.wait(1)
    hall.do(CallWaiting("returned", "city", hall.now - 5000, front=True))
    assert hall.acd.waiting("city") == ("returned", "young")


def test_impossible_calls_are_refused(alone: Hall) -> None:
    assert alone.do(CallWaiting("c", "nowhere", 0.0)) == (Refuse(code="unknown_queue"),)
    alone.call("c")
    assert alone.call("c") == (Refuse(code="duplicate_call"),)
    assert alone.do(Tick()) == ()
