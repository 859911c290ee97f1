"""A caller handed over or a colleague asked, over HTTP: what the talking agent does with an own call."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from springline.business import phones
from springline.business.accounts.api import Done
from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, may
from springline.business.accounts.services import audit
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.hotline import commands
from springline.business.http import BOTH, ApiError, answers, forbidden, require_some
from springline.contracts.commands import Consult, ConsultWay, GoOnFromConsult, Transfer

router = Router(tags=["calls"], auth=BOTH)
_ANSWERS = answers(Done, 409, 422, 503)


class Acting(Schema):
    """`agent`: who talks, for API tokens and supervisors; without it the signed-in user's own."""

    agent: str | None = None


class CallTransferIn(Acting):
    """One of three: `to_agent` is asked first, `queue` gives the caller to whose turn it is, `number` is
    called over the trunk."""

    queue: str | None = None
    to_agent: str | None = None
    number: str | None = Field(None, max_length=40)


class ConsultIn(Acting):
    """One of both; `number` is called over the trunk."""

    to_agent: str | None = None
    number: str | None = Field(None, max_length=40)


@router.post("/calls/{call_id}/transfer", response=_ANSWERS)
def transfer(request: HttpRequest, call_id: str, body: CallTransferIn) -> Done:
    """Give the caller away at once. They are never lost: whom nobody takes waits or leaves a message."""
    actor, agent = acting(request, body, Action.TRANSFER_CALLS)
    if sum(to is not None for to in (body.queue, body.to_agent, body.number)) != 1:
        raise ApiError(422, "whereto_missing", _("Choose a queue, a colleague or a number."))
    to = {"queue": body.queue, "to_agent": body.to_agent}
    number = _number(body.number)
    commands.tell(Transfer(call_id=call_id, agent=agent, number=number, **to))
    audit(actor, "call.transferred", None, call_id=call_id, outside=_hidden(number), **to)
    return Done()


@router.post("/calls/{call_id}/consult", response=_ANSWERS)
def consult(request: HttpRequest, call_id: str, body: ConsultIn) -> Done:
    """Ring a colleague, or somebody outside, and talk with them; the caller hears music."""
    actor, agent = acting(request, body, Action.TRANSFER_CALLS)
    if (body.to_agent is None) == (body.number is None):
        raise ApiError(422, "whereto_missing", _("Choose a queue, a colleague or a number."))
    number = _number(body.number)
    commands.tell(Consult(call_id=call_id, agent=agent, to_agent=body.to_agent, number=number))
    if number is not None:
        audit(actor, "call.consulted_outside", None, call_id=call_id, outside=_hidden(number))
    return Done()


@router.post("/calls/{call_id}/consult/{way}", response=_ANSWERS)
def go_on(request: HttpRequest, call_id: str, way: ConsultWay, body: Acting) -> Done:
    """`return` to the caller, let the colleague take over (`complete`), or talk all three (`join`)."""
    _actor, agent = acting(request, body, Action.TRANSFER_CALLS)
    commands.tell(GoOnFromConsult(call_id=call_id, agent=agent, way=way))
    return Done()


def acting(request: HttpRequest, body: Acting, action: Action) -> tuple[User | ApiToken, str]:
    """Who asks, and for which agent. Raises ApiError."""
    actor = require_some(request, action)
    agent = body.agent or actor.agent_id
    if agent is None:
        raise ApiError(422, "agent_missing", _("Say which agent."))
    if not may(actor, action, agent):
        raise forbidden()
    return actor, agent


def _number(text: str | None) -> str | None:
    """In E.164. Raises ApiError 422."""
    if text is None:
        return None
    try:
        return to_e164(text)
    except NoNumber as error:
        raise ApiError(422, "bad_number", _("This is no telephone number.")) from error


def _hidden(number: str | None) -> str | None:
    return phones.masked(number) if number is not None else None
