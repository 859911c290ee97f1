"""Phone numbers as people and spreadsheets write them → E.164."""

import re
import unicodedata

import phonenumbers

_MOBILE = re.compile(r"1[3-9]\d{9}")
_NOISE = re.compile(r"[\s\-—–_.()（）·]+")
_EXTENSION = re.compile(r"(?:转|ext\.?|#|[x×]).*$|(?<=\d{7})[-—]\d{1,5}$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")


class NoNumber(ValueError):
    """`code`: empty, scientific, invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def to_e164(text: str, area_code: str = "0564") -> str:
    """Raises NoNumber. A number without an area code is taken to be in `area_code`.

    Mainland mobiles may come with 0, 86, 0086 or +86; a spreadsheet's eaten leading zero of an area code is
    put back; one that it turned into 1.38E+10 has lost digits and is refused rather than guessed.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if not plain:
        raise NoNumber("empty")
    plain = re.sub(r"\.0+$", "", plain)
    if _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        return to_e164(_whole(plain), area_code)
    plain = _NOISE.sub("", _EXTENSION.sub("", plain))
    digits = re.sub(r"^(?:\+|00)86", "", plain)
    if not plain.startswith("+") and _MOBILE.fullmatch(digits.removeprefix("86").removeprefix("0")):
        return f"+86{digits.removeprefix('86').removeprefix('0')}"
    if plain.startswith("+") and not plain.startswith("+86"):
        return _checked(plain)
    if not digits.isdigit():
        raise NoNumber("invalid")
    if _MOBILE.fullmatch(digits):
        return f"+86{digits}"
    if re.fullmatch(r"[2-8]\d{6,7}", digits):
        return _checked(f"+86{area_code.removeprefix('0')}{digits}")
    return _checked(f"+86{digits.removeprefix('0')}")


def tail_key(e164: str) -> str:
    """The digits backwards, so that an index finds numbers by their end."""
    return e164.lstrip("+")[::-1]


def _whole(text: str) -> str:
    """1.3800012345E+10 → 13800012345. Raises NoNumber when the spreadsheet has rounded digits away."""
    head, _e, exponent = text.replace(" ", "").lower().partition("e")
    whole, _dot, fraction = head.partition(".")
    if len(fraction) < int(exponent):
        raise NoNumber("scientific")
    return whole + fraction[: int(exponent)]


def _checked(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise NoNumber("invalid") from error
    if not phonenumbers.is_valid_number(parsed):
        raise NoNumber("invalid")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
