"""The second step of signing in: codes of an authenticator app (RFC 6238), and one-time recovery codes.

Who may listen to other people's calls, export data or run the back office needs it, as soon as other machines
reach the house (setting `second_factor`: auto, always, never).
"""

import hashlib
import io
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import qrcode
import qrcode.image.svg
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from springline.business import sealing
from springline.business.accounts.models import RecoveryCode, SecondFactor, User
from springline.business.accounts.roles import NEEDS_SECOND_FACTOR, Reach
from springline.business.accounts.services import audit
from springline.platform.settings import Settings

STEP_SECONDS, ALLOWED_STEPS = 30, 1
RECOVERY_CODES = 8
_PURPOSE = "second factor"
_LOOPBACK = ("127.", "localhost", "::1")


@dataclass(frozen=True)
class Enrolment:
    """`uri` is what the app reads, `picture` the same as an SVG, `secret` the same for typing."""

    secret: str
    uri: str
    picture: str


def required_of(user: User, home: Settings | None = None) -> bool:
    """Whether this person must use a second factor here."""
    home = home or settings.HOME
    if home.second_factor == "never":
        return False
    if home.second_factor == "auto" and not home.tls_names and home.web_host.startswith(_LOOPBACK):
        return False
    return any(user.reach(action) is Reach.ALL for action in NEEDS_SECOND_FACTOR)


def enrolled(user: User) -> bool:
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


@transaction.atomic
def begin(user: User) -> Enrolment:
    """A new secret, of no effect until `confirm`. Raises ValueError when one is in force already."""
    if enrolled(user):
        raise ValueError("a second factor is in force")
    secret = pyotp.random_base32()
    sealed = sealing.seal({"secret": secret}, _PURPOSE)
    SecondFactor.objects.update_or_create(user=user, defaults={"sealed": sealed, "last_step": 0})
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="泉线 Springline")
    return Enrolment(secret, uri, _picture(uri))


@transaction.atomic
def confirm(user: User, code: str, now: datetime | None = None) -> list[str] | None:
    """The recovery codes, shown once, when `code` is right; None when it is not."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if factor is None or not _matches(factor, code, now or timezone.now()):
        return None
    factor.confirmed_at = now or timezone.now()
    factor.save(update_fields=["confirmed_at"])
    codes = [f"{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(one)) for one in codes)
    audit(user, "second_factor.enrolled", user)
    return codes


@transaction.atomic
def verify(user: User, code: str, now: datetime | None = None) -> bool:
    """Whether `code` is the app's present one or an unused recovery code. Neither works twice."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        return False
    if _matches(factor, code, now or timezone.now()):
        return True
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(code), used_at=None)
    if unused.update(used_at=timezone.now()):
        audit(user, "second_factor.recovery_used", user)
        return True
    return False


@transaction.atomic
def remove(user: User, by: User | None) -> None:
    """For a person whose phone is gone: they enrol again at the next sign-in."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    audit(by, "second_factor.removed", user)


def _matches(factor: SecondFactor, code: str, now: datetime) -> bool:
    """A code that was used, or one before it, is refused: somebody may have looked over a shoulder."""
    secret = sealing.unseal(factor.sealed, _PURPOSE).get("secret")
    if secret is None:
        return False
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(present - ALLOWED_STEPS, present + ALLOWED_STEPS + 1):
        if step > factor.last_step and secrets.compare_digest(app.generate_otp(step), _digits(code)):
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
    return False


def _digits(code: str) -> str:
    return "".join(sign for sign in code if sign.isascii() and sign.isdigit())


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()


def _picture(uri: str) -> str:
    image, out = qrcode.make(uri, image_factory=qrcode.image.svg.SvgPathImage, border=2), io.BytesIO()
    image.save(out)
    return out.getvalue().decode()
