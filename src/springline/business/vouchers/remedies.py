"""What mends T01–T12, each a ledger operation with a reason: water first, ticket later."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.catalog.models import Product
from springline.business.customers.selectors import family
from springline.business.notices import announce
from springline.business.vouchers import approvals, hooks, paper_photos, services
from springline.business.vouchers.ledger import Receipt, Request, Writer, hold, hold_one, name_of, run
from springline.business.vouchers.models import Iou, Operation, PaperExchange, ReconcileItem
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.states import (
    EntryKind,
    FormEvent,
    IouState,
    PaperState,
    Source,
    after_form,
)
from springline.platform.states import IllegalTransition


def convert(
    request: Request, lot_id: int, qty: int, product: Product, *, surcharge_fen: int | None = None
) -> Receipt:
    """T02: vouchers of one product become as many of another (折算). `surcharge_fen`: what was paid on top.

    Without it, the difference to the list price, and never less than nothing.
    """

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        if product.pk == held.lot.product_id:
            raise NotPossible("same_product", "已是该商品的水票", "They are for this product already")
        extra = surcharge_fen
        if extra is None:
            extra = max(0, product.price_fen - held.lot.unit_price_fen) * qty
        services.move(writer, held, qty, held.lot.customer_id, product, extra)

    what = {"lot": lot_id, "qty": qty, "product": product.pk, "surcharge": surcharge_fen}
    return run(request, "convert", what, work)


def top_up(request: Request, lot_id: int) -> Receipt:
    """T02 after a bucket shrank: vouchers for today's size, and more of them, so that no water is lost."""

    def work(writer: Writer) -> None:
        held = hold_one(lot_id)
        product, available = held.lot.product, held.available
        if not 0 < product.volume_ml < held.lot.volume_ml:
            raise NotPossible("not_smaller", "该商品规格没有变小", "The product has not become smaller")
        opened = services.move(
            writer, held, available, held.lot.customer_id, product, 0, volume_ml=product.volume_ml
        )
        more = extra_for(available, held.lot.volume_ml, product.volume_ml)
        writer.append(opened, EntryKind.COMPENSATE, more)

    return run(request, "top_up", {"lot": lot_id}, work)


def extra_for(qty: int, sold_ml: int, now_ml: int) -> int:
    """How many more vouchers of `now_ml` make up for `qty` sold as `sold_ml`, rounded up."""
    return -(-qty * (sold_ml - now_ml) // now_ml)


def emergency(request: Request, customer_id: int, product: Product, qty: int, code: str) -> Receipt:
    """T11: redeem from any voucher there is, whatever blocks it, with a supervisor's code; to be reconciled.

    What is missing is owed (see `owe`). The balance never falls below nothing.
    """
    services.at_least_one(qty)

    def work(writer: Writer) -> None:
        approval = approvals.use(code, request.by, approvals.EMERGENCY, customer_id)
        services.lock_order(request.order_id)
        lots = hold(customers=family(customer_id))
        services.refuse_second(request, product, lots)
        missing = qty
        for held in lots:
            take = min(missing, held.available)
            if take:
                services.take_and_redeem(writer, held, take, product)
                missing -= take
        services.tell_order(writer)
        if missing:
            _iou(request, writer.operation, customer_id, product, missing, Code.CONFLICT)
        ReconcileItem.objects.create(
            kind="emergency",
            customer_id=customer_id,
            operation=writer.operation,
            note=f"{product.sku} × {qty}: {request.reason}"[:200],
            actor=request.actor,
            approved_by=approval.issued_by,
        )

    what = {"customer": customer_id, "product": product.pk, "qty": qty}
    return run(request, "emergency", what, work)


def owe(request: Request, customer_id: int, product: Product, qty: int, code: Code) -> Iou:
    """T07, T12 and the rest: the water is left, the voucher follows. The same key returns the same row."""
    services.at_least_one(qty)

    def work(writer: Writer) -> None:
        services.lock_order(request.order_id)
        _iou(request, writer.operation, customer_id, product, qty, code)
        ReconcileItem.objects.create(
            kind="iou",
            customer_id=customer_id,
            operation=writer.operation,
            note=f"{code}: {product.sku} × {qty} {request.reason}"[:200],
            actor=request.actor,
        )

    what = {"customer": customer_id, "product": product.pk, "qty": qty, "code": code}
    return run(request, "owe", what, work).operation.iou


def redeem_or_owe(
    request: Request, customer_id: int, product: Product, qty: int, *, adcode: str | None = None
) -> Receipt | Iou:
    """What a courier's phone did offline: redeemed now, or owed with the failure it met; never dropped.

    A delivery that was redeemed already raises VoucherRefused T06: nothing is owed for it.
    """
    owed = Iou.objects.filter(operation_id=f"{request.key}:owed"[:80]).first()
    if owed is not None:
        return owed
    try:
        return services.redeem(request, customer_id, product, qty, adcode=adcode)
    except VoucherRefused as refusal:
        if refusal.code is Code.REPEATED:
            raise
        later = Request(
            key=f"{request.key}:owed"[:80],
            by=request.by,
            reason=request.reason or "offline",
            order_id=request.order_id,
            delivery_id=request.delivery_id,
            call_id=request.call_id,
            station_id=request.station_id,
        )
        return owe(later, customer_id, product, qty, refusal.code)


def owed_for(order_id: int, delivery_id: int | None, product: Product) -> int:
    """How many vouchers an order, or its delivery, still owes for this product."""
    which = Q(order_id=order_id) if delivery_id is None else Q(order_id=order_id) | Q(delivery_id=delivery_id)
    open_ones = Iou.objects.filter(which, product=product, state=IouState.OPEN)
    return open_ones.aggregate(total=Sum("qty", default=0))["total"]


def settle(iou_id: int, by: User | None = None, *, clearing: bool = False) -> Iou:
    """Redeem what is owed. Raises VoucherRefused when there still is nothing; the try is counted.

    `clearing`: another station's voucher may pay (T03).
    """
    iou = Iou.objects.select_related("product").get(pk=iou_id)
    if iou.state != IouState.OPEN:
        return iou
    request = Request(
        key=f"iou:{iou.pk}",
        by=by,
        reason=f"先送后核 #{iou.pk}",
        order_id=iou.order_id,
        delivery_id=iou.delivery_id,
        call_id=iou.call_id,
    )
    Iou.objects.filter(pk=iou_id).update(tries=F("tries") + 1)

    def work(writer: Writer) -> None:
        if Iou.objects.select_for_update().get(pk=iou_id).state != IouState.OPEN:
            raise NotPossible("iou_closed", "这笔欠票已了结", "This debt is settled already")
        lots = hold(customers=family(iou.customer_id))
        services.redeem_held(writer, lots, iou.product, iou.qty, clearing=clearing)
        Iou.objects.filter(pk=iou_id, state=IouState.OPEN).update(
            state=after_form(IouState.OPEN, FormEvent.SETTLE), settled_at=writer.operation.at
        )
        ReconcileItem.objects.filter(operation=iou.operation, kind="iou", closed_at=None).update(
            closed_at=writer.operation.at, closed_by=request.actor, closing_note="redeemed"
        )

    run(request, "settle", {"iou": iou_id}, work)
    iou.refresh_from_db()
    return iou


@transaction.atomic
def waive(iou_id: int, by: User | ApiToken, reason: str) -> Iou:
    """Paid otherwise, such as in cash: no voucher is taken any more. Somebody checks the money afterwards.

    Raises NotPossible `reason_missing`, `iou_closed`.
    """
    if not reason.strip():
        raise NotPossible("reason_missing", "请写明怎样付的", "Say how it was paid")
    services.lock_order(Iou.objects.get(pk=iou_id).order_id)
    iou = Iou.objects.select_for_update().get(pk=iou_id)
    try:
        iou.state = after_form(iou.state, FormEvent.WAIVE)
    except IllegalTransition:
        raise NotPossible("iou_closed", "这笔欠票已了结", "This debt is settled already") from None
    iou.settled_at = timezone.now()
    iou.save(update_fields=["state", "settled_at"])
    ReconcileItem.objects.filter(operation=iou.operation, kind="iou", closed_at=None).update(
        closed_at=iou.settled_at, closed_by=name_of(by), closing_note="waived"
    )
    ReconcileItem.objects.create(
        kind="waived",
        customer_id=iou.customer_id,
        operation=iou.operation,
        note=f"#{iou.pk} × {iou.qty}: {reason.strip()}"[:200],
        actor=name_of(by),
    )
    _tell_order(iou, by)
    audit(by, "iou.waived", iou, why=reason)
    return iou


def settle_all() -> int:
    """Try every open IOU, oldest first; how many could be settled."""
    done = 0
    for iou in Iou.objects.filter(state=IouState.OPEN).order_by("at"):
        try:
            done += settle(iou.pk).state == IouState.SETTLED
        except VoucherRefused:
            continue
    return done


def submit_paper(
    request: Request,
    customer_id: int,
    product: Product,
    qty: int,
    serial: str,
    *,
    photo: str = "",
    photo_id: UUID | None = None,
) -> PaperExchange:
    """T09: the form for a paper voucher. Raises NotPossible when its serial was handed in before.

    `photo`: a note about the paper; `photo_id`: its picture, uploaded before.
    """
    services.at_least_one(qty)
    number = "".join(serial.split()).upper()
    if not number:
        raise NotPossible("serial_missing", "请填写票面编号", "The serial is missing")

    def work(writer: Writer) -> None:
        former = PaperExchange.objects.filter(serial=number).exclude(state=PaperState.REJECTED).first()
        if former is not None:
            raise NotPossible("serial_known", "该票号已登记", "This serial was handed in before")
        row = PaperExchange.objects.create(
            serial=number,
            customer_id=customer_id,
            product=product,
            qty=qty,
            photo=photo,
            call_id=request.call_id,
            submitted_by=request.actor,
        )
        if photo_id is not None:
            paper_photos.attach(photo_id, row)
        announce("voucher", number, customer_id=customer_id, kind_of="submit_paper")

    run(request, "submit_paper", {"serial": number, "customer": customer_id, "qty": qty}, work)
    return PaperExchange.objects.exclude(state=PaperState.REJECTED).get(serial=number)


def decide_paper(request: Request, paper_id: int, *, accept: bool) -> PaperExchange:
    """Exchange the paper for electronic vouchers, or reject it with the request's reason."""
    paper = PaperExchange.objects.filter(pk=paper_id).select_related("product").first()
    if paper is None:
        raise NotPossible("unknown_paper", "没有这张登记单", "There is no such form")
    if accept and paper.submitted_by == request.actor:
        raise NotPossible("own_approval", "需由另一人审核", "A second person must decide")
    try:
        state = after_form(paper.state, FormEvent.EXCHANGE if accept else FormEvent.REJECT)
    except IllegalTransition:
        if accept and paper.state == PaperState.EXCHANGED:
            return paper
        raise NotPossible("decided", "该登记单已处理", "This form was decided already") from None
    receipt = None
    if accept:
        # The serial is the key: two people who accept at once make one lot.
        once = Request(key=f"paper:{paper.pk}", by=request.by, reason=f"纸票 {paper.serial}")
        receipt = services.give(once, paper.customer_id, paper.product, paper.qty, source=Source.PAPER)
    paper.state, paper.decided_by, paper.decided_at = state, request.actor, timezone.now()
    paper.why, paper.lot = request.reason[:200], receipt.lot if receipt else None
    paper.save(update_fields=["state", "decided_by", "decided_at", "why", "lot"])
    audit(request.by, f"paper.{state}", paper, why=request.reason)
    announce("voucher", paper.serial, customer_id=paper.customer_id, kind_of="decide_paper")
    return paper


def close_reconcile(item_id: int, by: User, note: str) -> ReconcileItem:
    """Whoever looked at it says what came of it. Raises ReconcileItem.DoesNotExist, NotPossible."""
    if not note.strip():
        raise NotPossible("reason_missing", "请填写说明", "Say what came of it")
    item = ReconcileItem.objects.get(pk=item_id)
    if item.closed_at is None:
        item.closed_at, item.closing_note = timezone.now(), note.strip()[:200]
        item.closed_by = f"user:{by.pk}"
        item.save(update_fields=["closed_at", "closing_note", "closed_by"])
        audit(by, "reconcile.closed", item, why=note)
    return item


def _iou(
    request: Request, operation: Operation, customer_id: int, product: Product, qty: int, code: Code
) -> Iou:
    iou = Iou.objects.create(
        customer_id=customer_id,
        product=product,
        qty=qty,
        operation=operation,
        order_id=request.order_id,
        delivery_id=request.delivery_id,
        call_id=request.call_id,
        code=code,
        reason=request.reason[:200],
        actor=request.actor,
    )
    _tell_order(iou, request.by)
    return iou


def _tell_order(iou: Iou, by: User | ApiToken | None) -> None:
    for follow in hooks.iou_follows.values():
        follow(iou, by)
