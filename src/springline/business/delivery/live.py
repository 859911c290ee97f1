"""GET /api/courier/live: `changed` as server-sent events, when a task or load of the courier's changed."""

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponseBase

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, Reach
from springline.business.delivery.models import Courier
from springline.business.http import error_response, forbidden, not_signed_in
from springline.business.live.hub import MISSED, Item
from springline.business.live.views import WordsOf, answer
from springline.contracts import codec
from springline.contracts.live import Notice

_TOLD = ("task", "load")


async def live(request: HttpRequest) -> HttpResponseBase:
    if request.method != "GET":
        return error_response(405, "bad_method", "GET")
    user = await sync_to_async(get_user)(request)
    if not isinstance(user, User):
        return not_signed_in()
    courier = await Courier.objects.filter(user=user, active=True).afirst()
    if courier is None or user.reach(Action.DELIVER) is Reach.NONE:
        error = forbidden()
        return error_response(error.status, error.code, error.message)
    return answer(request, user, frames_of(courier.pk))


def frames_of(courier_id: int) -> WordsOf:
    """Only what is about this courier's tasks and loads, and that something was missed: fetch again."""

    def frame(_viewer: User | ApiToken, item: Item) -> bytes:
        if not isinstance(item, Notice):
            return b""
        if item.kind == MISSED:
            return b"event: changed\ndata: {}\n\n"
        if item.kind in _TOLD and item.facts.get("courier_id") == courier_id:
            told = {item.kind: item.id, "state": item.facts.get("state")}
            return b"event: changed\ndata: " + codec.encode(told) + b"\n\n"
        return b""

    return frame
