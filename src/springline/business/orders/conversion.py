"""“来电订水 → 实际下单” (N1) by the formula of requirements §1.3. Pure; `converting.py` reads the facts.

Rate = intents with a valid order ÷ intents. Calls of the same customer or number within two hours are one
intent. It is converted by an order of one of its calls, or by an order of the same customer, whatever the
channel, within 24 hours of the first call; an order that was cancelled within 30 minutes does not count. What
nobody delivers to stays in the denominator; `rate_inside` leaves it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ONE_INTENT = timedelta(hours=2)
ORDER_WITHIN = timedelta(hours=24)
TOO_SHORT = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class IntentCall:
    """A call for water. `who`: the customer, else the number, else (it is hidden) the call itself."""

    call_id: str
    at: datetime
    who: str
    outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Placed:
    call_id: str
    who: str
    at: datetime
    cancelled_at: datetime | None = None

    @property
    def valid(self) -> bool:
        return self.cancelled_at is None or self.cancelled_at - self.at >= TOO_SHORT


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """`outside`: intents without an order that nobody delivers to. A rate of nothing is None."""

    intents: int
    converted: int
    outside: int

    @property
    def rate(self) -> float | None:
        return self.converted / self.intents if self.intents else None

    @property
    def rate_inside(self) -> float | None:
        inside = self.intents - self.outside
        return self.converted / inside if inside else None


@dataclass
class _Intent:
    who: str
    began: datetime
    calls: list[IntentCall] = field(default_factory=list)


def conversion(calls: Iterable[IntentCall], orders: Iterable[Placed]) -> Conversion:
    intents = _intents(calls)
    valid = [order for order in orders if order.valid]
    of_call = {order.call_id for order in valid if order.call_id}
    of_whom: dict[str, list[datetime]] = {}
    for order in valid:
        of_whom.setdefault(order.who, []).append(order.at)
    converted = [_converted(intent, of_call, of_whom.get(intent.who, ())) for intent in intents]
    outside = [
        any(call.outside for call in intent.calls) and not done
        for intent, done in zip(intents, converted, strict=True)
    ]
    return Conversion(intents=len(intents), converted=sum(converted), outside=sum(outside))


def _intents(calls: Iterable[IntentCall]) -> list[_Intent]:
    found: list[_Intent] = []
    last: dict[str, _Intent] = {}
    for call in sorted(calls, key=lambda call: (call.at, call.call_id)):
        intent = last.get(call.who)
        if intent is None or call.at - intent.began >= ONE_INTENT:
            intent = last[call.who] = _Intent(call.who, call.at)
            found.append(intent)
        intent.calls.append(call)
    return found


def _converted(intent: _Intent, of_call: set[str], theirs: Sequence[datetime]) -> bool:
    if any(call.call_id in of_call for call in intent.calls):
        return True
    return any(intent.began <= at < intent.began + ORDER_WITHIN for at in theirs)
