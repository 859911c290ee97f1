"""Setting up the second step of signing in."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from springline.business.accounts import gate, second_factor
from springline.business.accounts.api import Done
from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.http import SESSION_ONLY, ApiError, answers

router = Router(tags=["session"], auth=SESSION_ONLY)


class EnrolmentOut(Schema):
    """`picture` is an SVG of the QR code, `secret` the same for typing."""

    secret: str
    uri: str
    picture: str


class CodeIn(Schema):
    code: str = Field(max_length=20)


class RecoveryOut(Schema):
    """Each works once; they are never shown again."""

    recovery_codes: list[str]


@router.post("/second-factor", response=answers(EnrolmentOut, 409))
def begin(request: HttpRequest) -> EnrolmentOut:
    """A new secret for the signed-in person's authenticator app; without effect until it is confirmed."""
    try:
        made = second_factor.begin(_user(request))
    except ValueError:
        raise ApiError(409, "enrolled", _("The second step is set up already.")) from None
    return EnrolmentOut(secret=made.secret, uri=made.uri, picture=made.picture)


@router.post("/second-factor/confirm", response=answers(RecoveryOut, 422))
def confirm(request: HttpRequest, body: CodeIn) -> RecoveryOut:
    codes = second_factor.confirm(_user(request), body.code)
    if codes is None:
        raise ApiError(422, "bad_code", _("The code is wrong or was used already."))
    request.session[gate.PASSED] = True
    return RecoveryOut(recovery_codes=codes)


@router.post("/second-factor/remove", response=answers(Done, 422))
def remove(request: HttpRequest, body: CodeIn) -> Done:
    """Asks for a code once more: a desk that was left open must not lose its second step."""
    user = _user(request)
    if not second_factor.verify(user, body.code):
        audit(user, "second_factor.removal_refused", user)
        raise ApiError(422, "bad_code", _("The code is wrong or was used already."))
    second_factor.remove(user, user)
    request.session[gate.PASSED] = False
    return Done()


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User), "the router asks for a session"
    return user
