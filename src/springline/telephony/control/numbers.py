"""Numbers we call, and numbers we may show: never a 400 number (requirements §2.1)."""

import re
from collections.abc import Iterable

import phonenumbers

from springline.contracts.config import Config, OutboundConfig

_PREFIXES = re.compile(r"^(\+86|0086|86(?=[48]00))?0*")
_INBOUND_ONLY = re.compile(r"^(400|800)")
_DIGITS = re.compile(r"\+?\d{3,20}")


def bare(number: str) -> str:
    """The same however a carrier writes it: without country code and leading zeros."""
    return _PREFIXES.sub("", number) or number


def presentable(number: str, hotlines: Iterable[str] = ()) -> bool:
    """Whether `number` may stand as the caller of a call we make.

    A 400 or 800 number as a caller is taken for fraud and may cost the number, however it is written; so may
    none of our own `hotlines`.
    """
    own = bare(number)
    taken = {bare(hotline) for hotline in hotlines}
    return _DIGITS.fullmatch(number) is not None and not _INBOUND_ONLY.match(own) and own not in taken


def allowed(number: str, rules: OutboundConfig) -> bool:
    """Whether this E.164 number may be called: denied, unless a rule allows it."""
    if not number.startswith("+") or not any(number.startswith(head) for head in rules.allow):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def dialled(number: str) -> str:
    """E.164 as the trunk wants it: mainland numbers without +86, landlines with the 0 of their area code."""
    if not number.startswith("+86"):
        return f"00{number.removeprefix('+')}"
    national = number.removeprefix("+86")
    return national if national.startswith("1") and len(national) == 11 else f"0{national}"


def faults(config: Config) -> Iterable[str]:
    """What is wrong with the numbers that a config would show to the called."""
    hotlines = [hotline.number for hotline in config.hotlines]
    hotlines += [did for hotline in config.hotlines for did in hotline.dids if did.startswith(("400", "800"))]
    for hotline in config.hotlines:
        shown = hotline.outbound.callback_number if hotline.outbound else None
        if shown is not None and not presentable(shown, hotlines):
            yield (
                f"{hotline.number}：外显号码 {shown} 不能使用（400/800 号码不得作为主叫） "
                f"({shown} must not be shown to the called: 400 and 800 numbers only receive calls)"
            )
