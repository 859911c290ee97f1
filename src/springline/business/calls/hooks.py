"""Where other rooms join in without being imported here (AppConfig.ready()): at the end of a call, and as
numbers become old.

A name is registered once; a second registration replaces the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from springline.business.calls.models import WrapUp
from springline.business.calls.states import Intent, WrapUpOutcome


@dataclass(frozen=True, kw_only=True)
class Clue:
    """What a call was about and came to, as one room knows it. The greatest `weight` wins.

    An order placed 100, a complaint 80, vouchers 60, an urged order 40; the keys pressed count 10.
    """

    intent: Intent
    outcome: WrapUpOutcome | None
    weight: int
    why_zh: str
    why_en: str


# Name → what this room knows of the call; None when nothing.
clues: dict[str, Callable[[str], Clue | None]] = {}
# Name → the orders (id, number) that the call gave.
orders: dict[str, Callable[[str], list[tuple[int, str]]]] = {}
# Called in the transaction that saves what the agent noted, with the caller's number (E.164) and region.
wrapped_up: dict[str, Callable[[WrapUp, str | None, str | None], None]] = {}
# Name → forgets what is kept of numbers since before a moment, or only counts it; returns how many rows.
old_numbers: dict[str, Callable[[datetime, bool], int]] = {}


def orders_of(call_id: str) -> list[tuple[int, str]]:
    return [found for look in orders.values() for found in look(call_id)]
