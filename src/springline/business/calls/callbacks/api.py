"""Call-backs over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit_reading
from springline.business.calls.callbacks import selectors, services
from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.callbacks.refusals import CallbackRefused
from springline.business.calls.callbacks.schemas import (
    CallbackAttemptIn,
    CallbackNumberIn,
    CallbackOut,
    CallbacksOut,
    GiveUpIn,
)
from springline.business.calls.recordings import inside
from springline.business.hotline import commands
from springline.business.http import BOTH, SESSION_ONLY, ApiError, answers, english, not_found, require
from springline.business.ranges import file_response

router = Router(tags=["callbacks"], auth=BOTH)


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except CallbackTask.DoesNotExist:
        raise not_found("unknown_callback") from None
    except CallbackRefused as error:
        text = error.message_en if english() else error.message_zh
        raise ApiError(409, error.code, text) from error


@router.get("/callbacks", response=answers(CallbacksOut, 422))
def list_callbacks(
    request: HttpRequest,
    finished: bool = False,
    before: datetime | None = None,
    limit: int = Query(50, ge=1, le=200),
) -> CallbacksOut:
    """Who is to be called back, overdue ones first, then by the place in line; or what is `finished`."""
    actor = require(request, Action.CALL_BACK)
    items = selectors.finished(actor, before, limit) if finished else selectors.unfinished(actor)
    if any(item.number and not item.mine for item in items):
        audit_reading(actor, "numbers.listed")
    return CallbacksOut(server_now=timezone.now(), items=items)


@router.post("/callbacks/{callback_id}/take", response=answers(CallbackOut, 404, 409), auth=SESSION_ONLY)
def take(request: HttpRequest, callback_id: int) -> CallbackOut:
    """Into one's own hands; the number is shown then."""
    user = _user(request)
    with refusals():
        return selectors.one(user, services.take(callback_id, user))


@router.post("/callbacks/{callback_id}/put-back", response=answers(CallbackOut, 404, 409), auth=SESSION_ONLY)
def put_back(request: HttpRequest, callback_id: int) -> CallbackOut:
    user = _user(request)
    with refusals():
        return selectors.one(user, services.put_back(callback_id, user))


@router.post("/callbacks/{callback_id}/call", response=answers(CallbackOut, 404, 409, 503), auth=SESSION_ONLY)
def call(request: HttpRequest, callback_id: int) -> CallbackOut:
    """Ring one's own device, then the customer's; what comes of it the call tells when it ends."""
    user = _user(request)
    if user.agent_id is None:
        raise ApiError(403, "no_agent", _("This account is no agent."))
    with refusals():
        services.call_out(callback_id, user, user.agent_id, commands.tell)
        return selectors.one(user, _task(callback_id))


@router.post(
    "/callbacks/{callback_id}/attempts", response=answers(CallbackOut, 404, 409, 422), auth=SESSION_ONLY
)
def attempted(request: HttpRequest, callback_id: int, body: CallbackAttemptIn) -> CallbackOut:
    """An attempt by another telephone, and what came of it; `reached` closes the call-back."""
    user = _user(request)
    with refusals():
        services.attempt(callback_id, user, result=body.result, note=body.note)
        return selectors.one(user, _task(callback_id))


@router.post(
    "/callbacks/{callback_id}/number", response=answers(CallbackOut, 404, 409, 422), auth=SESSION_ONLY
)
def name_number(request: HttpRequest, callback_id: int, body: CallbackNumberIn) -> CallbackOut:
    """The number that the message tells. Where another call-back of it waits, that one is answered."""
    user = _user(request)
    with refusals():
        return selectors.one(user, services.name_number(callback_id, user, body.number))


@router.post(
    "/callbacks/{callback_id}/give-up", response=answers(CallbackOut, 404, 409, 422), auth=SESSION_ONLY
)
def give_up(request: HttpRequest, callback_id: int, body: GiveUpIn) -> CallbackOut:
    """After two attempts at the earliest; at once where no number is known."""
    user = _user(request)
    with refusals():
        return selectors.one(user, services.give_up(callback_id, user, body.note))


@router.get(
    "/callbacks/{callback_id}/message",
    response=answers(None, 404),
    openapi_extra={
        "responses": {
            200: {
                "description": "WAV of the newest message, one channel. Ranges work",
                "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def read_message(request: HttpRequest, callback_id: int) -> HttpResponseBase:
    """Each reading leaves an audit row: whoever calls back must hear what was said."""
    actor = require(request, Action.CALL_BACK)
    with refusals():
        task = _task(callback_id)
    message = selectors.message_of(task)
    path = inside(settings.HOME.recordings_dir, message.wav) if message else None
    if path is None or not path.is_file():
        raise ApiError(404, "message_missing", _("There is no message."))
    audit_reading(actor, "message.read", task)
    response = file_response(request, path, "audio/wav")
    response["Cache-Control"] = "private, no-store"
    return response


def _user(request: HttpRequest) -> User:
    user = require(request, Action.CALL_BACK)
    assert isinstance(user, User)
    return user


def _task(callback_id: int) -> CallbackTask:
    return CallbackTask.objects.select_related("taken_by").get(pk=callback_id)
