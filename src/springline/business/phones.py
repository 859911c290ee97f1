"""Phone numbers for people: grouped, or masked for those who need not know them."""

import base64
import re

import phonenumbers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat

from springline.contracts.events import CallerQuality

SIGN = "~"
"""Behind it, in a number that is no longer kept: what tells it from other numbers of the same masked form."""

_SIGN_LETTERS = 8
# A trunk may send anything: what only looks like one would be shown as it is.
_PSEUDONYM = re.compile(rf"(?=.{{4,11}}{SIGN})(\+?\d*\*{{4}}\d*){SIGN}[a-z2-7]{{{_SIGN_LETTERS}}}", re.ASCII)
_MOBILE = re.compile(r"1\d{10}")
# 400 and 800: paid for by both, or by who is called.
_SERVICE = re.compile(r"[48]00\d{7}")


def grouped(e164: str) -> str:
    """+8613800012345 → 138 0001 2345; +865643210000 → 0564 321 0000; +864000564000 → 400 056 4000.

    Foreign numbers keep their +.
    """
    if _PSEUDONYM.fullmatch(e164):
        return masked(e164)
    national = _mainland(e164)
    if national is None:
        parsed = _parsed(e164)
        return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL) if parsed else e164
    if _MOBILE.fullmatch(national):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    if _SERVICE.fullmatch(national):
        return f"{national[:3]} {national[3:6]} {national[6:]}"
    area, local = _area_and_local(national)
    if not area:
        return national
    return f"{area} {local[:-4]} {local[-4:]}"


def masked(number: str) -> str:
    """+8613800012345 → 138****2345; +865643210000 → 0564****000; what is no number stays hidden."""
    if kept := _PSEUDONYM.fullmatch(number):
        return kept[1]
    national = _mainland(number)
    if national is None:
        return f"{number[:3]}****" if number.startswith("+") and len(number) > 6 else "****"
    if _MOBILE.fullmatch(national):
        return f"{national[:3]}****{national[7:]}"
    area, local = _area_and_local(national)
    return f"{area}****{local[-3:]}" if area else "****"


def pseudonym(number: str) -> str:
    """+8613800012345 → 138****2345~k7wq2mab, at most 20 characters: the same for the same number.

    Only with the home's key can it be tried which number it was; a number that is one already stays.
    """
    if _PSEUDONYM.fullmatch(number):
        return number
    digest = salted_hmac("springline.numbers", number, algorithm="sha256").digest()
    return f"{masked(number)}{SIGN}{base64.b32encode(digest).decode().lower()[:_SIGN_LETTERS]}"


def whole(number: str | None) -> str | None:
    """The number, None where only its masked form is kept."""
    return None if number is None or _PSEUDONYM.fullmatch(number) else number


def display(caller: str | None, raw: str, quality: str, *, show: bool) -> str:
    """What a screen shows for a caller, in the request's language. `show`: the viewer may see numbers."""
    if caller:
        return grouped(caller) if show else masked(caller)
    if quality == CallerQuality.ANONYMOUS:
        return _("Anonymous")
    if quality == CallerQuality.SHORT and raw.isdigit() and show:
        return raw
    return _("Unknown number")


def _mainland(e164: str) -> str | None:
    """The digits dialled within mainland China, with the trunk 0 of landlines; None for other numbers."""
    if not re.fullmatch(r"\+86\d{5,12}", e164):
        return None
    digits = e164[3:]
    return digits if _MOBILE.fullmatch(digits) or digits.startswith(("400", "800")) else f"0{digits}"


def _area_and_local(national: str) -> tuple[str, str]:
    # Two-digit area codes: 10 (Beijing) and 2x; all others have three digits.
    if not national.startswith("0"):
        return "", national
    size = 3 if national[1] in "12" else 4
    return national[:size], national[size:]


def _parsed(e164: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
