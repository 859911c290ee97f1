"""The books are reckoned again: a whole day of entries adds up, and any one wrong figure is named."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.day.books import (
    Books,
    BucketRow,
    Closing,
    DepositRow,
    LineRow,
    OrderRow,
    PaymentRow,
    VoucherRow,
    examine,
)

CUSTOMER, LOT, ORDER = 7, 3, 11


def voucher(
    seq: int, kind: str, qty: int, after: tuple[int, int, int], order: int | None = None
) -> VoucherRow:
    available, reserved, frozen = after
    return VoucherRow(
        lot_id=LOT,
        seq=seq,
        kind=kind,
        qty=qty,
        available=available,
        reserved=reserved,
        frozen=frozen,
        customer_id=CUSTOMER,
        order_id=order,
    )


def bucket(seq: int, kind: str, qty: int, out: int) -> BucketRow:
    return BucketRow(account_id=1, customer_id=CUSTOMER, seq=seq, kind=kind, qty=qty, out_after=out)


LINE = LineRow(order_id=ORDER, qty=3, unit_fen=1800, vouchers=2, delivered=3, redeemed=2, vouchers_owed=0)
ORDER_ROW = OrderRow(
    id=ORDER,
    no="S1",
    state="delivered",
    goods_fen=5400,
    delivery_fee_fen=200,
    floor_fee_fen=None,
    deposit_fen=3000,
    total_fen=8600,
    vouchers_fen=3600,
    vouchers_owed_fen=0,
    paid_fen=4000,
)
BOOKS = Books(
    vouchers=[
        voucher(1, "purchase", 10, (10, 0, 0)),
        voucher(2, "gift", 1, (11, 0, 0)),
        voucher(3, "reserve", 2, (9, 2, 0), ORDER),
        voucher(4, "redeem", 2, (9, 0, 0), ORDER),
        voucher(5, "freeze", 4, (5, 0, 4)),
    ],
    buckets=[bucket(1, "delivered", 3, 3), bucket(2, "returned", 1, 2), bucket(3, "surplus", 5, 2)],
    deposits=[
        DepositRow(
            account_id=1,
            customer_id=CUSTOMER,
            seq=1,
            kind="collect",
            qty=1,
            d_fen=3000,
            qty_after=1,
            fen_after=3000,
        )
    ],
    orders=[ORDER_ROW],
    lines=[LINE],
    payments=[PaymentRow(order_id=ORDER, fen=1000), PaymentRow(order_id=ORDER, fen=3000)],
)
CLOSING = Closing(vouchers=9, buckets=2, deposits=1, deposit_fen=3000)
LOTS = {LOT: (5, 0, 4)}
OWED = {ORDER: 1000}


def test_what_adds_up_is_not_complained_of() -> None:
    assert examine(BOOKS, {CUSTOMER: CLOSING}, LOTS, OWED) == []


def changed(row: msgspec.Struct, **fields: object) -> msgspec.Struct:
    return msgspec.structs.replace(row, **fields)


@pytest.mark.parametrize(
    ("part", "place", "fields", "what"),
    [
        ("vouchers", 4, {"available": 6}, "balance after"),
        ("vouchers", 3, {"order_id": None}, "vouchers redeemed"),
        ("vouchers", 4, {"seq": 6}, "entries missing"),
        ("buckets", 1, {"out_after": 3}, "out after"),
        ("deposits", 0, {"fen_after": 2999}, "held after"),
        ("orders", 0, {"goods_fen": 5399}, "goods"),
        ("orders", 0, {"total_fen": 8601}, "total"),
        ("orders", 0, {"paid_fen": 4100}, "paid"),
        ("orders", 0, {"vouchers_fen": 1800}, "worth of its vouchers"),
        ("lines", 0, {"redeemed": 1}, "vouchers due at the door"),
        ("lines", 0, {"vouchers_owed": 1}, "worth of vouchers owed"),
        ("payments", 0, {"fen": 999}, "total = paid + vouchers + owed"),
        ("orders", 0, {"state": "cancelled"}, "vouchers of a cancelled order"),
    ],
)
def test_one_wrong_figure_is_named(part: str, place: int, fields: dict[str, object], what: str) -> None:
    rows = list(getattr(BOOKS, part))
    rows[place] = changed(rows[place], **fields)

    found = examine(msgspec.structs.replace(BOOKS, **{part: rows}), {CUSTOMER: CLOSING}, LOTS, OWED)

    assert what in {difference.what for difference in found}


@pytest.mark.parametrize("name", Closing.__struct_fields__)
def test_the_product_s_own_words_are_checked(name: str) -> None:
    said = changed(CLOSING, **{name: getattr(CLOSING, name) + 1})

    [found] = examine(BOOKS, {CUSTOMER: said}, LOTS, OWED)  # type: ignore[dict-item]

    assert (found.where, found.what) == (f"customer {CUSTOMER}", name)


def test_a_lot_and_what_is_owed() -> None:
    found = examine(BOOKS, {}, {LOT: (5, 1, 4)}, {ORDER: 999})

    assert {difference.where for difference in found} == {f"lot {LOT}", "order S1"}


@given(st.integers(1, 20), st.integers(0, 20))
def test_vouchers_of_an_open_order_stay_set_aside(planned: int, reserved: int) -> None:
    order = changed(
        ORDER_ROW, state="assigned", paid_fen=0, goods_fen=planned * 1800, total_fen=planned * 1800 + 3200
    )
    books = msgspec.structs.replace(
        BOOKS,
        vouchers=[
            voucher(1, "purchase", 20, (20, 0, 0)),
            *([voucher(2, "reserve", reserved, (20 - reserved, reserved, 0), ORDER)] if reserved else []),
        ],
        orders=[order],
        lines=[changed(LINE, qty=planned, vouchers=planned, delivered=None, redeemed=0)],
        payments=[],
    )

    found = [difference.what for difference in examine(books, {}, {}, {})]

    assert found == ([] if planned == reserved else ["vouchers set aside"])


def test_the_second_table_of_effects_agrees_with_the_product_s() -> None:
    """Written twice on purpose; a new kind of entry must reach both."""
    from springline.business.vouchers.states import BucketKind, DepositKind, EntryKind
    from springline.day import books

    tables: list[tuple[dict[str, object], Callable[..., object]]] = [
        (books._VOUCHERS, EntryKind),  # type: ignore[list-item]
        (books._BUCKETS, BucketKind),  # type: ignore[list-item]
        (books._DEPOSITS, DepositKind),  # type: ignore[list-item]
    ]
    for table, kinds in tables:
        assert set(table) == {kind.value for kind in kinds}  # type: ignore[attr-defined]
