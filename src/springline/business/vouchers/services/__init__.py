"""All writes of the voucher ledger. Each is one transaction, done once for its request's key.

They raise VoucherRefused (T01–T12) and NotPossible, and then have written nothing.
"""

from springline.business.vouchers.services.keeping import (
    expire,
    expire_due,
    extend,
    freeze,
    rebind,
    refund,
    transfer,
    unfreeze,
)
from springline.business.vouchers.services.selling import compensate, give, purchase
from springline.business.vouchers.services.shared import at_least_one, facts_of, move, new_lot, refund_of
from springline.business.vouchers.services.using import (
    lock_order,
    redeem,
    redeem_held,
    refuse_second,
    release,
    release_stale,
    reserve,
    reverse,
    set_aside,
    standing,
    take_and_redeem,
    tell_order,
    written,
)

__all__ = [
    "at_least_one",
    "compensate",
    "expire",
    "expire_due",
    "extend",
    "facts_of",
    "freeze",
    "give",
    "lock_order",
    "move",
    "new_lot",
    "purchase",
    "rebind",
    "redeem",
    "redeem_held",
    "refund",
    "refund_of",
    "refuse_second",
    "release",
    "release_stale",
    "reserve",
    "reverse",
    "set_aside",
    "standing",
    "take_and_redeem",
    "tell_order",
    "transfer",
    "unfreeze",
    "written",
]
