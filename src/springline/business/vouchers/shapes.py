"""Rows as the API's shapes, in the request's language."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from springline.business.customers.models import Customer
from springline.business.http import english
from springline.business.vouchers import cases, hooks, selectors
from springline.business.vouchers import schemas as out
from springline.business.vouchers.ledger import Held, Receipt
from springline.business.vouchers.models import Iou, PaperExchange, VoucherCase, VoucherEntry
from springline.business.vouchers.refusals import FAILURES, Code
from springline.business.vouchers.selectors import BucketStanding
from springline.business.vouchers.services.using import REVERSE_WITHIN
from springline.business.vouchers.states import PaperState


def lot(held: Held, now: datetime) -> out.LotOut:
    row, head = held.lot, held.head
    return out.LotOut(
        id=row.pk,
        name=row.name,
        sku=row.sku,
        volume_ml=row.volume_ml,
        scope=row.scope,
        source=row.source,
        paid_qty=row.paid_qty,
        gift_qty=row.gift_qty,
        paid_fen=row.paid_fen,
        unit_price_fen=row.unit_price_fen,
        available=held.available,
        reserved=head.reserved if head else 0,
        frozen=head.frozen if head else 0,
        bought_at=row.bought_at,
        expires_at=held.expires_at,
        expired=held.expires_at is not None and held.expires_at <= now,
        min_per_delivery=row.min_per_delivery,
        regions=row.regions,
        station_id=row.station_id,
    )


def bucket(found: BucketStanding) -> out.BucketOut:
    kind = found.bucket_type
    return out.BucketOut(
        bucket_type=kind.code,
        name=kind.name,
        out=found.out,
        deposited=found.deposited,
        owed=found.owed,
        refundable=found.refundable,
        held_fen=found.held_fen,
    )


def case(row: VoucherCase, now: datetime) -> out.CaseOut:
    failure = FAILURES[Code(row.code)]
    return out.CaseOut(
        id=row.pk,
        code=row.code,
        message=failure.en if english() else failure.zh,
        say=failure.say_zh,
        remedies=[remedy.value for remedy in failure.remedies],
        detail=row.detail,
        state=row.state,
        call_id=row.call_id,
        order_id=row.order_id,
        started_at=row.started_at,
        done_at=row.done_at,
        escalated=row.escalated_at is not None,
        remedy=row.remedy,
        clock=out.ClockOut(**asdict(cases.clock(row, now))),
    )


def iou(row: Iou) -> out.IouOut:
    return out.IouOut(
        id=row.pk,
        sku=row.product.sku,
        qty=row.qty,
        state=row.state,
        code=row.code,
        order_id=row.order_id,
        delivery_id=row.delivery_id,
        at=row.at,
        tries=row.tries,
    )


def redemptions(rows: Sequence[tuple[VoucherEntry, int]]) -> list[out.RedemptionOut]:
    """Each with how much of it still stands."""
    orders: dict[int, hooks.PaidOrder] = {}
    for ask in hooks.paid_orders.values():
        orders |= ask(rows)
    return [_redemption(row, left, orders.get(row.pk)) for row, left in rows]


def _redemption(row: VoucherEntry, left: int, order: hooks.PaidOrder | None) -> out.RedemptionOut:
    return out.RedemptionOut(
        id=row.pk,
        name=row.lot.name,
        qty=row.qty,
        left=left,
        at=row.at,
        order_id=row.order_id,
        order_no=order.no if order else "",
        owed_fen=order.owed_fen if order else None,
        monthly=order is not None and order.monthly,
    )


def paper(row: PaperExchange) -> out.PaperOut:
    return out.PaperOut(
        id=row.pk, serial=row.serial, sku=row.product.sku, qty=row.qty, state=row.state, lot_id=row.lot_id
    )


def papers(mine: str) -> list[out.PaperWaitingOut]:
    """What nobody has decided, the oldest first. `mine`: who asks, as the forms name people."""
    rows = list(
        PaperExchange.objects.filter(state=PaperState.SUBMITTED)
        .select_related("product")
        .prefetch_related("photos")
        .order_by("at")[:100]
    )
    names = dict(Customer.objects.filter(pk__in={row.customer_id for row in rows}).values_list("pk", "name"))
    return [
        out.PaperWaitingOut(
            id=row.pk,
            serial=row.serial,
            customer_id=row.customer_id,
            customer_name=names.get(row.customer_id, ""),
            product=row.product.name,
            qty=row.qty,
            at=row.at,
            mine=row.submitted_by == mine,
            photos=[str(photo.pk) for photo in row.photos.all()],
            note=row.photo,
        )
        for row in rows
    ]


def receipt(found: Receipt) -> out.ReceiptOut:
    owed = Iou.objects.filter(operation=found.operation).select_related("product").first()
    return out.ReceiptOut(
        key=found.operation.key,
        repeated=found.repeated,
        entries=[entry(row) for row in found.entries],
        iou=iou(owed) if owed else None,
    )


def entry(row: VoucherEntry) -> out.EntryOut:
    return out.EntryOut(
        id=row.pk,
        lot_id=row.lot_id,
        seq=row.seq,
        kind=row.kind,
        kind_name=str(row.get_kind_display()),
        qty=row.qty,
        available=row.available,
        reserved=row.reserved,
        frozen=row.frozen,
        amount_fen=row.amount_fen,
        order_id=row.order_id,
        delivery_id=row.delivery_id,
        call_id=row.call_id,
        reason=row.reason,
        actor=row.actor,
        at=row.at,
    )


def failures() -> list[out.FailureOut]:
    return [
        out.FailureOut(
            code=code.value,
            message=failure.en if english() else failure.zh,
            say=failure.say_zh,
            remedies=[remedy.value for remedy in failure.remedies],
        )
        for code, failure in FAILURES.items()
    ]


def panel(ids: Sequence[int]) -> out.PanelOut:
    now = timezone.now()
    return out.PanelOut(
        balance=out.BalanceOut(**asdict(selectors.balance(ids))),
        lots=[lot(held, now) for held in selectors.heads(ids)],
        buckets=[bucket(found) for found in selectors.bucket_standings(ids)],
        eligible=[
            out.EligibleOut(sku=product.sku, name=product.name, available=count)
            for product, count in selectors.eligible(ids, now)
        ],
        cases=[case(row, now) for row in selectors.last_cases(ids)],
        ious=[iou(row) for row in selectors.open_ious(ids)],
        redemptions=redemptions(selectors.redemptions(ids, now - REVERSE_WITHIN)),
    )
