"""Calls, their steps, wrap-up and recordings over HTTP."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router

from springline.business.accounts.api import Done
from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, Reach, may
from springline.business.accounts.services import audit, audit_reading
from springline.business.calls import selectors, wrapping
from springline.business.calls.models import Call, WrapUpCode
from springline.business.calls.recordings import inside
from springline.business.calls.schemas import (
    CallOrderOut,
    CallOut,
    CallPage,
    CallWithSteps,
    CodeOut,
    CodesOut,
    GuessOut,
    WrapUpIn,
)
from springline.business.hotline import commands
from springline.business.hotline.selectors import pause_reasons
from springline.business.http import BOTH, ApiError, answers, forbidden, not_found, require, require_some
from springline.business.ranges import file_response
from springline.contracts.commands import HangUp, SetReady
from springline.contracts.live import AgentRow, CallRow

router = Router(tags=["calls"], auth=BOTH)


@router.get("/codes", response=answers(CodesOut))
def codes(request: HttpRequest) -> CodesOut:
    """Pause reasons and wrap-up codes, named in the user's language."""
    return CodesOut(
        pause=[CodeOut(code=c.code, name=c.name, key=c.key) for c in pause_reasons()],
        wrap_up=[CodeOut(code=c.code, name=c.name, key=c.key) for c in selectors.wrap_up_codes()],
    )


@router.get("/calls", response=answers(CallPage, 422))
def list_calls(
    request: HttpRequest,
    limit: int = Query(20, ge=1, le=200),
    before: datetime | None = None,
    agent: str = "",
    queue: str = "",
    outcome: str = "",
) -> CallPage:
    """Calls, the newest first. `agent`: an extension, or `me`; `before`: `next` of the page before."""
    actor = require(request, Action.READ_CALLS)
    if agent == "me":
        if actor.agent_id is None:
            return CallPage(items=[], next=None)
        agent = actor.agent_id
    if before is not None and timezone.is_naive(before):
        before = timezone.make_aware(before)
    items, following = selectors.page(
        actor, limit=limit, before=before, agent=agent, queue=queue, outcome=outcome
    )
    if any(item.caller and not _is_own(actor, item.agent and item.agent.id) for item in items):
        audit_reading(actor, "numbers.listed")
    return CallPage(items=items, next=following)


@router.get("/calls/{call_id}", response=answers(CallWithSteps, 404))
def read_call(request: HttpRequest, call_id: str) -> CallWithSteps:
    actor = require(request, Action.READ_CALLS)
    call = _call(call_id)
    shown = selectors.one(actor, call)
    if shown.caller and not _is_own(actor, call.agent):
        audit_reading(actor, "number.read", call)
    return shown


@router.post("/calls/{call_id}/wrap-up", response=answers(CallOut, 404, 409, 422, 503))
def wrap_up(request: HttpRequest, call_id: str, body: WrapUpIn) -> CallOut:
    """Save it. `ready` then ends wrap-up in control; when control refuses, what was noted stays saved.

    422 lost_reason_missing: `intent` is order, and the call gave none.
    """
    actor = require_some(request, Action.WRAP_UP_CALLS)
    call = Call.objects.filter(pk=call_id).first() or _live_call(actor, call_id)
    if not _may_wrap_up(actor, call):
        raise forbidden()
    code = WrapUpCode.objects.filter(code=body.code, active=True).first()
    if code is None:
        raise ApiError(422, "unknown_code", _("There is no such wrap-up code."))
    noted = wrapping.Noted(code=code, **body.dict(exclude={"code", "ready"}))
    try:
        wrapping.wrap_up(call, noted, actor)
    except wrapping.LostReasonMissing:
        raise ApiError(422, "lost_reason_missing", _("Say why this call gave no order.")) from None
    agent = actor.agent_id or call.agent
    if body.ready and agent:
        commands.tell(SetReady(agent=agent))
    return selectors.out(actor, [call])[0]


def _may_wrap_up(actor: User | ApiToken, call: Call) -> bool:
    """Also who handed the caller over."""
    mine = actor.agent_id is not None and selectors.took_part(call.id, actor.agent_id)
    return mine or may(actor, Action.WRAP_UP_CALLS, call.agent)


@router.get("/calls/{call_id}/guess", response=answers(GuessOut, 404))
def guess_wrap_up(request: HttpRequest, call_id: str) -> GuessOut:
    """What the call was about and came to, from what was done in it and the keys that were pressed."""
    actor = require_some(request, Action.WRAP_UP_CALLS)
    call = Call.objects.filter(pk=call_id).first() or _live_call(actor, call_id)
    if not _may_wrap_up(actor, call):
        raise forbidden()
    found = wrapping.guess(call)
    return GuessOut(
        code=found.code.code if found.code else None,
        intent=found.intent,
        outcome=found.outcome,
        why=found.why_en if (get_language() or "").startswith("en") else found.why_zh,
        orders=[CallOrderOut(id=key, no=no) for key, no in found.orders],
        lost_reason_due=found.needs_reason,
    )


@router.post("/calls/{call_id}/hang-up", response=answers(Done, 404, 409, 503))
def hang_up(request: HttpRequest, call_id: str) -> Done:
    actor = require_some(request, Action.HANG_UP_CALLS)
    if actor.reach(Action.HANG_UP_CALLS) is not Reach.ALL:
        live = commands.snapshot()
        row = (
            next((r for r in live.rows if isinstance(r, CallRow) and r.id == call_id), None) if live else None
        )
        if row is not None and not may(actor, Action.HANG_UP_CALLS, row.agent):
            raise forbidden()
        if row is None and live is not None:
            raise not_found("unknown_call")
    audit(actor, "call.hung_up", None, call_id=call_id)
    commands.tell(HangUp(call_id=call_id))
    return Done()


@router.get(
    "/calls/{call_id}/recording",
    response=answers(None, 404, 409, 422),
    openapi_extra={
        "responses": {
            200: {
                "description": "WAV, two channels: caller left, agent right. Ranges work; X-Duration is in s",
                "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def read_recording(
    request: HttpRequest, call_id: str, reason: str = Query("", max_length=200), part: int = Query(0, ge=0)
) -> HttpResponseBase:
    """Each reading leaves an audit row with its reason, which must be given."""
    actor = require_some(request, Action.HEAR_RECORDINGS)
    call = _call(call_id)
    if not may(actor, Action.HEAR_RECORDINGS, call.agent):
        raise forbidden()
    if not reason.strip():
        raise ApiError(422, "reason_missing", _("Say why you listen to this recording."))
    state, recording = selectors.recording_part(call.id, part)
    if state == "pending":
        raise ApiError(409, "recording_pending", _("The recording is not stored yet."))
    if state != "ready" or recording is None:
        raise ApiError(404, "recording_missing", _("There is no recording of this call."))
    path = inside(settings.HOME.recordings_dir, recording.wav)
    if not path.is_file():
        raise ApiError(404, "recording_missing", _("There is no recording of this call."))
    audit_reading(actor, "recording.read", call, why=reason.strip())
    response = file_response(request, path, "audio/wav")
    response["X-Duration"] = f"{recording.seconds:.3f}"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_own(actor: User | ApiToken, agent_id: str | None) -> bool:
    return agent_id is not None and agent_id == actor.agent_id


def _call(call_id: str) -> Call:
    call = Call.objects.filter(pk=call_id).first()
    if call is None:
        raise not_found("unknown_call")
    return call


def _live_call(actor: User | ApiToken, call_id: str) -> Call:
    """A call the actor's agent has just had, while the worker is behind: what is noted must not be lost."""
    live = commands.snapshot()
    for row in live.rows if live else ():
        if isinstance(row, AgentRow) and row.call_id == call_id and row.id == actor.agent_id:
            return Call(id=call_id, arrived_at=row.since, agent=row.id)
    raise not_found("unknown_call")
