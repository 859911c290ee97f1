"""Buckets and deposits."""

from django.http import HttpRequest
from ninja import Router

from springline.business.customers.selectors import family
from springline.business.http import ApiError, answers
from springline.business.vouchers import buckets, selectors, shapes
from springline.business.vouchers import schemas as io
from springline.business.vouchers.api.common import asked, bucket_type_of, refusals, user
from springline.business.vouchers.buckets import BucketReceipt
from springline.business.vouchers.states import BucketKind

router = Router()
_DONE = answers(io.BucketReceiptOut, 404, 409, 422, 503)
# What other endpoints or services write together with something else is not offered here.
_BY_HAND = {
    BucketKind.DELIVERED,
    BucketKind.LENT,
    BucketKind.DAMAGED,
    BucketKind.COUNT_UP,
    BucketKind.COUNT_DOWN,
}


@router.post("/customers/{customer_id}/buckets", response=_DONE)
def move(request: HttpRequest, customer_id: int, body: io.BucketMoveIn) -> io.BucketReceiptOut:
    """`kind`: delivered, lent, damaged, count_up, count_down."""
    actor, bucket_type = user(request), bucket_type_of(body.bucket_type)
    if body.kind not in _BY_HAND:
        raise ApiError(422, "bad_kind", body.kind)
    with refusals(actor, customer_id=customer_id, body=body):
        found = buckets.move(
            asked(actor, body),
            customer_id,
            bucket_type,
            BucketKind(body.kind),
            body.qty,
            address_id=body.address_id,
        )
    return _receipt(found, customer_id)


@router.post("/customers/{customer_id}/buckets/take-back", response=_DONE)
def take_back(request: HttpRequest, customer_id: int, body: io.BucketIn) -> io.BucketReceiptOut:
    actor, bucket_type = user(request), bucket_type_of(body.bucket_type)
    with refusals(actor, customer_id=customer_id, body=body):
        found = buckets.take_back(asked(actor, body), customer_id, bucket_type, body.qty)
    return _receipt(found, customer_id)


@router.post("/customers/{customer_id}/buckets/lose", response=_DONE)
def lose(request: HttpRequest, customer_id: int, body: io.BucketIn) -> io.BucketReceiptOut:
    actor, bucket_type = user(request), bucket_type_of(body.bucket_type)
    with refusals(actor, customer_id=customer_id, body=body):
        found = buckets.lose(asked(actor, body), customer_id, bucket_type, body.qty)
    return _receipt(found, customer_id)


@router.post("/customers/{customer_id}/deposits", response=_DONE)
def collect(request: HttpRequest, customer_id: int, body: io.DepositIn) -> io.BucketReceiptOut:
    """Take deposits at the bucket type's price; the answer has the receipt number."""
    actor, bucket_type = user(request), bucket_type_of(body.bucket_type)
    with refusals(actor, customer_id=customer_id, body=body):
        found = buckets.collect(asked(actor, body), customer_id, bucket_type, body.qty, channel=body.channel)
    return _receipt(found, customer_id)


@router.post("/customers/{customer_id}/deposits/refund", response=_DONE)
def refund(request: HttpRequest, customer_id: int, body: io.DepositIn) -> io.BucketReceiptOut:
    """Only for buckets that came back; above the limit with a second person's `approval` code."""
    actor, bucket_type = user(request), bucket_type_of(body.bucket_type)
    with refusals(actor, customer_id=customer_id, body=body):
        found = buckets.refund(
            asked(actor, body),
            customer_id,
            bucket_type,
            body.qty,
            channel=body.channel,
            approval=body.approval,
        )
    return _receipt(found, customer_id)


def _receipt(found: BucketReceipt, customer_id: int) -> io.BucketReceiptOut:
    return io.BucketReceiptOut(
        key=found.operation.key,
        repeated=found.repeated,
        receipt_no=next((entry.receipt_no for entry in found.deposits if entry.receipt_no), None),
        fen=sum(entry.d_fen for entry in found.deposits),
        standing=[shapes.bucket(one) for one in selectors.bucket_standings(family(customer_id))],
    )
