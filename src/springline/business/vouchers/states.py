"""What a voucher can become, as tables: every entry's kind moves vouchers from one state to one other."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import IllegalTransition, following


class VoucherState(StrEnum):
    """OUTSIDE: not in the lot (not yet, or no more)."""

    OUTSIDE = "outside"
    AVAILABLE = "available"
    RESERVED = "reserved"
    FROZEN = "frozen"
    REDEEMED = "redeemed"
    REFUNDED = "refunded"


class EntryKind(models.TextChoices):
    PURCHASE = "purchase", _("Purchase")
    GIFT = "gift", _("Gift")
    COMPENSATE = "compensate", _("Compensation")
    RESERVE = "reserve", _("Reserve")
    RELEASE = "release", _("Release")
    REDEEM = "redeem", _("Redeem")
    REVERSE = "reverse", _("Reverse")
    REFUND = "refund", _("Refund")
    TRANSFER_OUT = "transfer_out", _("Transfer out")
    TRANSFER_IN = "transfer_in", _("Transfer in")
    FREEZE = "freeze", _("Freeze")
    UNFREEZE = "unfreeze", _("Unfreeze")
    EXPIRE = "expire", _("Expire")
    # These move no voucher: a later end of validity, another owner (merged customers).
    EXTEND = "extend", _("Extend")
    REBIND = "rebind", _("Change of owner")


_S, _K = VoucherState, EntryKind
MOVES: dict[EntryKind, tuple[VoucherState, VoucherState]] = {
    _K.PURCHASE: (_S.OUTSIDE, _S.AVAILABLE),
    _K.GIFT: (_S.OUTSIDE, _S.AVAILABLE),
    _K.COMPENSATE: (_S.OUTSIDE, _S.AVAILABLE),
    _K.TRANSFER_IN: (_S.OUTSIDE, _S.AVAILABLE),
    _K.RESERVE: (_S.AVAILABLE, _S.RESERVED),
    _K.RELEASE: (_S.RESERVED, _S.AVAILABLE),
    _K.REDEEM: (_S.RESERVED, _S.REDEEMED),
    _K.REVERSE: (_S.REDEEMED, _S.AVAILABLE),
    _K.FREEZE: (_S.AVAILABLE, _S.FROZEN),
    _K.EXPIRE: (_S.AVAILABLE, _S.FROZEN),
    _K.UNFREEZE: (_S.FROZEN, _S.AVAILABLE),
    _K.REFUND: (_S.AVAILABLE, _S.REFUNDED),
    _K.TRANSFER_OUT: (_S.AVAILABLE, _S.OUTSIDE),
}
QUIET = (_K.EXTEND, _K.REBIND)
# What these undo or finish, they name: the entry and no more of it than is left.
SETTLES: dict[EntryKind, frozenset[EntryKind]] = {
    _K.RELEASE: frozenset({_K.RESERVE}),
    _K.REDEEM: frozenset({_K.RESERVE}),
    _K.REVERSE: frozenset({_K.REDEEM}),
    _K.UNFREEZE: frozenset({_K.FREEZE, _K.EXPIRE}),
}
COUNTED = (_S.AVAILABLE, _S.RESERVED, _S.FROZEN)


def after(state: VoucherState, kind: EntryKind) -> VoucherState:
    """What a voucher in `state` becomes by an entry of `kind`. Raises IllegalTransition."""
    if kind in MOVES and MOVES[kind][0] is state:
        return MOVES[kind][1]
    raise IllegalTransition(state, kind)


def deltas(kind: EntryKind, qty: int) -> tuple[int, int, int]:
    """What an entry of `qty` adds to (available, reserved, frozen)."""
    if kind in QUIET:
        return 0, 0, 0
    source, target = MOVES[kind]
    available, reserved, frozen = (qty * ((target is state) - (source is state)) for state in COUNTED)
    return available, reserved, frozen


class Scope(models.TextChoices):
    DEDICATED = "dedicated", _("For one product")
    GENERAL = "general", _("For any water")


class Source(models.TextChoices):
    ELECTRONIC = "electronic", _("Electronic")
    PAPER = "paper", _("Exchanged paper")
    GIFT = "gift", _("Gift")
    TRANSFER = "transfer", _("Transfer")


class IouState(models.TextChoices):
    OPEN = "open", _("Open")
    SETTLED = "settled", _("Redeemed afterwards")
    WAIVED = "waived", _("Waived")


class PaperState(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    EXCHANGED = "exchanged", _("Exchanged")
    REJECTED = "rejected", _("Rejected")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")
    AGREED = "agreed", _("Action agreed")
    WITHDRAWN = "withdrawn", _("Chosen by mistake")


class FormEvent(StrEnum):
    SETTLE = "settle"
    WAIVE = "waive"
    EXCHANGE = "exchange"
    REJECT = "reject"
    RESOLVE = "resolve"
    AGREE = "agree"
    WITHDRAW = "withdraw"


FORMS: dict[tuple[str, FormEvent], str] = {
    (IouState.OPEN, FormEvent.SETTLE): IouState.SETTLED,
    (IouState.OPEN, FormEvent.WAIVE): IouState.WAIVED,
    (PaperState.SUBMITTED, FormEvent.EXCHANGE): PaperState.EXCHANGED,
    (PaperState.SUBMITTED, FormEvent.REJECT): PaperState.REJECTED,
    (CaseState.OPEN, FormEvent.RESOLVE): CaseState.RESOLVED,
    (CaseState.OPEN, FormEvent.AGREE): CaseState.AGREED,
    (CaseState.OPEN, FormEvent.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.AGREED, FormEvent.RESOLVE): CaseState.RESOLVED,
}


def after_form(state: str, event: FormEvent) -> str:
    """The state of an IOU, a paper form or a case that follows. Raises IllegalTransition."""
    return following(FORMS, state, event)


class BucketKind(models.TextChoices):
    DELIVERED = "delivered", _("Out to the customer")
    RETURNED = "returned", _("Empties taken back")
    LENT = "lent", _("Lent")
    LOST = "lost", _("Lost")
    DAMAGED = "damaged", _("Damaged")
    COUNT_UP = "count_up", _("Stock-taking, more")
    COUNT_DOWN = "count_down", _("Stock-taking, fewer")
    SWAP_OUT = "swap_out", _("Moved to another account or type")
    SWAP_IN = "swap_in", _("Moved from another account or type")
    # More empties came back than the ledger knows of: noted, and counted for nothing until stock is taken.
    SURPLUS = "surplus", _("Surplus taken back")


BUCKET_SIGNS: dict[BucketKind, int] = {
    BucketKind.DELIVERED: 1,
    BucketKind.LENT: 1,
    BucketKind.COUNT_UP: 1,
    BucketKind.SWAP_IN: 1,
    BucketKind.RETURNED: -1,
    BucketKind.LOST: -1,
    BucketKind.DAMAGED: -1,
    BucketKind.COUNT_DOWN: -1,
    BucketKind.SWAP_OUT: -1,
    BucketKind.SURPLUS: 0,
}


class DepositKind(models.TextChoices):
    COLLECT = "collect", _("Deposit taken")
    REFUND = "refund", _("Deposit refunded")
    OFFSET = "offset", _("Deposit kept for a lost bucket")
    TRANSFER_IN = "transfer_in", _("Deposit from another account")
    TRANSFER_OUT = "transfer_out", _("Deposit to another account")


DEPOSIT_SIGNS: dict[DepositKind, int] = {
    DepositKind.COLLECT: 1,
    DepositKind.TRANSFER_IN: 1,
    DepositKind.REFUND: -1,
    DepositKind.OFFSET: -1,
    DepositKind.TRANSFER_OUT: -1,
}
