"""Vouchers, deposits and what is left to pay. Pure: counts in, counts and 分 out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """Of one type: `buying` go out, `empties` come back; `out` and `deposited` as the ledgers stand."""

    buying: int
    empties: int
    out: int
    deposited: int

    @property
    def to_deposit(self) -> int:
        """Deposits to take: for each bucket that neither an empty nor a deposit already held covers."""
        return max(0, self.buying - self.empties - max(0, self.deposited - self.out))


def spread(total: int, rooms: Sequence[int]) -> list[int]:
    """`total` over places with so much room each, the first ones first; what finds no room is left out."""
    shares = []
    for room in rooms:
        share = min(max(0, room), total)
        shares.append(share)
        total -= share
    return shares


@dataclass(frozen=True, kw_only=True)
class Sold:
    """One line as it was delivered. `planned`: the vouchers it was ordered with."""

    unit_fen: int
    qty: int
    planned: int


def vouchers_used(lines: Sequence[Sold], taken: int | None) -> list[int]:
    """How many vouchers pay for each line. `taken`: what the courier says, None: as ordered.

    Lines that were to be paid with vouchers come first, then the others.
    """
    planned = [min(line.planned, line.qty) for line in lines]
    if taken is None:
        return planned
    first = spread(taken, planned)
    more = spread(taken - sum(first), [line.qty - part for line, part in zip(lines, first, strict=True)])
    return [a + b for a, b in zip(first, more, strict=True)]


def deposits_paid(
    paid_fen: int, goods_due_fen: int, wanted: Mapping[int, int], price: Mapping[int, int]
) -> dict[int, int]:
    """Deposits by bucket type that the money suffices for, once the water itself is paid.

    `wanted`: buckets; `price`: 分 for one. What does not suffice stays an owed bucket (欠桶), not a debt.
    """
    left = max(0, paid_fen - goods_due_fen)
    found = {}
    for kind, qty in wanted.items():
        count = qty if price[kind] == 0 else min(qty, left // price[kind])
        left -= count * price[kind]
        found[kind] = count
    return found
