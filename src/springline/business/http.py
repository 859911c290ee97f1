"""What every endpoint shares: who asks, what they may, and errors with a stable code."""

from typing import Any

import structlog
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, Reach, may
from springline.business.accounts.services import find_token
from springline.contracts.commands import Refused

log = structlog.get_logger("web")


class ErrorOut(Schema):
    code: str
    message: str
    detail: Any = None


class ApiError(Exception):
    """An answer that is no success: `code` is stable, `message` is for people, in the request's language."""

    def __init__(self, status: int, code: str, message: str, detail: object = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.detail = status, code, message, detail


class SignedIn(SessionAuth):
    """The desk's session cookie; unsafe methods also need the X-CSRFToken header."""

    # The real name ends in the home's port; the OpenAPI document must not depend on it.
    param_name = "springline_PORT"

    def __call__(self, request: HttpRequest) -> User | None:
        # Who is not signed in is told so, rather than that a CSRF token is missing.
        return super().__call__(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        return request.user  # type: ignore[return-value]


class Token(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return find_token(token)


# The token first: a request that carries one must not be refused for a missing CSRF header.
BOTH = [Token(), SignedIn()]
SESSION_ONLY = [SignedIn()]

_STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 503, 507)


def answers(kind: Any, *statuses: int) -> dict[Any, Any]:
    """Ninja's `response` of an endpoint that answers `kind`, or ErrorOut with 401, 403 and `statuses`."""
    codes = frozenset({401, 403, *statuses})
    assert codes <= set(_STATUSES)
    return {200: kind, codes: ErrorOut}


def actor_of(request: HttpRequest) -> User | ApiToken:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def require(request: HttpRequest, action: Action, agent_id: str | None = None) -> User | ApiToken:
    """The actor, when they may do `action` to what belongs to `agent_id`. Raises ApiError 403."""
    actor = actor_of(request)
    if not may(actor, action, agent_id):
        raise forbidden()
    return actor


def require_some(request: HttpRequest, action: Action) -> User | ApiToken:
    """The actor, when they may do `action` at least to what is their own. Raises ApiError 403."""
    actor = actor_of(request)
    if actor.reach(action) is Reach.NONE:
        raise forbidden()
    return actor


def forbidden() -> ApiError:
    return ApiError(403, "forbidden", _("You are not allowed to do this."))


def not_found(code: str = "not_found") -> ApiError:
    return ApiError(404, code, _("There is no such thing."))


def refused(reply: Refused) -> ApiError:
    return ApiError(409, reply.code, reply.message_en if english() else reply.message_zh)


def english() -> bool:
    """Whether the request's language is English."""
    return (get_language() or "").startswith("en")


def control_away() -> ApiError:
    return ApiError(503, "control_away", _("The telephone system does not answer at the moment."))


def error_response(status: int, code: str, message: str, detail: object = None) -> JsonResponse:
    body = {"code": code, "message": message, "detail": detail}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def not_signed_in() -> JsonResponse:
    return error_response(401, "not_signed_in", _("Please sign in."))


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What django-axes answers after too many wrong passwords, here and on the back office's sign-in page."""
    message = _("Too many attempts. Try again in a quarter of an hour.")
    if request.path_info.startswith("/api/"):
        return error_response(429, "locked_out", message)
    return HttpResponse(message, status=429, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(403, "csrf_failed", _("Please reload the page and try again."), reason)


def _is_full(error: OperationalError) -> bool:
    """SQLite's SQLITE_FULL, PostgreSQL's 53100 disk_full."""
    return "disk is full" in str(error) or getattr(error.__cause__, "sqlstate", None) == "53100"


def install(api: NinjaAPI) -> None:
    """Give `api` the one shape of errors."""

    @api.exception_handler(ApiError)
    def _api_error(_request: HttpRequest, error: ApiError) -> HttpResponse:
        return error_response(error.status, error.code, error.message, error.detail)

    @api.exception_handler(AuthenticationError)
    def _unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return not_signed_in()

    @api.exception_handler(Http404)
    def _missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return error_response(404, "not_found", _("There is no such thing."))

    @api.exception_handler(ValidationError)
    def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        # Without `input` and `ctx`: what was sent may be a password or a caller's number.
        detail = [{"loc": item.get("loc"), "msg": item.get("msg")} for item in error.errors]
        return error_response(422, "invalid", _("The request is not valid."), detail)

    @api.exception_handler(HttpError)
    def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
        code = {400: "bad_request", 403: "csrf_failed", 405: "bad_method"}.get(error.status_code, "refused")
        return error_response(error.status_code, code, str(error.message))

    @api.exception_handler(DataError)
    def _unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
        # PostgreSQL takes no NUL in a text, for one.
        log.warning("request_unstorable", path=request.path, method=request.method, exc_info=error)
        return error_response(422, "invalid", _("The request is not valid."))

    @api.exception_handler(OverflowError)
    def _too_large(_request: HttpRequest, _error: OverflowError) -> HttpResponse:
        # A number of more than 64 bits, which neither database can look for.
        return error_response(422, "invalid", _("The request is not valid."))

    @api.exception_handler(OperationalError)
    def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
        # Locked for longer than one waits, out of connections, or away: the same request may succeed later.
        log.error("database_busy", path=request.path, method=request.method, exc_info=error)
        if _is_full(error):
            return error_response(
                507, "disk_full", _("The disk is full: nothing was stored. Make room, then try again.")
            )
        message = _("The database is busy or away. Please try again in a moment.")
        return error_response(503, "database_busy", message)

    @api.exception_handler(Exception)
    def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("request_failed", path=request.path, method=request.method, exc_info=error)
        return error_response(500, "internal", _("Something went wrong here. It has been logged."))
