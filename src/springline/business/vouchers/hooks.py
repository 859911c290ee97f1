"""Where other apps join in without being imported here: each registers in its AppConfig.ready()."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from springline.business.accounts.models import ApiToken, User
from springline.business.catalog.models import Product
from springline.business.vouchers.models import Iou, VoucherEntry


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """The order that a redemption pays for. `owed_fen`: what it owes once that is reversed, `monthly`: on a
    bill.
    """

    no: str
    owed_fen: int | None
    monthly: bool


# Name → whose order this is, None when there is none.
customer_of_order: dict[str, Callable[[int], int | None]] = {}
# Name → the numbers that people know orders by, by their ids.
order_numbers: dict[str, Callable[[set[int]], dict[int, str]]] = {}
# Name → the delivery that is on its way to a customer with this product: (order, delivery, station) ids.
open_delivery: dict[str, Callable[[int, Product], tuple[int, int, int] | None]] = {}
# Name → takes the lock of an order, always before those of lots: a delivery takes them in this order too.
order_locks: dict[str, Callable[[int], None]] = {}
# Name → called in the ledger's transaction with each redemption or reversal, and its actor.
order_follows: dict[str, Callable[[VoucherEntry, User | ApiToken | None], None]] = {}
# Name → called in the ledger's transaction when water is left before its voucher, or that is paid otherwise.
iou_follows: dict[str, Callable[[Iou, User | ApiToken | None], None]] = {}
# Name → the order of each redemption, and what reversing so much of it makes of it, by the redemption's id.
# Nothing is written.
paid_orders: dict[str, Callable[[Sequence[tuple[VoucherEntry, int]]], dict[int, PaidOrder]]] = {}
