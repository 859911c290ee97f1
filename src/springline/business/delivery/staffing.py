"""How many couriers a region needs at an hour (§4.7), with the numbers it comes from. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LOAD_FACTOR = Fraction(85, 100)
WEEKS = 4


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are 0 to 1. `buckets_per_round` × `rounds_per_hour`: what one courier carries in an hour."""

    order_share: Fraction
    conversion: Fraction
    buckets_per_order: Fraction
    buckets_per_round: int
    rounds_per_hour: Fraction


@dataclass(frozen=True, slots=True)
class Advice:
    """`couriers` and how it came about: calls and orders an hour, buckets an hour, buckets one can bring."""

    couriers: int
    calls: Fraction
    orders: Fraction
    buckets: Fraction
    per_courier: Fraction


def usual_calls(last: Sequence[int | Fraction]) -> Fraction:
    """Mean of the same hour on the last four same weekdays, the newest last; nothing known is no calls."""
    recent = list(last)[-WEEKS:]
    return Fraction(sum(recent)) / len(recent) if recent else Fraction(0)


def advise(calls: Fraction, habits: Habits, other_orders: Fraction = Fraction(0)) -> Advice:
    """For one region and hour. `other_orders`: those an hour that come without a call.

    Raises ValueError when nobody could carry anything.
    """
    per_courier = habits.buckets_per_round * habits.rounds_per_hour * LOAD_FACTOR
    if per_courier <= 0:
        raise ValueError("a courier must be able to carry something")
    orders = calls * habits.order_share * habits.conversion + other_orders
    buckets = orders * habits.buckets_per_order
    return Advice(math.ceil(buckets / per_courier), calls, orders, buckets, per_courier)
