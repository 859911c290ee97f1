"""Who needs a second factor and has none yet reaches nothing but the page to set one up."""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

from springline.business.accounts import second_factor
from springline.business.accounts.models import User

PASSED = "second_factor"
_OPEN = ("/api/session", "/api/second-factor", "/api/health")
_GUARDED = ("/api/", "/admin/")


def standing(user: User) -> str:
    """off, on or needed."""
    if second_factor.enrolled(user):
        return "on"
    return "needed" if second_factor.required_of(user) else "off"


def closed(request: HttpRequest) -> bool:
    path = request.path_info
    if not path.startswith(_GUARDED) or path.startswith(_OPEN):
        return False
    user = request.user
    return isinstance(user, User) and not request.session.get(PASSED) and second_factor.required_of(user)


@sync_and_async_middleware
def second_factor_gate(get_response):  # type: ignore[no-untyped-def]
    if not iscoroutinefunction(get_response):

        def respond(request: HttpRequest) -> HttpResponseBase:
            return _refusal(request) if closed(request) else get_response(request)  # type: ignore[no-any-return]

        return respond

    async def respond_async(request: HttpRequest) -> HttpResponseBase:
        if await sync_to_async(closed)(request):
            return _refusal(request)
        return await get_response(request)  # type: ignore[no-any-return]

    markcoroutinefunction(respond_async)
    return respond_async


def _refusal(request: HttpRequest) -> HttpResponseBase:
    from springline.business.http import error_response

    if request.path_info.startswith("/admin/"):
        return HttpResponseRedirect("/desk/")
    return error_response(403, "second_factor_needed", _("Set up the second step of signing in first."))
