"""What happens to a lot as a whole: frozen, ended, extended, refunded, given away."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from springline.business.vouchers import approvals, refunds
from springline.business.vouchers.ledger import Receipt, Request, Writer, hold, hold_one, run
from springline.business.vouchers.models import VoucherEntry, VoucherLot
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.services.shared import (
    IS_LAST,
    at_least_one,
    move,
    open_entries,
    refund_of,
    some,
)
from springline.business.vouchers.states import EntryKind


def freeze(request: Request, lot_id: int, qty: int | None = None) -> Receipt:
    """Freeze what is available of a lot (lost, disputed), all or `qty`. The request's reason is shown."""
    if not request.reason.strip():
        raise NotPossible("reason_missing", "请填写原因", "Give a reason")

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        writer.append(held, EntryKind.FREEZE, some(held, qty))

    return run(request, "freeze", {"lot": lot_id, "qty": qty}, work)


def unfreeze(request: Request, lot_id: int) -> Receipt:
    """Make what was frozen by hand available again; what ended needs `extend`."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        frozen = list(open_entries(Q(lot=lot_id), EntryKind.FREEZE))
        if not frozen:
            raise NotPossible("not_frozen", "没有冻结的水票", "Nothing is frozen")
        for entry, left in frozen:
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)

    return run(request, "unfreeze", {"lot": lot_id}, work)


def expire(request: Request, lot_id: int) -> Receipt:
    """Set aside what is left of a lot whose validity ended. Nothing is forfeited: extend or refund it."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        ended = held.expires_at is not None and held.expires_at <= writer.operation.at
        if not ended:
            raise NotPossible("not_ended", "水票仍在有效期内", "The vouchers are still valid")
        writer.append(held, EntryKind.EXPIRE, some(held, None))

    return run(request, "expire", {"lot": lot_id}, work)


def extend(request: Request, lot_id: int, until: datetime) -> Receipt:
    """Valid to `until` (later than now and than before); what had been set aside as ended is usable again."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if until <= writer.operation.at or (held.expires_at is not None and until <= held.expires_at):
            raise NotPossible("not_later", "新的有效期须晚于现在和原有效期", "The new end must be later")
        writer.append(held, EntryKind.EXTEND, 0, expires_at=until)
        for entry, left in open_entries(Q(lot=lot_id), EntryKind.EXPIRE):
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)

    return run(request, "extend", {"lot": lot_id, "until": until.isoformat()}, work)


def refund(request: Request, lot_id: int, *, approval: str = "", alone_fen: int | None = None) -> Receipt:
    """Refund all that is left of a lot by the formula of refunds.py; what is frozen is refunded too.

    `amount_fen` of the entry is what is paid back (negative). Above `alone_fen` (None: any amount) a second
    person's `approval` is spent; without it raises NotPossible `approval_needed`.
    """

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if held.head is not None and held.head.reserved:
            raise NotPossible("reserved", "有水票已被订单占用", "Some vouchers are set aside for an order")
        for entry, left in open_entries(Q(lot=lot_id), EntryKind.FREEZE, EntryKind.EXPIRE):
            writer.append(held, EntryKind.UNFREEZE, left, of=entry)
        if not held.available:
            raise VoucherRefused(Code.GONE, lot=lot_id)
        pays = refund_of(held.lot, writer.operation.at)
        if alone_fen is not None and pays.fen > alone_fen:
            if not approval:
                raise NotPossible("approval_needed", "需另一人授权", "A second person must approve")
            approvals.use(approval, request.by, approvals.REFUND, held.lot.customer_id, fen=pays.fen)
        writer.append(held, EntryKind.REFUND, held.available, amount_fen=-pays.fen)

    return run(request, "refund", {"lot": lot_id, "formula": refunds.VERSION}, work)


def transfer(request: Request, lot_id: int, qty: int, to_customer: int) -> Receipt:
    """Give some of a lot to another customer: a new lot with the same terms, worth what the old one loses."""
    at_least_one(qty)

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if to_customer == held.lot.customer_id:
            raise NotPossible("same_customer", "不能转让给本人", "That is the same customer")
        move(writer, held, qty, to_customer, held.lot.product, 0)

    return run(request, "transfer", {"lot": lot_id, "qty": qty, "to": to_customer}, work)


def rebind(request: Request, from_customer: int, to_customer: int) -> Receipt:
    """All lots of one customer become another's (merged customers); the other way round undoes it."""

    def work(writer: Writer) -> None:
        for held in hold(customers=[from_customer]):
            writer.append(held, EntryKind.REBIND, 0, customer_id=to_customer)
            VoucherLot.objects.filter(pk=held.lot.pk).update(customer_id=to_customer)

    return run(request, "rebind", {"from": from_customer, "to": to_customer}, work)


def expire_due(now: datetime | None = None) -> int:
    """Set aside what ended, lot by lot; how many lots. Safe to run as often as one likes."""
    moment, done = now or timezone.now(), 0
    ended = VoucherEntry.objects.filter(IS_LAST, available__gt=0, expires_at__lte=moment)
    for lot_id, seq in ended.order_by("lot").values_list("lot", "seq"):
        try:
            expire(Request(key=f"expire:{lot_id}:{seq}", reason="ended"), lot_id)
        except (NotPossible, VoucherRefused):  # used up or extended in this moment
            continue
        done += 1
    return done
