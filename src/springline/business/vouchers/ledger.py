"""How entries get into the ledger: once for each key, in one transaction, under the lock of their lots."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import OuterRef, Subquery

from springline.business import notices
from springline.business.accounts.models import ApiToken, User
from springline.business.inserting import insert
from springline.business.prepared import Prepared
from springline.business.vouchers import chain, past
from springline.business.vouchers.models import Operation, VoucherEntry, VoucherLot
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.states import EntryKind, deltas

TRIES = 3
_CONFLICTS = {"40001", "40P01", "55P03"}
_KEEP: Any = object()
_LOTS = Prepared(lambda ids: VoucherLot.objects.select_for_update().filter(pk__in=ids).order_by("id"))
_LOTS_OF = Prepared(
    lambda owners: VoucherLot.objects.select_for_update().filter(customer_id__in=owners).order_by("id")
)
_LAST = VoucherEntry.objects.filter(lot=OuterRef("pk")).order_by("-seq").values("pk")[:1]
_HEADS = Prepared(
    lambda lots: VoucherEntry.objects.filter(
        pk__in=VoucherLot.objects.filter(pk__in=lots).order_by().values(head=Subquery(_LAST))
    ).order_by()
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """Who asks the ledger, why, and the key that makes it happen once. `by` None is the system itself.

    `first`: the key is made of what the caller's transaction itself brought about, so nobody else has it, and
    the caller undoes all of it on any refusal. `asked`: the cause as it was sent, where more was found out.
    """

    key: str
    first: bool = False
    by: User | ApiToken | None = None
    reason: str = ""
    order_id: int | None = None
    delivery_id: int | None = None
    call_id: str = ""
    station_id: int | None = None
    asked: "Request | None" = None

    @property
    def cause(self) -> list[object]:
        """What a repetition must have in common with the first."""
        sent = self.asked or self
        return [sent.order_id, sent.delivery_id, sent.call_id, sent.station_id]

    @property
    def actor(self) -> str:
        return name_of(self.by)


@dataclass(frozen=True)
class Receipt:
    """What was written. `repeated`: it was written before, by the first request with this key."""

    operation: Operation
    entries: tuple[VoucherEntry, ...]
    repeated: bool = False

    @property
    def lot(self) -> VoucherLot:
        """Of the last entry: the new lot where one was made."""
        return self.entries[-1].lot


@dataclass
class Held:
    """A lot under lock, and its last entry (None while it has none)."""

    lot: VoucherLot
    head: VoucherEntry | None

    @property
    def available(self) -> int:
        return self.head.available if self.head else 0

    @property
    def expires_at(self) -> datetime | None:
        return self.head.expires_at if self.head else self.lot.expires_at


@dataclass
class Writer:
    """Appends the entries of one operation."""

    request: Request
    operation: Operation
    entries: list[VoucherEntry] = field(default_factory=list)

    def append(
        self,
        held: Held,
        kind: EntryKind,
        qty: int,
        *,
        of: VoucherEntry | None = None,
        amount_fen: int = 0,
        sku: str = "",
        expires_at: datetime | None = _KEEP,
        customer_id: int | None = None,
    ) -> VoucherEntry:
        """The next entry of `held`. Raises IntegrityError when the database finds it wrong."""
        head, request = held.head, self.request
        available, reserved, frozen = deltas(kind, qty)
        entry = VoucherEntry(
            lot=held.lot,
            seq=head.seq + 1 if head else 1,
            kind=kind.value,
            qty=qty,
            d_available=available,
            d_reserved=reserved,
            d_frozen=frozen,
            available=(head.available if head else 0) + available,
            reserved=(head.reserved if head else 0) + reserved,
            frozen=(head.frozen if head else 0) + frozen,
            amount_fen=amount_fen,
            customer_id=customer_id or held.lot.customer_id,
            expires_at=held.expires_at if expires_at is _KEEP else expires_at,
            of=of,
            operation=self.operation,
            idempotency_key=f"{request.key}#{len(self.entries)}",
            order_id=request.order_id,
            delivery_id=request.delivery_id,
            call_id=request.call_id,
            sku=sku,
            station_id=request.station_id,
            reason=request.reason[:200],
            actor=self.operation.actor,
            at=self.operation.at,
            prev_hash=head.hash if head else held.lot.terms_hash,
        )
        entry.hash = chain.digest(entry)
        insert([entry])
        held.head = entry
        self.entries.append(entry)
        return entry

    def open_lot(self, lot: VoucherLot) -> Held:
        """Save a new lot, its terms sealed; its first entry must follow."""
        lot.terms_hash = chain.digest(lot)
        lot.save(force_insert=True)
        return Held(lot, None)


def run(request: Request, kind: str, what: dict[str, Any], work: Callable[[Writer], None]) -> Receipt:
    """Do `work` once for the request's key; a repetition returns what the first one wrote.

    `what` are the parameters: the same key with others raises NotPossible("key_reused"). A conflict is tried
    again unless the caller has a transaction of its own, and then refused as T11; a database that is away as
    T12. VoucherRefused and NotPossible from `work` leave nothing behind.
    """
    tries = 1 if connection.in_atomic_block else TRIES
    for left in reversed(range(tries)):
        try:
            with transaction.atomic(savepoint=not request.first):
                return _attempt(request, kind, what, work)
        except (OperationalError, IntegrityError) as error:
            if not _is_conflict(error):
                raise VoucherRefused(Code.AWAY) from error
            if not left:
                raise VoucherRefused(Code.CONFLICT) from error
    raise AssertionError("unreachable")


def _attempt(request: Request, kind: str, what: dict[str, Any], work: Callable[[Writer], None]) -> Receipt:
    operation, fresh = operation_for(request, kind, what)
    if not fresh:
        entries = operation.entries.select_related("lot").order_by("id")
        return Receipt(operation, tuple(entries), repeated=True)
    writer = Writer(request, operation)
    work(writer)
    for customer_id in {entry.customer_id for entry in writer.entries}:
        notices.announce("voucher", operation.pk, customer_id=customer_id, kind_of=operation.kind)
    return Receipt(operation, tuple(writer.entries))


def operation_for(request: Request, kind: str, what: dict[str, Any]) -> tuple[Operation, bool]:
    """The operation of the request's key, and whether it is new. Must run in a transaction.

    Raises NotPossible("key_missing" | "key_reused").
    """
    if not request.key or len(request.key) > 80:
        raise NotPossible("key_missing", "缺少幂等键", "The idempotency key is missing or too long")
    named = json.dumps([kind, what, request.cause], sort_keys=True, default=str)
    digest = hashlib.sha256(named.encode()).hexdigest()
    made = Operation(
        key=request.key, kind=kind, digest=digest, actor=request.actor, at=past.clock(request.by)
    )
    if request.first:
        insert([made])
        return made, True
    known = Operation.objects.filter(pk=request.key).first()
    if known is None:
        try:
            with transaction.atomic():
                insert([made])
                return made, True
        except IntegrityError:
            # Another request with this key came first and has committed by now.
            known = Operation.objects.get(pk=request.key)
    if known.digest != digest:
        raise NotPossible(
            "key_reused", "该幂等键已用于另一项操作", "This idempotency key belongs to another operation"
        )
    return known, False


def hold(*, customers: Sequence[int] = (), lots: Sequence[int] = ()) -> list[Held]:
    """Lock lots by owner or by id, in the order of their ids, and read where each stands."""
    locked = _LOTS(lots) if lots else _LOTS_OF(customers)
    # Heads in a query of their own: one that waited for the lock would still see the old ones.
    heads = {entry.lot_id: entry for entry in _HEADS([lot.pk for lot in locked])} if locked else {}
    return [Held(lot, heads.get(lot.pk)) for lot in locked]


def hold_one(lot_id: int) -> Held:
    """Raises VoucherRefused T09 when there is no such lot."""
    found = hold(lots=[lot_id])
    if not found:
        raise VoucherRefused(Code.UNKNOWN_TICKET, lot=lot_id)
    return found[0]


def name_of(by: User | ApiToken | None) -> str:
    """As ledgers name actors: `user:5`, `token:5`, `system`. Ids stay when names are erased."""
    if by is None:
        return "system"
    return f"{'token' if isinstance(by, ApiToken) else 'user'}:{by.pk}"


def _is_conflict(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _CONFLICTS if state else "locked" in str(error)
