"""From what a trunk sends as the caller to an E.164 number, or the reason why there is none.

Formats and traps: requirements §2.3.
"""

import re

import msgspec
import phonenumbers

from springline.contracts.events import CallerQuality

RAW_LIMIT = 80

_ANONYMOUS = {"", "anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "asserted"}
_SCHEME = re.compile(r"^(sips?|tel):", re.IGNORECASE)
_EXTENSION = re.compile(r"-\d{1,5}$")
_IP_DIALLING_PREFIX = re.compile(r"^(17951|17911|17909|12593|10193)(?=1\d{10}$|0\d{9,11}$)")
_SHORT = re.compile(r"^(1[0-2]\d{1,3}|9\d{4,5}|1[0-2]\d{4,6})$")
# Prefixes that the numbering plan gives to mobiles as a whole: most callers, and the plan takes its time.
_MOBILE = re.compile(r"(?:\+86)?(1(?:3\d|5[0-35-9]|8\d)\d{8})")
_LOCAL = re.compile(r"^[2-8]\d{6,7}$")


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """`e164` is set only for REAL and MASKED; `raw` is what the trunk sent, cut to RAW_LIMIT characters."""

    raw: str
    e164: str | None
    quality: CallerQuality


def identify(raw: str, area_code: str, masked: frozenset[str] = frozenset()) -> Caller:
    """`area_code` (with its 0, e.g. 0564) completes 7- and 8-digit local numbers.

    `masked` holds the E.164 numbers that the provider shows in place of every caller's own.
    """
    kept = raw[:RAW_LIMIT]
    bare = _strip(raw)
    if bare.lower() in _ANONYMOUS:
        return Caller(raw=kept, e164=None, quality=CallerQuality.ANONYMOUS)
    if _SHORT.match(bare):
        return Caller(raw=kept, e164=None, quality=CallerQuality.SHORT)
    # What follows the last hyphen is an extension or the number's own last group: whichever gives a number.
    e164 = _e164(_EXTENSION.sub("", bare), area_code) or _e164(bare, area_code)
    if e164 is None:
        return Caller(raw=kept, e164=None, quality=CallerQuality.INVALID)
    return Caller(raw=kept, e164=e164, quality=CallerQuality.MASKED if e164 in masked else CallerQuality.REAL)


def warm_up() -> None:
    """Reads the numbering plan now (10 ms and more), so that the first caller is not the one who waits."""
    identify("01088888888", "010")


def _strip(raw: str) -> str:
    bare = _SCHEME.sub("", raw.strip().strip("<>\"'"))
    bare = bare.partition("@")[0].partition(";")[0].rstrip("#").strip()
    return re.sub(r"[\s().]", "", bare)


def _e164(bare: str, area_code: str) -> str | None:
    bare = _IP_DIALLING_PREFIX.sub("", bare.replace("-", ""))
    if mobile := _MOBILE.fullmatch(bare):
        return f"+86{mobile[1]}"
    if _LOCAL.match(bare):
        bare = area_code + bare
    if not re.fullmatch(r"\+?\d{5,20}", bare):
        return None
    try:
        number = phonenumbers.parse(bare, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
