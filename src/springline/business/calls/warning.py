"""A caller who abuses the agent, over HTTP: warned, and sent away if it goes on. Both are audited."""

from django.http import HttpRequest
from ninja import Router

from springline.business.accounts.api import Done
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.calls.handing_over import Acting, acting
from springline.business.hotline import commands
from springline.business.http import BOTH, answers
from springline.contracts.commands import Dismiss, Warn

router = Router(tags=["calls"], auth=BOTH)
_ANSWERS = answers(Done, 409, 422, 503)


@router.post("/calls/{call_id}/warn", response=_ANSWERS)
def warn(request: HttpRequest, call_id: str, body: Acting) -> Done:
    """Both hear `abuse.warn`, and the call is marked. Only once in a call."""
    actor, agent = acting(request, body, Action.HANG_UP_CALLS)
    commands.tell(Warn(call_id=call_id, agent=agent))
    audit(actor, "call.warned", None, call_id=call_id, agent=agent)
    return Done()


@router.post("/calls/{call_id}/dismiss", response=_ANSWERS)
def dismiss(request: HttpRequest, call_id: str, body: Acting) -> Done:
    """Both hear `abuse.end`, and the call ends. Only after the warning."""
    actor, agent = acting(request, body, Action.HANG_UP_CALLS)
    commands.tell(Dismiss(call_id=call_id, agent=agent))
    audit(actor, "call.dismissed", None, call_id=call_id, agent=agent)
    return Done()
