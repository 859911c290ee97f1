"""Which of a customer's vouchers pay for which water. Pure over lots under lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from springline.business.catalog.models import Product
from springline.business.vouchers.ledger import Held
from springline.business.vouchers.refusals import Code, VoucherRefused
from springline.business.vouchers.states import EntryKind, Scope

_NEVER = datetime.max.replace(tzinfo=UTC)
# When nothing fits, the failure that is easiest to mend is the one the agent hears of.
_EASIEST = (Code.WRONG_PLACE, Code.EXPIRED, Code.WRONG_PRODUCT, Code.FROZEN, Code.GONE)


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is to be paid for. `station_id` and `adcode` None: not known yet, and not asked of vouchers."""

    product: Product
    qty: int
    at: datetime
    station_id: int | None = None
    adcode: str | None = None
    anywhere: bool = False


def blocker(held: Held, need: Need) -> Code | None:
    """Why this lot cannot pay for `need`, or None. How many are left is another question, unless none are."""
    lot, head = held.lot, held.head
    if head is None or head.available == 0:
        if head is not None and head.frozen:
            return Code.EXPIRED if _ended(held, need.at) else Code.FROZEN
        closed = head is not None and head.kind in {EntryKind.REFUND, EntryKind.TRANSFER_OUT}
        return Code.GONE if closed else Code.SHORT
    if not fits(held, need.product):
        return Code.WRONG_PRODUCT
    if _ended(held, need.at):
        return Code.EXPIRED
    if need.anywhere:
        return None
    other = lot.station_id is not None and need.station_id is not None and lot.station_id != need.station_id
    adcode = need.adcode
    outside = bool(lot.regions) and adcode is not None and not any(adcode.startswith(r) for r in lot.regions)
    return Code.WRONG_PLACE if other or outside else None


def fits(held: Held, product: Product) -> bool:
    """A dedicated voucher buys its product at no less than the volume it was sold for (a bucket may shrink).

    A general one buys any water up to the volume it was sold for.
    """
    lot = held.lot
    if lot.scope == Scope.GENERAL:
        return 0 < product.volume_ml <= lot.volume_ml
    return lot.product_id == product.pk and product.volume_ml >= lot.volume_ml


def choose(lots: Sequence[Held], need: Need) -> list[tuple[Held, int]]:
    """(lot, how many) for all of `need`: what ends first is used first, then what was bought first.

    Raises VoucherRefused with the failure and what each lot said.
    """
    reasons = [(held, blocker(held, need)) for held in lots]
    usable = [held for held, code in reasons if code is None]
    usable.sort(key=lambda held: (held.expires_at or _NEVER, held.lot.bought_at, held.lot.pk))
    chosen, missing = [], need.qty
    for held in usable:
        take = min(missing, held.available)
        if take:
            chosen.append((held, take))
            missing -= take
    if missing:
        codes = {code for _held, code in reasons}
        code = next((c for c in _EASIEST if c in codes), Code.SHORT) if not usable else Code.SHORT
        raise VoucherRefused(
            code,
            wanted=need.qty,
            usable=need.qty - missing,
            sku=need.product.sku,
            lots=[{"id": held.lot.pk, "available": held.available, "code": c} for held, c in reasons],
        )
    return chosen


def _ended(held: Held, at: datetime) -> bool:
    return held.expires_at is not None and held.expires_at <= at
