"""What can be seen of an agent, and the forced reset: whatever holds them lets go, no caller is lost."""

from springline.contracts.agents import AgentState
from springline.contracts.events import OfferOutcome
from springline.telephony.acd import AgentDials, AgentLook, Offer, OfferAccepted, Reset, SetPaused, Withdraw
from tests.unit.acd.people import Hall, person, queue


def hall(**times: float) -> Hall:
    return Hall(
        [queue("city", wrap_up=20.0, **times), queue("huoshan", **times)],
        [person("1001"), person("1002"), person("1003", "huoshan")],
    )


def look(house: Hall, agent: str) -> AgentLook:
    found = house.acd.look(agent)
    assert found is not None
    return found


def test_who_is_ahead_goes_round_from_the_pointer() -> None:
    house = hall()
    house.ready("1001", "1002")
    assert look(house, "1001").queues[0].ahead == ()
    assert look(house, "1002").queues[0].ahead == ("1001",)
    house.serve("c1")
    house.wait(60)
    assert look(house, "1001").queues[0].ahead == ("1002",)
    assert look(house, "1003").queues[0].ahead is None
    assert house.acd.look("9999") is None


def test_callers_elsewhere_are_told_of_unless_they_wait_here_too() -> None:
    house = hall(overflow_after=1000.0, overflow_wait=1e9)
    house.ready("1001", "1003")
    house.call("c1", "huoshan")
    house.call("c2", "huoshan")
    assert look(house, "1001").elsewhere == ("huoshan",)
    assert look(house, "1003").elsewhere == ()
    assert look(house, "1003").queues[0].waiting == 1


def test_a_reset_lets_a_ringing_call_line_up_again_and_another_agent_gets_it() -> None:
    house = hall()
    house.ready("1001", "1002")
    house.call("c1")
    assert house.offers[-1].agent == "1001"
    told = house.do(Reset("1001"))
    assert Withdraw(call="c1", agent="1001", outcome=OfferOutcome.INTERRUPTED) in told
    assert [d.agent for d in told if isinstance(d, Offer)] == ["1002"]
    assert look(house, "1001").state is AgentState.READY


def test_a_reset_forgets_a_conversation_without_a_wrap_up_and_its_later_words_mean_nothing() -> None:
    house = hall()
    house.ready("1001")
    house.call("c1")
    house.do(OfferAccepted("c1", "1001"))
    house.do(SetPaused("1001", "meal"))
    house.do(Reset("1001"))
    seen = look(house, "1001")
    assert (seen.state, seen.call, seen.pause_reason) == (AgentState.PAUSED, None, "meal")
    house.do(AgentDials("1001", "c2"))
    house.do(Reset("1001"))
    assert look(house, "1001").call is None


def test_a_reset_ends_wrap_up_and_of_who_is_signed_out_nothing() -> None:
    house = hall()
    house.ready("1001")
    house.serve("c1")
    assert look(house, "1001").state is AgentState.WRAP_UP
    house.do(Reset("1001"))
    assert look(house, "1001").state is AgentState.READY
    house.do(Reset("1002"))
    assert look(house, "1002").state is AgentState.OFFLINE
