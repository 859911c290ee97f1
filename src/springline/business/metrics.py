"""`/metrics`: the figures of all programs for Prometheus, for this machine or with a token."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST

from springline.business import control
from springline.business.accounts.services import find_token
from springline.platform import metrics

LOCAL = {"127.0.0.1", "::1"}
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


async def page(request: HttpRequest) -> HttpResponse:
    if not (_is_local(request) or await _has_token(request)):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    own = control.link.name
    others = [name for name in settings.HOME.web_names if name != own]
    text = await metrics.collect(control.link.bus, ("control", "worker", *others), own=own)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _is_local(request: HttpRequest) -> bool:
    """Whoever comes through a proxy of this machine is from elsewhere."""
    proxied = any(name in request.headers for name in PROXIED)
    return request.META.get("REMOTE_ADDR") in LOCAL and not proxied


async def _has_token(request: HttpRequest) -> bool:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and await sync_to_async(find_token)(text.strip()) is not None
