"""Which vouchers an order could use, without taking any: what a reservation would find now."""

from collections.abc import Sequence
from datetime import UTC, datetime

from springline.business.catalog.models import Product
from springline.business.vouchers.ledger import Held
from springline.business.vouchers.selection import Need, blocker

_NEVER = datetime.max.replace(tzinfo=UTC)


class Purse:
    """A customer's vouchers while lines are planned one after the other."""

    def __init__(self, lots: Sequence[Held], at: datetime, adcode: str | None) -> None:
        self._lots = lots
        self._left = {held.lot.pk: held.available for held in self._lots}
        self._at, self._adcode = at, adcode

    @property
    def left(self) -> int:
        return sum(self._left.values())

    def take(self, product: Product, qty: int) -> int:
        """How many of `qty` vouchers can pay for; they are gone from the purse."""
        need = Need(product=product, qty=qty, at=self._at, adcode=self._adcode)
        usable = [held for held in self._lots if blocker(held, need) is None]
        usable.sort(key=lambda held: (held.expires_at or _NEVER, held.lot.bought_at, held.lot.pk))
        missing = qty
        for held in usable:
            key = held.lot.pk
            used = min(missing, self._left[key])
            self._left[key] -= used
            missing -= used
        return qty - missing
