"""Why an agent's telephone does not ring, over HTTP; the forced reset; the desk's word that it is open."""

from contextlib import suppress
from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema

from springline.business.accounts.api import Done
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.calls.ringing_words import Names, advice_of, check_of, compared_of, verdict_of
from springline.business.hotline import commands
from springline.business.hotline.selectors import agent_names, pause_names, queue_names
from springline.business.http import BOTH, SESSION_ONLY, ApiError, answers, require_some
from springline.contracts.agents import AgentState
from springline.contracts.commands import DeskSeen, ResetAgent, Ringing, WasReset, WhyNotRinging
from springline.contracts.ringing import CheckKind, DeskLease, Verdict

router = Router(tags=["agents"], auth=BOTH)
session_router = Router(tags=["agents"], auth=SESSION_ONLY)
RESET_SECONDS = 8.0
UNKNOWN = "unknown_agent"


class BothOut(Schema):
    """One sentence in both languages."""

    zh: str
    en: str


class RingingCheckOut(Schema):
    kind: CheckKind
    passed: bool
    text: BothOut


class RingingOut(Schema):
    """`checks`: the most decisive first. `reset`: a forced reset would help. `talking`: it would end a
    conversation. `desk_seen`: when the desk was heard last. `compared`: what control's own look found, and
    when."""

    agent: str
    name: str
    at: datetime
    state: AgentState
    since: datetime
    verdict: Verdict
    text: BothOut
    advice: BothOut
    checks: list[RingingCheckOut]
    reset: bool
    talking: bool
    desk: DeskLease
    desk_seen: datetime | None
    compared: BothOut


class ResetIn(Schema):
    """`end_conversation`: yes, end the conversation that the agent is in."""

    end_conversation: bool = False


class ResetOut(Schema):
    """`legs`: channels that were ended. `dropped`: a call that was not there any more was let go. `later`:
    the engine was away; the `legs` end, and devices are asked, when it is back."""

    state: AgentState
    legs: int
    dropped: bool
    later: bool


class DeskIn(Schema):
    """`tab`: any name that tells one open desk from another. Not `open`: it is being closed. `said`: how many
    words the tab has sent before; an older one that comes later counts for nothing."""

    tab: str = Field(max_length=40)
    open: bool = True
    said: int = Field(0, ge=0, lt=2**31)


@router.get("/agents/{agent_id}/ringing", response=answers(RingingOut, 404, 409, 503))
def ringing(request: HttpRequest, agent_id: str) -> RingingOut:
    """As it is now; ask again for a later moment."""
    require_some(request, Action.RESET_AGENTS)
    found = commands.asked(WhyNotRinging(agent=agent_id), Ringing, missing=UNKNOWN)
    names = Names(agents=agent_names(), queues=queue_names(), pauses=pause_names())
    facts = found.facts
    return RingingOut(
        agent=facts.agent,
        name=names.agents.get(facts.agent, facts.agent),
        at=facts.at,
        state=facts.state,
        since=facts.since,
        verdict=found.verdict,
        text=BothOut(**verdict_of(found, names)),
        advice=BothOut(**advice_of(found, names)),
        checks=[
            RingingCheckOut(
                kind=check.kind, passed=check.passed, text=BothOut(**check_of(check, facts, names))
            )
            for check in found.checks
        ],
        reset=found.reset,
        talking=facts.talking,
        desk=facts.desk,
        desk_seen=facts.desk_seen,
        compared=BothOut(**compared_of(facts)),
    )


@session_router.post("/agents/{agent_id}/reset", response=answers(ResetOut, 404, 409, 503))
def reset(request: HttpRequest, agent_id: str, body: ResetIn) -> ResetOut:
    """Let go of whatever holds the agent, without the engine too. 409 in_conversation: confirm, and the
    conversation is ended."""
    actor = require_some(request, Action.RESET_AGENTS)
    detail = {"agent": agent_id, "end_conversation": body.end_conversation}
    try:
        command = ResetAgent(agent=agent_id, end_conversation=body.end_conversation)
        was = commands.asked(command, WasReset, RESET_SECONDS, missing=UNKNOWN)
    except ApiError as error:
        audit(actor, "agent.reset", None, **detail, outcome=error.code)
        raise
    done = {"legs": was.legs, "dropped": was.dropped, "later": was.later}
    audit(actor, "agent.reset", None, **detail, outcome=str(was.state), **done)
    return ResetOut(state=was.state, **done)


@session_router.post("/agent/desk", response=answers(Done, 422))
def desk(request: HttpRequest, body: DeskIn) -> Done:
    """An open desk says so every 20 seconds. Of people without a device nothing is noted."""
    actor = require_some(request, Action.WORK_AS_AGENT)
    if actor.agent_id is not None:
        # A control that is away has nobody to tell; the desk says it again soon.
        with suppress(ApiError):
            commands.tell(DeskSeen(agent=actor.agent_id, **body.dict()))
    return Done()
