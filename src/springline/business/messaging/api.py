"""The outbox over HTTP: what waits, what was given up, send again."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from springline.business.accounts.roles import Action
from springline.business.http import BOTH, ApiError, answers, not_found, require
from springline.business.messaging import selectors, services
from springline.business.messaging.models import Message
from springline.business.phones import masked
from springline.platform.states import IllegalTransition

router = Router(tags=["messages"], auth=BOTH)


class AttemptOut(Schema):
    at: datetime
    outlet: str
    ok: bool
    code: str
    detail: str


class MessageOut(Schema):
    """`to` is masked."""

    id: int
    channel: str
    outlet: str
    to: str
    about: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    next_at: datetime | None
    error: str
    attempts: list[AttemptOut]


class MessagesOut(Schema):
    waiting: int
    dead: int
    oldest: datetime | None
    items: list[MessageOut]


@router.get("/messages", response=answers(MessagesOut, 422))
def list_messages(
    request: HttpRequest,
    state: str = "",
    channel: str = "",
    about: str = "",
    limit: int = Query(50, ge=1, le=200),
) -> MessagesOut:
    """The newest first, with how many wait and how many were given up."""
    require(request, Action.READ_MESSAGES)
    backlog = selectors.backlog()
    rows = selectors.messages(state=state, channel=channel, about=about)[:limit]
    return MessagesOut(
        waiting=backlog.waiting, dead=backlog.dead, oldest=backlog.oldest, items=[_out(row) for row in rows]
    )


@router.post("/messages/{message_id}/retry", response=answers(MessageOut, 404, 409))
def retry(request: HttpRequest, message_id: int) -> MessageOut:
    """Send a given-up message again."""
    actor = require(request, Action.MANAGE_MESSAGES)
    return _changed(lambda: services.revive(message_id, actor))


@router.post("/messages/{message_id}/cancel", response=answers(MessageOut, 404, 409))
def cancel(request: HttpRequest, message_id: int) -> MessageOut:
    actor = require(request, Action.MANAGE_MESSAGES)
    return _changed(lambda: services.cancel(message_id, actor))


def _changed(change: Callable[[], Message]) -> MessageOut:
    try:
        return _out(change())
    except Message.DoesNotExist:
        raise not_found("unknown_message") from None
    except IllegalTransition as error:
        raise ApiError(
            409, "not_possible", _("This is not possible in the message's state."), error.state
        ) from None


def _out(row: Message) -> MessageOut:
    return MessageOut(
        id=row.pk,
        channel=row.channel,
        outlet=row.outlet.name if row.outlet else "",
        to=masked(row.to) if row.to else "",
        about=row.about,
        state=row.state,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_at=row.next_at if row.state in {"waiting", "sending"} else None,
        error=row.error,
        attempts=[
            AttemptOut(at=one.at, outlet=one.outlet, ok=one.ok, code=one.code, detail=one.detail)
            for one in row.tries.all()
        ],
    )
