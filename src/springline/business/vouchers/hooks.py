"""Where other apps join in without being imported here: each registers in its AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass

from springline.business.accounts.models import ApiToken, User
from springline.business.catalog.models import Product
from springline.business.vouchers.models import VoucherEntry


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """The order that a redemption pays for. `owed_fen`: what it owes once that is reversed."""

    no: str
    owed_fen: int | None


# Name → whose order this is, None when there is none.
customer_of_order: dict[str, Callable[[int], int | None]] = {}
# Name → the delivery that is on its way to a customer with this product: (order, delivery, station) ids.
open_delivery: dict[str, Callable[[int, Product], tuple[int, int, int] | None]] = {}
# Name → takes the lock of an order, always before those of lots: a delivery takes them in this order too.
order_locks: dict[str, Callable[[int], None]] = {}
# Name → called in the ledger's transaction with each redemption or reversal, and its actor.
order_follows: dict[str, Callable[[VoucherEntry, User | ApiToken | None], None]] = {}
# Name → the order of a redemption, and what reversing `qty` of it makes of it. Nothing is written.
paid_orders: dict[str, Callable[[VoucherEntry, int], PaidOrder | None]] = {}
