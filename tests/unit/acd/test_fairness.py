"""Agents who are always there are asked equally often, whatever the others do."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from springline.contracts.events import OfferOutcome
from springline.telephony.acd import CallLeft, OfferFailed, SetPaused, SetReady
from tests.unit.acd.people import Hall, person, queue

ALWAYS = ["8001", "8003", "8004", "8007"]
SOMETIMES = ["8002", "8005", "8006"]


@given(st.lists(st.tuples(st.sampled_from(SOMETIMES), st.booleans(), st.booleans()), max_size=80))
def test_fairness(turns: list[tuple[str, bool, bool]]) -> None:
    hall = Hall([queue()], [person(a) for a in ALWAYS + SOMETIMES])
    hall.ready(*ALWAYS, *SOMETIMES)
    for i, (other, pauses, refuses) in enumerate(turns):
        hall.do(SetPaused(other, "tea") if pauses else SetReady(other))
        hall.call(f"c{i}")
        if refuses:
            hall.do(OfferFailed(f"c{i}", hall.offers[-1].agent, OfferOutcome.REFUSED))
        hall.do(CallLeft(f"c{i}"))
        hall.wait(3)
        asked = Counter(offer.agent for offer in hall.offers)
        counts = [asked[agent] for agent in ALWAYS]
        assert max(counts) - min(counts) <= 1
