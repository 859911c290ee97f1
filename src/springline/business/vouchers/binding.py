"""T08: whether a caller from a new number is who they say: two of three answers must be right. Pure.

The agent types what the caller says and hears only whether it fits; the facts stay on this side.
"""

import re
from dataclasses import dataclass
from datetime import date

NEEDED = 2
_NOISE = re.compile(r"[\s,，。.、;；:：#-]+")
_SHORTEST = 4


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What we know. `last_order`: (number, day, SKU); `purchases`: the days vouchers were bought."""

    addresses: tuple[str, ...] = ()
    last_order: tuple[str, date, str] | None = None
    purchases: tuple[date, ...] = ()
    lots: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the caller says; empty or None is no answer."""

    address: str = ""
    order_no: str = ""
    order_day: date | None = None
    purchase_day: date | None = None
    lot: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`matched` names of `address`, `last_order`, `purchase`; `asked` those that had an answer."""

    matched: tuple[str, ...]
    asked: tuple[str, ...]
    passed: bool


def verify(facts: Facts, answers: Answers) -> Verdict:
    """An address fits when one contains the other and at least four characters agree; days fit to the day."""
    order = facts.last_order
    checks = {
        "address": (bool(answers.address), _address_fits(facts.addresses, answers.address)),
        "last_order": (
            bool(answers.order_no) or answers.order_day is not None,
            order is not None and (answers.order_no == order[0] or answers.order_day == order[1]),
        ),
        "purchase": (
            answers.purchase_day is not None or answers.lot is not None,
            answers.purchase_day in facts.purchases or answers.lot in facts.lots,
        ),
    }
    matched = tuple(name for name, (asked, fits) in checks.items() if asked and fits)
    asked = tuple(name for name, (asked, _fits) in checks.items() if asked)
    return Verdict(matched=matched, asked=asked, passed=len(matched) >= NEEDED)


def _address_fits(known: tuple[str, ...], said: str) -> bool:
    told = _NOISE.sub("", said)
    if len(told) < _SHORTEST:
        return False
    plain = [_NOISE.sub("", one) for one in known]
    return any(len(one) >= _SHORTEST and (told in one or one in told) for one in plain)
