"""Signing in and out, and what the desk must know of the person who did."""

from datetime import datetime
from urllib.parse import urlsplit

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

import springline
from springline.business.accounts import gate, second_factor, softphone
from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.http import (
    SESSION_ONLY,
    ApiError,
    answers,
    error_response,
    locked_out,
    not_signed_in,
    require_some,
)
from springline.contracts.config import Device

router = Router(tags=["session"])


class Credentials(Schema):
    """`code`: of the authenticator app, or a recovery code; asked for by 401 code_needed."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)
    code: str = Field("", max_length=20)


class UserOut(Schema):
    id: int
    username: str
    name: str
    role: str
    language: str


class NamedOut(Schema):
    id: str
    name: str


class AgentOut(Schema):
    id: str
    name: str
    queues: list[NamedOut]
    device: str


class SoftphoneOut(Schema):
    """Where the desk registers; the password is asked for each time: POST /softphone."""

    ws_path: str
    uri: str
    username: str


class SessionOut(Schema):
    """`second_factor`: off, on, or needed: nothing else is answered until one is set up."""

    user: UserOut
    second_factor: str
    agent: AgentOut | None
    softphone: SoftphoneOut | None
    server_time: datetime
    version: str


class Done(Schema):
    ok: bool = True


@router.get("/session", response=answers(SessionOut), auth=None)
def read_session(request: HttpRequest) -> object:
    """Who is signed in; 401 when nobody is. Sets the `csrftoken` cookie either way."""
    get_token(request)
    if not request.user.is_authenticated:
        return not_signed_in()
    return describe(request.user)


@router.post("/session", response=answers(SessionOut, 429, 422), auth=None)
def sign_in(request: HttpRequest, response: HttpResponse, body: Credentials) -> object:
    """Sign in. 401 bad_credentials; 429 locked_out after five wrong passwords of one user at one address."""
    _refuse_foreign_page(request)
    user = authenticate(request, username=body.username, password=body.password)
    if user is None:
        if not AxesProxyHandler.is_allowed(request, {"username": body.username}):
            return locked_out(request)
        return error_response(401, "bad_credentials", _("User name or password is wrong."))
    assert isinstance(user, User)
    if second_factor.enrolled(user):
        if not body.code:
            return error_response(401, "code_needed", _("Enter the code of your authenticator app."))
        if not second_factor.verify(user, body.code):
            # Counted as a wrong password is: codes have six digits and could be guessed.
            user_login_failed.send(__name__, credentials={"username": body.username}, request=request)
            return error_response(401, "bad_code", _("The code is wrong or was used already."))
    login(request, user)
    request.session[gate.PASSED] = second_factor.enrolled(user)
    audit(user, "session.opened", user)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True
    )
    with translation.override(user.language):
        return describe(user)


@router.delete("/session", response=answers(Done), auth=SESSION_ONLY)
def sign_out(request: HttpRequest) -> Done:
    audit(request.user, "session.closed", request.user)  # type: ignore[arg-type]
    logout(request)
    softphone.doubts.raise_()
    return Done()


@router.post("/softphone", response=answers(softphone.Ticket, 403), auth=SESSION_ONLY)
def softphone_ticket(request: HttpRequest, response: HttpResponse) -> softphone.Ticket:
    """A password for the next registration of this session's softphone; kept in memory alone."""
    user = require_some(request, Action.WORK_AS_AGENT)
    assert isinstance(user, User)
    if user.agent is None or not user.agent.active or user.agent.device != Device.WEBRTC.value:
        raise ApiError(403, "no_softphone", _("Nobody works with a browser's telephone here."))
    response["Cache-Control"] = "private, no-store"
    return softphone.ticket(user, str(request.session.session_key), timezone.now())


def describe(user: User) -> SessionOut:
    agent = user.agent if user.agent and user.agent.active else None
    return SessionOut(
        user=UserOut(
            id=user.pk, username=user.username, name=user.name, role=user.role, language=user.language
        ),
        agent=agent
        and AgentOut(
            id=agent.id,
            name=agent.name,
            device=agent.device,
            queues=[NamedOut(id=queue.id, name=queue.name) for queue in agent.queues.all()],
        ),
        second_factor=gate.standing(user),
        softphone=SoftphoneOut(
            ws_path="/sip",
            uri=f"sip:agent-{agent.id}@springline",
            username=f"agent-{agent.id}",
        )
        if agent and agent.device == Device.WEBRTC.value
        else None,
        server_time=timezone.now(),
        version=springline.__version__,
    )


def _refuse_foreign_page(request: HttpRequest) -> None:
    """Login CSRF: a page elsewhere must not sign this browser in as somebody else."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host():
        raise ApiError(403, "foreign_origin", _("Please sign in on this site itself."))
