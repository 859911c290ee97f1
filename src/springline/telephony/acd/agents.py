"""What an agent may ask for, and where an agent rests when no call holds them.

Each command returns a refusal code, or None when it was done.
"""

from math import inf

from springline.contracts.agents import AgentState
from springline.contracts.mobile import MobileUse
from springline.telephony.acd.decisions import AgentChanged
from springline.telephony.acd.records import Agent
from springline.telephony.acd.states import AgentStep, after

NO_ANSWER_REASON = "no_answer"
MISSES_BEFORE_PAUSE = 2
NO_REASON = "paused"

_ON_CALL = (AgentState.RINGING, AgentState.TALKING)

_TO_REST: dict[AgentState, AgentStep] = {
    AgentState.OFFLINE: AgentStep.SIGN_OUT,
    AgentState.UNREACHABLE: AgentStep.LOSE_DEVICE,
    AgentState.WRAP_UP: AgentStep.WRAP_UP,
    AgentState.PAUSED: AgentStep.PAUSE,
    AgentState.READY: AgentStep.GET_READY,
}


def take(agent: Agent, step: AgentStep, now: float) -> None:
    agent.state = after(agent.state, step)
    agent.since = now


def settle(agent: Agent, now: float) -> None:
    """Take the step to where the agent rests; for one whose call, if any, has just ended."""
    if agent.owed and agent.signed_in and agent.reachable:
        agent.wrap_until, agent.owed = now + agent.owed, 0.0
    target = _resting_state(agent, now)
    if target != agent.state:
        take(agent, _TO_REST[target], now)


def _resting_state(agent: Agent, now: float) -> AgentState:
    if not agent.signed_in:
        return AgentState.OFFLINE
    if not agent.reachable:
        return AgentState.UNREACHABLE
    if agent.wrap_until > now:
        return AgentState.WRAP_UP
    return AgentState.PAUSED if agent.paused else AgentState.READY


def sign_in(agent: Agent, now: float) -> str | None:
    if agent.signed_in:
        return None
    agent.signed_in = True
    agent.paused, agent.pause_reason, agent.misses = True, None, 0
    take(agent, AgentStep.SIGN_IN, now)
    settle(agent, now)
    return None


def sign_out(agent: Agent, now: float) -> str | None:
    if agent.state in _ON_CALL:
        return "busy"
    agent.signed_in, agent.mobile = False, MobileUse.OFF
    agent.wrap_until = agent.cool_until = -inf
    agent.owed = 0.0
    settle(agent, now)
    return None


def set_ready(agent: Agent, now: float) -> str | None:
    if not agent.signed_in:
        return "not_signed_in"
    agent.paused, agent.pause_reason, agent.misses = False, None, 0
    _end_wrap_up(agent, now)
    return None


def set_paused(agent: Agent, reason: str, now: float) -> str | None:
    if not agent.signed_in:
        return "not_signed_in"
    if agent.state is AgentState.PAUSED and agent.pause_reason != reason:
        agent.since = now
    agent.paused, agent.pause_reason = True, reason
    _end_wrap_up(agent, now)
    return None


def _end_wrap_up(agent: Agent, now: float) -> None:
    if agent.state not in _ON_CALL:
        agent.wrap_until, agent.owed = -inf, 0.0
        settle(agent, now)


def device_up(agent: Agent, now: float) -> None:
    agent.online = True
    if agent.state not in _ON_CALL:
        settle(agent, now)


def use_mobile(agent: Agent, use: MobileUse, now: float) -> str | None:
    if not agent.signed_in:
        return "not_signed_in"
    agent.mobile = use
    if agent.state not in _ON_CALL:
        settle(agent, now)
    return None


def miss(agent: Agent) -> None:
    """One more offer without an answer; at the second in a row the agent is taken to be away."""
    agent.misses += 1
    if agent.misses >= MISSES_BEFORE_PAUSE and not agent.paused:
        agent.paused, agent.pause_reason, agent.misses = True, NO_ANSWER_REASON, 0


def row_of(agent: Agent) -> AgentChanged:
    pending = agent.paused and agent.state in (*_ON_CALL, AgentState.WRAP_UP)
    return AgentChanged(
        agent=agent.id,
        state=agent.state,
        since=agent.since,
        device_online=agent.online,
        reason=_reason(agent),
        call=agent.call,
        pause_after=agent.pause_reason if pending else None,
        mobile=agent.mobile,
    )


def _reason(agent: Agent) -> str | None:
    """Also behind a lost device a pause stays a pause, and the journal must tell it after a restart."""
    if agent.state is AgentState.PAUSED:
        return agent.pause_reason
    if agent.state is AgentState.UNREACHABLE and agent.paused:
        return agent.pause_reason or NO_REASON
    return None
