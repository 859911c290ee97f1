"""The staffing advisor: the example of the requirements, and what must hold for any numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.delivery.staffing import Habits, advise, usual_calls

YUAN = Habits(Fraction(6, 10), Fraction(8, 10), Fraction(18, 10), 10, Fraction(3, 2))


def test_the_example_of_yuan() -> None:
    """40 calls a day, 40 % of them in two hours: 3.84 orders and 6.9 buckets an hour, one courier."""
    found = advise(Fraction(40) * Fraction(4, 10) / 2, YUAN)
    assert (found.couriers, float(found.orders), float(found.per_courier)) == (1, 3.84, 12.75)
    assert float(found.buckets) == pytest.approx(6.912)


def test_orders_without_a_call_count_too() -> None:
    assert advise(Fraction(8), YUAN, Fraction(4)).couriers == 2


@pytest.mark.parametrize(("last", "mean"), [([], 0), ([4], 4), ([100, 1, 2, 3, 4], Fraction(10, 4))])
def test_usual_calls(last: list[int], mean: Fraction) -> None:
    assert usual_calls(last) == mean


def test_who_carries_nothing() -> None:
    with pytest.raises(ValueError, match="carry"):
        advise(Fraction(1), Habits(Fraction(1), Fraction(1), Fraction(1), 0, Fraction(1)))


@given(st.fractions(0, 500), st.fractions(0, 500))
def test_enough_and_no_more(calls: Fraction, more: Fraction) -> None:
    found = advise(calls, YUAN)
    assert (found.couriers - 1) * found.per_courier < found.buckets <= found.couriers * found.per_courier or (
        found.couriers == 0 == found.buckets
    )
    assert advise(calls + more, YUAN).couriers >= found.couriers
