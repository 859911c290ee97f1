"""A supervisor in somebody's conversation, over HTTP. It is audited, like the hearing of a recording."""

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from springline.business.accounts.api import Done
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.hotline import commands
from springline.business.http import SESSION_ONLY, ApiError, answers, require_some
from springline.contracts.commands import Supervise
from springline.contracts.supervision import SuperviseWay

router = Router(tags=["calls"], auth=SESSION_ONLY)


class SuperviseIn(Schema):
    """`leave`: not any more."""

    way: SuperviseWay | Literal["leave"]


@router.post("/calls/{call_id}/supervise", response=answers(Done, 409, 422, 503))
def supervise(request: HttpRequest, call_id: str, body: SuperviseIn) -> Done:
    """The own device rings, and the supervisor is in the conversation that way; or changes the way."""
    actor = require_some(request, Action.SUPERVISE_CALLS)
    if actor.agent_id is None:
        raise ApiError(
            422, "device_missing", _("You have no device of your own; an administrator can give you one.")
        )
    way = None if body.way == "leave" else body.way
    commands.tell(Supervise(call_id=call_id, supervisor=actor.agent_id, way=way))
    audit(actor, "call.supervised", None, call_id=call_id, way=str(body.way))
    return Done()
