"""The whole table of an agent's states."""

import itertools

import pytest

from springline.contracts.agents import AgentState
from springline.telephony.acd import IllegalTransition
from springline.telephony.acd.states import TABLE, AgentStep, after, diagram


@pytest.mark.parametrize(("state", "step"), list(itertools.product(AgentState, AgentStep)))
def test_every_step_from_every_state(state: AgentState, step: AgentStep) -> None:
    if (state, step) in TABLE:
        assert after(state, step) is TABLE[state, step]
        assert after(state, step) is not state
    else:
        with pytest.raises(IllegalTransition, match=f"{step} is not possible in state {state}"):
            after(state, step)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {AgentState.OFFLINE}
    while fresh := {to for (state, _), to in TABLE.items() if state in reached} - reached:
        reached |= fresh
    assert reached == set(AgentState)
    assert {state for state, _ in TABLE} == set(AgentState)


def test_who_is_on_a_call_cannot_sign_out_or_be_offered_another() -> None:
    for state in (AgentState.RINGING, AgentState.TALKING):
        for step in (AgentStep.SIGN_OUT, AgentStep.OFFER, AgentStep.ADOPT):
            assert (state, step) not in TABLE
    assert [state for state, step in TABLE if step is AgentStep.OFFER] == [AgentState.READY]


def test_the_diagram_has_every_transition() -> None:
    drawn = diagram()
    assert drawn.startswith("stateDiagram-v2\n")
    for (state, step), to in TABLE.items():
        assert f"{state} --> {to}: {step}\n" in drawn
