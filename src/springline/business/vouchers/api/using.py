"""Buying, setting aside, redeeming, and what is done to a lot."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from springline.business.accounts.roles import Action, may
from springline.business.http import actor_of, answers, english, not_found, require
from springline.business.vouchers import remedies, services, shapes
from springline.business.vouchers import schemas as io
from springline.business.vouchers.api.common import asked, customer_of, product_of, refusals, user
from springline.business.vouchers.buckets import TWO_PERSON_FEN
from springline.business.vouchers.ledger import Receipt
from springline.business.vouchers.linking import with_delivery
from springline.business.vouchers.models import VoucherLot, VoucherPackage
from springline.business.vouchers.refusals import NotPossible

router = Router()
_DONE = answers(io.ReceiptOut, 404, 409, 422, 503)


@router.post("/customers/{customer_id}/purchases", response=_DONE)
def purchase(request: HttpRequest, customer_id: int, body: io.BuyIn) -> io.ReceiptOut:
    actor = user(request)
    package = VoucherPackage.objects.filter(pk=body.package_id).first()
    if package is None:
        raise not_found("unknown_package")
    if body.paid_fen is not None and body.paid_fen != package.price_fen:
        require(request, Action.APPROVE_VOUCHERS)
    with refusals(actor, customer_id=customer_id, body=body):
        return shapes.receipt(
            services.purchase(asked(actor, body), customer_id, package, paid_fen=body.paid_fen)
        )


@router.post("/customers/{customer_id}/gifts", response=_DONE)
def give(request: HttpRequest, customer_id: int, body: io.GiftIn) -> io.ReceiptOut:
    """Vouchers for nothing; for supervisors. What a complaint is worth is given there."""
    actor, product = user(request, Action.APPROVE_VOUCHERS), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        return shapes.receipt(services.give(asked(actor, body), customer_id, product, body.qty))


@router.post("/customers/{customer_id}/reservations", response=_DONE)
def reserve(request: HttpRequest, customer_id: int, body: io.WaterIn) -> io.ReceiptOut:
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        found = services.reserve(asked(actor, body), customer_id, product, body.qty, adcode=body.adcode)
        return shapes.receipt(found)


@router.post("/releases", response=_DONE)
def release(request: HttpRequest, body: io.RequestIn) -> io.ReceiptOut:
    """Give back what the order had set aside."""
    actor = user(request)
    with refusals(actor, body=body):
        return shapes.receipt(services.release(asked(actor, body)))


@router.post("/customers/{customer_id}/redemptions", response=_DONE)
def redeem(request: HttpRequest, customer_id: int, body: io.WaterIn) -> io.ReceiptOut:
    """Redeem. A refusal is 409 with code T01–T12; `detail` has the case, the remedies and what to say.

    Without `order_id` and `delivery_id` it is for the delivery that is on its way, if there is one.
    """
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        wanted = with_delivery(asked(actor, body), customer_id, product)
        found = services.redeem(wanted, customer_id, product, body.qty, adcode=body.adcode)
        return shapes.receipt(found)


@router.post("/customers/{customer_id}/offline-redemptions", response=_DONE)
def redeem_offline(request: HttpRequest, customer_id: int, body: io.WaterIn) -> io.ReceiptOut:
    """T07: what a courier's phone did without the network. Redeemed, or owed (`iou`); never dropped."""
    actor, product = user(request), product_of(body.sku)
    with refusals(actor, customer_id=customer_id, body=body):
        found = remedies.redeem_or_owe(asked(actor, body), customer_id, product, body.qty, adcode=body.adcode)
    if isinstance(found, Receipt):
        return shapes.receipt(found)
    return io.ReceiptOut(key=body.key, repeated=False, entries=[], iou=shapes.iou(found))


@router.post("/entries/{entry_id}/reverse", response=_DONE)
def reverse(request: HttpRequest, entry_id: int, body: io.LotIn) -> io.ReceiptOut:
    """Undo a redemption of the last 24 hours; for supervisors, with a reason. 409 `too_late`."""
    actor = user(request, Action.APPROVE_VOUCHERS)
    with refusals(actor, body=body):
        if not body.reason.strip():
            raise NotPossible("reason_missing", "请填写撤销的原因", "Say why it is reversed")
        return shapes.receipt(services.reverse(asked(actor, body), entry_id, body.qty))


@router.post("/lots/{lot_id}/freeze", response=_DONE)
def freeze(request: HttpRequest, lot_id: int, body: io.LotIn) -> io.ReceiptOut:
    actor = user(request)
    with refusals(actor, lot_id=lot_id, body=body):
        return shapes.receipt(services.freeze(asked(actor, body), lot_id, body.qty))


@router.post("/lots/{lot_id}/transfer", response=_DONE)
def transfer(request: HttpRequest, lot_id: int, body: io.TransferIn) -> io.ReceiptOut:
    actor = user(request)
    with refusals(actor, lot_id=lot_id, body=body):
        found = services.transfer(asked(actor, body), lot_id, body.qty, customer_of(body.to_customer))
        return shapes.receipt(found)


@router.get("/lots/{lot_id}/refund", response=answers(io.RefundOut, 404))
def refund_preview(request: HttpRequest, lot_id: int) -> io.RefundOut:
    """What a refund would pay now, with the formula's version and the sum in words."""
    require(request, Action.READ_VOUCHERS)
    lot = VoucherLot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise not_found("unknown_lot")
    pays = services.refund_of(lot, timezone.now())
    return io.RefundOut(
        version=pays.version,
        rule=pays.rule,
        fen=pays.fen,
        counted=pays.counted,
        charged_fen=pays.charged_fen,
        text=pays.en if english() else pays.zh,
    )


@router.post("/lots/{lot_id}/refund", response=_DONE)
def refund(request: HttpRequest, lot_id: int, body: io.RefundIn) -> io.ReceiptOut:
    """Refund all that is left. Agents need a second person's `approval` code; who approves vouchers needs one
    above 200 yuan.
    """
    approves = may(actor_of(request), Action.APPROVE_VOUCHERS)
    actor = user(request, Action.APPROVE_VOUCHERS if approves else Action.USE_VOUCHERS)
    with refusals(actor, lot_id=lot_id, body=body):
        found = services.refund(
            asked(actor, body),
            lot_id,
            approval=body.approval,
            alone_fen=TWO_PERSON_FEN if approves else -1,
        )
        return shapes.receipt(found)
