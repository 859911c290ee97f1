"""Headers and cookies that depend on the request: which page may do what, and cookies over TLS."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from csp.constants import HEADER, SELF
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_Answer = Callable[[HttpRequest], Any]

# Unfold runs Alpine.js, which compiles expressions in attributes, and has inline scripts.
_ADMIN = {"script-src": ["'unsafe-inline'", "'unsafe-eval'"]}
_PICTURES = {"img-src": [SELF, "data:", "blob:"]}
_PAGES: dict[str, dict[str, list[str]]] = {
    "/admin/": _ADMIN,
    "/api/docs": _PICTURES,
    # Shows photos that wait to be sent. What its service worker keeps comes from /static/.
    "/courier/": _PICTURES,
    "/static/courier/": _PICTURES,
}


class ContentPolicy(CSPMiddleware):  # type: ignore[misc]
    """What the API answers has one policy, which is put together once instead of for each answer."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if _of_the_api(request, response):
            response.headers.setdefault(HEADER, _policy())
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        return answer


def _of_the_api(request: HttpRequest, response: HttpResponseBase) -> bool:
    told = hasattr(response, "_csp_update") or response.status_code >= 400  # noqa: PLR2004
    return request.path_info.startswith("/api/") and not told


@cache
def _policy() -> str:
    return str(build_policy())


def page_policies(get_response: _Answer) -> _Answer:
    def finish(request: HttpRequest, response: HttpResponseBase) -> None:
        for prefix, more in _PAGES.items():
            if request.path_info.startswith(prefix):
                response._csp_update = more  # type: ignore[attr-defined]

    return around(get_response, finish=finish)


def api_language(get_response: _Answer) -> _Answer:
    """On the API the language that the request names wins over the one chosen at sign-in.

    The desk can be switched to another language at any time and says in each request which one it shows.
    """

    def begin(request: HttpRequest) -> None:
        if request.path_info.startswith("/api/") and "Accept-Language" in request.headers:
            request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)

    return around(get_response, begin)


def secure_cookies(get_response: _Answer) -> _Answer:
    """Cookies set over https stay on https; plain http (one machine, the demo) keeps working."""

    def finish(request: HttpRequest, response: HttpResponseBase) -> None:
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True

    return around(get_response, finish=finish)


def _nothing(*_args: object) -> None:
    pass


def around(
    get_response: _Answer,
    begin: Callable[[HttpRequest], None] = _nothing,
    finish: Callable[[HttpRequest, HttpResponseBase], None] = _nothing,
) -> _Answer:
    """A middleware's inside, for both kinds of servers."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        begin(request)
        response: HttpResponseBase = get_response(request)
        finish(request, response)
        return response

    async def respond_async(request: HttpRequest) -> HttpResponseBase:
        begin(request)
        waiting: Awaitable[HttpResponseBase] = get_response(request)
        response = await waiting
        finish(request, response)
        return response

    if iscoroutinefunction(get_response):
        markcoroutinefunction(respond_async)
        return respond_async
    return respond


for _function in (page_policies, secure_cookies, api_language):
    _function.sync_capable = _function.async_capable = True  # type: ignore[attr-defined]
