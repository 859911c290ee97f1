"""The agent's own state, the list of agents and queues."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from springline.business.accounts.api import Done, NamedOut
from springline.business.accounts.models import ApiToken
from springline.business.accounts.roles import Action, may
from springline.business.accounts.services import audit
from springline.business.hotline import commands
from springline.business.hotline.models import Agent, PauseReason, Queue
from springline.business.http import BOTH, ApiError, answers, forbidden, require_some
from springline.contracts.commands import SetPaused, SetReady, SignIn, SignOut, UseMobile
from springline.contracts.live import AgentRow, CallPhase, CallRow, LiveSnapshot
from springline.contracts.mobile import MobileUse

router = Router(tags=["agents"], auth=BOTH)
_ANSWERS = answers(Done, 404, 409, 422, 503)


class WhichAgent(Schema):
    """`agent` is for API tokens and supervisors; without it the signed-in user's own."""

    agent: str | None = None


class Pause(WhichAgent):
    reason: str


class MobileIn(WhichAgent):
    use: MobileUse


class AgentStateOut(Schema):
    """`mobile`: whether the own one rings. `state` and what follows is null while control is away."""

    id: str
    name: str
    device: str
    queues: list[NamedOut]
    state: str | None = None
    since: datetime | None = None
    reason: str | None = None
    call_id: str | None = None
    device_online: bool | None = None
    mobile: MobileUse | None = None


class QueueOut(Schema):
    """`waiting` counts callers in the line, `ready` agents who could take one; null while control is away.

    `wrap_up`: seconds an agent has after a call of this queue.
    """

    id: str
    name: str
    regions: list[str]
    agents: list[str]
    wrap_up: float
    waiting: int | None = None
    longest_since: datetime | None = None
    ready: int | None = None


@router.post("/agent/sign-in", response=_ANSWERS)
def sign_in(request: HttpRequest, body: WhichAgent | None = None) -> Done:
    commands.tell(SignIn(agent=_agent(request, body)))
    return Done()


@router.post("/agent/sign-out", response=_ANSWERS)
def sign_out(request: HttpRequest, body: WhichAgent | None = None) -> Done:
    commands.tell(SignOut(agent=_agent(request, body)))
    return Done()


@router.post("/agent/ready", response=_ANSWERS)
def ready(request: HttpRequest, body: WhichAgent | None = None) -> Done:
    commands.tell(SetReady(agent=_agent(request, body)))
    return Done()


@router.post("/agent/pause", response=_ANSWERS)
def pause(request: HttpRequest, body: Pause) -> Done:
    agent = _agent(request, body)
    if not PauseReason.objects.filter(code=body.reason, active=True).exists():
        raise ApiError(422, "unknown_reason", _("There is no such pause reason."))
    commands.tell(SetPaused(agent=agent, reason=body.reason))
    return Done()


@router.post("/agent/mobile", response=_ANSWERS)
def mobile(request: HttpRequest, body: MobileIn) -> Done:
    """Until the agent signs out, calls ring their own mobile too, or only it; a 1 takes them."""
    agent = _agent(request, body)
    commands.tell(UseMobile(agent=agent, use=body.use))
    audit(require_some(request, Action.WORK_AS_AGENT), "agent.mobile", None, agent=agent, use=body.use)
    return Done()


@router.get("/agents", response=answers(list[AgentStateOut]))
def agents(request: HttpRequest) -> list[AgentStateOut]:
    require_some(request, Action.WATCH_LIVE)
    live = commands.snapshot()
    rows = {row.id: row for row in live.rows if isinstance(row, AgentRow)} if live else {}
    return [
        _agent_out(agent, rows.get(agent.id))
        for agent in Agent.objects.filter(active=True).prefetch_related("queues")
    ]


@router.get("/queues", response=answers(list[QueueOut]))
def queues(request: HttpRequest) -> list[QueueOut]:
    require_some(request, Action.WATCH_LIVE)
    live = commands.snapshot()
    return [_queue_out(queue, live) for queue in Queue.objects.prefetch_related("agents")]


def _agent(request: HttpRequest, body: WhichAgent | None) -> str:
    """Which agent the request is about. Raises ApiError 403, 404 or 422."""
    actor = require_some(request, Action.WORK_AS_AGENT)
    wanted = body.agent if body and body.agent else actor.agent_id
    if wanted is None:
        if isinstance(actor, ApiToken):
            raise ApiError(422, "agent_missing", _("Say which agent."))
        raise ApiError(403, "no_agent", _("This account is no agent."))
    if not may(actor, Action.WORK_AS_AGENT, wanted):
        raise forbidden()
    if not Agent.objects.filter(pk=wanted, active=True).exists():
        raise ApiError(404, "unknown_agent", _("There is no such agent."))
    return wanted


def _agent_out(agent: Agent, row: AgentRow | None) -> AgentStateOut:
    out = AgentStateOut(
        id=agent.id,
        name=agent.name,
        device=agent.device,
        queues=[NamedOut(id=queue.id, name=queue.name) for queue in agent.queues.all()],
    )
    if row is not None:
        out.state, out.since, out.reason = row.state.value, row.since, row.reason
        out.call_id, out.device_online, out.mobile = row.call_id, row.device_online, row.mobile
    return out


def _queue_out(queue: Queue, live: LiveSnapshot | None) -> QueueOut:
    out = QueueOut(
        id=queue.id,
        name=queue.name,
        regions=queue.regions,
        wrap_up=queue.wrap_up,
        agents=[agent.id for agent in queue.agents.all() if agent.active],
    )
    if live is not None:
        waiting = [
            row
            for row in live.rows
            if isinstance(row, CallRow)
            and row.queue == queue.id
            and row.phase in {CallPhase.QUEUED, CallPhase.RINGING}
        ]
        out.waiting = len(waiting)
        out.longest_since = min((row.waiting_since for row in waiting if row.waiting_since), default=None)
        out.ready = sum(
            isinstance(row, AgentRow) and row.state == "ready" and queue.id in row.queues for row in live.rows
        )
    return out
