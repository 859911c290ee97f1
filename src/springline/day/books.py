"""The books, reckoned again from their entries. Pure, and on purpose none of the product's code.

What an entry does to a balance is written here a second time, as requirements §4 has it. Money in 分.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

from springline.day.sheet import Difference

# What one voucher of an entry adds to (available, reserved, frozen).
_VOUCHERS = {
    **dict.fromkeys(("purchase", "gift", "compensate", "transfer_in", "reverse"), (1, 0, 0)),
    **dict.fromkeys(("refund", "transfer_out"), (-1, 0, 0)),
    **dict.fromkeys(("freeze", "expire"), (-1, 0, 1)),
    **dict.fromkeys(("extend", "rebind"), (0, 0, 0)),
    "reserve": (-1, 1, 0),
    "release": (1, -1, 0),
    "redeem": (0, -1, 0),
    "unfreeze": (1, 0, -1),
}
_BUCKETS = {
    **dict.fromkeys(("delivered", "lent", "count_up", "swap_in"), 1),
    **dict.fromkeys(("returned", "lost", "damaged", "count_down", "swap_out"), -1),
    "surplus": 0,
}
_DEPOSITS = {"collect": 1, "transfer_in": 1, "refund": -1, "offset": -1, "transfer_out": -1}
BROUGHT = ("delivered", "settled", "after_sales", "refunded")
_OPEN = ("confirmed", "unassigned", "assigned", "accepted", "delivering", "failed")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    pass


R = TypeVar("R", bound=Row)


class VoucherRow(Row, frozen=True, kw_only=True):
    """`available`, `reserved`, `frozen`: what the row itself says is left after it."""

    lot_id: int
    seq: int
    kind: str
    qty: int
    available: int
    reserved: int
    frozen: int
    customer_id: int
    order_id: int | None


class BucketRow(Row, frozen=True, kw_only=True):
    account_id: int
    customer_id: int
    seq: int
    kind: str
    qty: int
    out_after: int


class DepositRow(Row, frozen=True, kw_only=True):
    account_id: int
    customer_id: int
    seq: int
    kind: str
    qty: int
    d_fen: int
    qty_after: int
    fen_after: int


class OrderRow(Row, frozen=True, kw_only=True):
    id: int
    no: str
    state: str
    goods_fen: int
    delivery_fee_fen: int
    floor_fee_fen: int | None
    deposit_fen: int
    total_fen: int
    vouchers_fen: int
    vouchers_owed_fen: int
    paid_fen: int


class LineRow(Row, frozen=True, kw_only=True):
    order_id: int
    qty: int
    unit_fen: int
    vouchers: int
    delivered: int | None
    redeemed: int
    vouchers_owed: int


class PaymentRow(Row, frozen=True, kw_only=True):
    order_id: int
    fen: int


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Every row of the ledgers and the orders."""

    vouchers: Sequence[VoucherRow]
    buckets: Sequence[BucketRow]
    deposits: Sequence[DepositRow]
    orders: Sequence[OrderRow]
    lines: Sequence[LineRow]
    payments: Sequence[PaymentRow]

    def customers(self) -> list[int]:
        """Whoever has a line in a ledger."""
        found = {row.customer_id for row in self.vouchers} | {row.customer_id for row in self.buckets}
        return sorted(found | {row.customer_id for row in self.deposits})


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's closing balances, as the product's statement has them. `vouchers` includes those set
    aside and frozen."""

    vouchers: int
    buckets: int
    deposits: int
    deposit_fen: int


def examine(
    books: Books,
    closings: Mapping[int, Closing],
    lots: Mapping[int, tuple[int, int, int]],
    owed: Mapping[int, int],
) -> list[Difference]:
    """Everything that does not add up.

    `closings` by customer, `lots` (available, reserved, frozen) and `owed` (by order) are the product's own
    words, asked over its API.
    """
    return [
        *_vouchers(books.vouchers, lots),
        *_accounts(books),
        *_closings(books, closings),
        *_orders(books, owed),
    ]


def _vouchers(rows: Sequence[VoucherRow], lots: Mapping[int, tuple[int, int, int]]) -> list[Difference]:
    found = []
    for lot, entries in _grouped(rows, lambda row: row.lot_id).items():
        found += _sequence(f"lot {lot}", [row.seq for row in entries])
        left = (0, 0, 0)
        for row in entries:
            effect = _VOUCHERS[row.kind]
            left = tuple(a + row.qty * b for a, b in zip(left, effect, strict=True))  # type: ignore[assignment]
            said = (row.available, row.reserved, row.frozen)
            found += _unless_same(f"lot {lot} entry {row.seq}", "balance after", said, left)
            if min(left) < 0:
                found += _unless_same(f"lot {lot} entry {row.seq}", "below nothing", "≥ 0", left)
        if lot in lots:
            found += _unless_same(f"lot {lot}", "available, set aside, frozen", lots[lot], left)
    return found


def _accounts(books: Books) -> list[Difference]:
    found = []
    for account, buckets in _grouped(books.buckets, lambda row: row.account_id).items():
        found += _sequence(f"buckets {account}", [row.seq for row in buckets])
        out = 0
        for row in buckets:
            out += _BUCKETS[row.kind] * row.qty
            found += _unless_same(f"buckets {account} entry {row.seq}", "out after", row.out_after, out)
    for account, deposits in _grouped(books.deposits, lambda row: row.account_id).items():
        found += _sequence(f"deposits {account}", [row.seq for row in deposits])
        held = (0, 0)
        for entry in deposits:
            held = held[0] + _DEPOSITS[entry.kind] * entry.qty, held[1] + entry.d_fen
            said = (entry.qty_after, entry.fen_after)
            found += _unless_same(f"deposits {account} entry {entry.seq}", "held after", said, held)
    return found


def _closings(books: Books, closings: Mapping[int, Closing]) -> list[Difference]:
    vouchers: dict[int, int] = defaultdict(int)
    buckets: dict[int, int] = defaultdict(int)
    deposits: dict[int, int] = defaultdict(int)
    money: dict[int, int] = defaultdict(int)
    for row in books.vouchers:
        vouchers[row.customer_id] += row.qty * sum(_VOUCHERS[row.kind])
    for bucket in books.buckets:
        buckets[bucket.customer_id] += bucket.qty * _BUCKETS[bucket.kind]
    for deposit in books.deposits:
        deposits[deposit.customer_id] += deposit.qty * _DEPOSITS[deposit.kind]
        money[deposit.customer_id] += deposit.d_fen
    found = []
    for customer, said in closings.items():
        mine = Closing(
            vouchers=vouchers[customer],
            buckets=buckets[customer],
            deposits=deposits[customer],
            deposit_fen=money[customer],
        )
        for name in Closing.__struct_fields__:
            found += _unless_same(f"customer {customer}", name, getattr(said, name), getattr(mine, name))
    return found


def _orders(books: Books, owed: Mapping[int, int]) -> list[Difference]:
    lines = _grouped(books.lines, lambda row: row.order_id)
    paid: dict[int, int] = defaultdict(int)
    for payment in books.payments:
        paid[payment.order_id] += payment.fen
    redeemed, reserved = _of_orders(books.vouchers)
    found = []
    for order in books.orders:
        where, mine = f"order {order.no}", lines.get(order.id, [])
        brought = order.state in BROUGHT
        goods = sum(line.unit_fen * ((line.delivered or 0) if brought else line.qty) for line in mine)
        total = goods + order.delivery_fee_fen + (order.floor_fee_fen or 0) + order.deposit_fen
        found += _unless_same(where, "goods", order.goods_fen, goods)
        found += _unless_same(where, "total", order.total_fen, total)
        found += _unless_same(where, "paid", order.paid_fen, paid[order.id])
        if order.id in owed:
            covered = paid[order.id] + order.vouchers_fen + order.vouchers_owed_fen + owed[order.id]
            found += _unless_same(where, "total = paid + vouchers + owed", total, covered)
        if brought:
            found += _brought(where, order, mine, redeemed[order.id])
        elif order.state in _OPEN:
            planned = sum(line.vouchers for line in mine)
            found += _unless_same(where, "vouchers set aside", planned, reserved[order.id])
        else:
            left = reserved[order.id], redeemed[order.id]
            found += _unless_same(where, "vouchers of a cancelled order", (0, 0), left)
    return found


def _brought(where: str, order: OrderRow, lines: Sequence[LineRow], redeemed: int) -> list[Difference]:
    """What was delivered took its vouchers, and each is worth its line's price."""
    booked = sum(line.redeemed for line in lines)
    worth = sum(line.redeemed * line.unit_fen for line in lines)
    owing = sum(line.vouchers_owed * line.unit_fen for line in lines)
    due = sum(min(line.vouchers, line.delivered or 0) for line in lines)
    told = sum(line.redeemed + line.vouchers_owed for line in lines)
    return [
        *_unless_same(where, "vouchers redeemed", booked, redeemed),
        *_unless_same(where, "vouchers due at the door", told, due),
        *_unless_same(where, "worth of its vouchers", order.vouchers_fen, worth),
        *_unless_same(where, "worth of vouchers owed", order.vouchers_owed_fen, owing),
    ]


def _of_orders(rows: Iterable[VoucherRow]) -> tuple[dict[int, int], dict[int, int]]:
    """Vouchers redeemed and set aside, by order."""
    redeemed: dict[int, int] = defaultdict(int)
    reserved: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.order_id is not None:
            redeemed[row.order_id] += row.qty * ((row.kind == "redeem") - (row.kind == "reverse"))
            reserved[row.order_id] += row.qty * _VOUCHERS[row.kind][1]
    return redeemed, reserved


def _sequence(where: str, numbers: Sequence[int]) -> list[Difference]:
    whole = numbers[0] == 1 and all(after == before + 1 for before, after in pairwise(numbers))
    return (
        []
        if whole
        else [Difference(where=where, what="entries missing", stated="1, 2, …", found=str(numbers))]
    )


def _unless_same(where: str, what: str, stated: object, found: object) -> list[Difference]:
    return (
        [] if stated == found else [Difference(where=where, what=what, stated=str(stated), found=str(found))]
    )


def _grouped(rows: Iterable[R], key: Callable[[R], int]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
