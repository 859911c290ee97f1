"""Vouchers, deposits and what is left to pay, as laws over any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.orders.money import Buckets, Sold, deposits_paid, spread, vouchers_used

COUNT = st.integers(0, 30)


@pytest.mark.parametrize(
    ("buying", "empties", "out", "deposited", "due"),
    [
        (2, 0, 0, 0, 2),  # a first order
        (2, 2, 2, 2, 0),  # one for one
        (3, 2, 2, 2, 1),  # one more than came back
        (2, 0, 0, 2, 0),  # deposits held from before
        (2, 2, 2, 0, 0),  # lent buckets, exchanged
        (2, 0, 3, 2, 2),  # a bucket is owed already: that one is not charged for
        (1, 5, 5, 5, 0),
    ],
)
def test_deposits_for_buckets_that_nothing_covers(
    buying: int, empties: int, out: int, deposited: int, due: int
) -> None:
    assert Buckets(buying=buying, empties=empties, out=out, deposited=deposited).to_deposit == due


@given(st.integers(1, 30), COUNT, COUNT, COUNT)
def test_a_deposit_is_never_for_more_than_is_bought(buying: int, empties: int, out: int, held: int) -> None:
    due = Buckets(buying=buying, empties=empties, out=out, deposited=held).to_deposit
    assert 0 <= due <= buying


@given(st.integers(0, 100), st.lists(COUNT, max_size=6))
def test_what_is_spread_is_all_there_or_everywhere_full(total: int, rooms: list[int]) -> None:
    shares = spread(total, rooms)
    assert all(0 <= share <= room for share, room in zip(shares, rooms, strict=True))
    assert sum(shares) == min(total, sum(rooms))


SOLD = st.lists(
    st.builds(Sold, unit_fen=st.integers(0, 9999), qty=COUNT, planned=COUNT), min_size=1, max_size=5
)


@given(SOLD, st.none() | st.integers(0, 100))
def test_vouchers_never_pay_for_more_than_was_left(lines: list[Sold], taken: int | None) -> None:
    used = vouchers_used(lines, taken)
    assert all(0 <= count <= line.qty for count, line in zip(used, lines, strict=True))
    if taken is not None:
        assert sum(used) == min(taken, sum(line.qty for line in lines))


def test_lines_that_were_to_be_paid_with_vouchers_come_first() -> None:
    lines = [Sold(unit_fen=1, qty=3, planned=0), Sold(unit_fen=1, qty=2, planned=2)]
    assert vouchers_used(lines, None) == [0, 2]
    assert vouchers_used(lines, 2) == [0, 2]
    assert vouchers_used(lines, 4) == [2, 2]
    assert vouchers_used(lines, 0) == [0, 0]


@given(
    st.integers(0, 100_000),
    st.integers(0, 50_000),
    st.dictionaries(st.integers(1, 3), COUNT),
    st.integers(0, 9000),
)
def test_the_water_is_paid_before_any_deposit(
    paid: int, goods: int, wanted: dict[int, int], price: int
) -> None:
    taken = deposits_paid(paid, goods, wanted, dict.fromkeys(wanted, price))
    assert all(0 <= taken[kind] <= qty for kind, qty in wanted.items())
    if price:
        assert sum(taken.values()) * price <= max(0, paid - goods)
        assert sum(taken.values()) == min(sum(wanted.values()), max(0, paid - goods) // price)
