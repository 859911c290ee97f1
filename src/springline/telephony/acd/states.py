"""An agent's states as a table.

The table says which step from which state is legal and where it leads. Which step is taken when a call
lets go of an agent (the device may be gone, a pause may have been asked for) is decided in `agents.settle`.
"""

from enum import StrEnum

from springline.contracts.agents import AgentState
from springline.platform.states import IllegalTransition as IllegalTransition
from springline.platform.states import following


class AgentStep(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    GET_READY = "get_ready"
    PAUSE = "pause"
    LOSE_DEVICE = "lose_device"
    OFFER = "offer"
    ANSWER = "answer"
    WRAP_UP = "wrap_up"
    ADOPT = "adopt"


_S, _E = AgentState, AgentStep

TABLE: dict[tuple[AgentState, AgentStep], AgentState] = {
    (_S.OFFLINE, _E.SIGN_IN): _S.PAUSED,
    (_S.OFFLINE, _E.ADOPT): _S.TALKING,
    (_S.UNREACHABLE, _E.SIGN_OUT): _S.OFFLINE,
    (_S.UNREACHABLE, _E.GET_READY): _S.READY,
    (_S.UNREACHABLE, _E.PAUSE): _S.PAUSED,
    (_S.UNREACHABLE, _E.WRAP_UP): _S.WRAP_UP,
    (_S.UNREACHABLE, _E.ADOPT): _S.TALKING,
    (_S.READY, _E.SIGN_OUT): _S.OFFLINE,
    (_S.READY, _E.PAUSE): _S.PAUSED,
    (_S.READY, _E.WRAP_UP): _S.WRAP_UP,
    (_S.READY, _E.LOSE_DEVICE): _S.UNREACHABLE,
    (_S.READY, _E.OFFER): _S.RINGING,
    (_S.READY, _E.ADOPT): _S.TALKING,
    (_S.RINGING, _E.GET_READY): _S.READY,
    (_S.RINGING, _E.PAUSE): _S.PAUSED,
    (_S.RINGING, _E.LOSE_DEVICE): _S.UNREACHABLE,
    (_S.RINGING, _E.ANSWER): _S.TALKING,
    (_S.TALKING, _E.GET_READY): _S.READY,
    (_S.TALKING, _E.PAUSE): _S.PAUSED,
    (_S.TALKING, _E.LOSE_DEVICE): _S.UNREACHABLE,
    (_S.TALKING, _E.WRAP_UP): _S.WRAP_UP,
    (_S.WRAP_UP, _E.SIGN_OUT): _S.OFFLINE,
    (_S.WRAP_UP, _E.GET_READY): _S.READY,
    (_S.WRAP_UP, _E.PAUSE): _S.PAUSED,
    (_S.WRAP_UP, _E.LOSE_DEVICE): _S.UNREACHABLE,
    (_S.WRAP_UP, _E.ADOPT): _S.TALKING,
    (_S.PAUSED, _E.SIGN_OUT): _S.OFFLINE,
    (_S.PAUSED, _E.GET_READY): _S.READY,
    (_S.PAUSED, _E.WRAP_UP): _S.WRAP_UP,
    (_S.PAUSED, _E.LOSE_DEVICE): _S.UNREACHABLE,
    (_S.PAUSED, _E.ADOPT): _S.TALKING,
}


def after(state: AgentState, step: AgentStep) -> AgentState:
    """The state that `step` leads to. Raises IllegalTransition: a fault of the program, never of a person."""
    return following(TABLE, state, step)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {AgentState.OFFLINE}"]
    lines += [f"    {state} --> {to}: {step}" for (state, step), to in TABLE.items()]
    return "\n".join(lines) + "\n"
