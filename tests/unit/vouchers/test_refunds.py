"""The refund formula; pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.vouchers.refunds import LotFacts, refund, worth

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gone", "days", "fen", "rule"),
    [
        (0, 3, 20_000, "seven_days"),
        (0, 7, 20_000, "seven_days"),
        (0, 8, 20_000, "used_at_paid_price"),
        (1, 3, 20_000, "used_at_paid_price"),
        (4, 3, 14_000, "used_at_paid_price"),
        (11, 3, 0, "used_at_paid_price"),
    ],
)
def test_ten_for_200_and_one_given(gone: int, days: int, fen: int, rule: str) -> None:
    lot = LotFacts(paid_fen=20_000, paid_qty=10, gifts=1, gone=gone, bought_at=NOON)
    found = refund(lot, NOON + timedelta(days=days))
    assert (found.fen, found.rule) == (fen, rule)
    assert f"{fen // 100}.00" in found.zh
    assert f"{fen // 100}.00" in found.en


@given(st.integers(0, 10**6), st.integers(0, 200), st.integers(0, 50), st.integers(0, 300))
def test_worth_falls_to_nothing_and_never_below(paid: int, qty: int, gifts: int, gone: int) -> None:
    here, after = worth(paid, qty, gifts, gone), worth(paid, qty, gifts, gone + 1)
    assert paid >= here >= after >= 0
    if qty and gone >= qty + gifts:
        assert here == 0
