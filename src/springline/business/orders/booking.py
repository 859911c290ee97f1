"""The ledgers of one delivery: vouchers, buckets, deposits and money.

Each is written in a savepoint: what a ledger refuses is left for `delivering.book_missing`, the rest stands.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from springline.business import notices
from springline.business.catalog.models import BucketType
from springline.business.customers.selectors import canonical
from springline.business.orders import keys, lifecycle, money
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import DeliveredIn
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import Order, OrderLine, Payment
from springline.business.vouchers import buckets, remedies
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Receipt, Request
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.states import BucketKind

log = structlog.get_logger("orders")
# Room for what is appended to it: the ledgers' keys have 80 letters.
_LONGEST_KEY = 60


class Booking:
    """One delivery while it is being booked. Each write has a key: booking again changes nothing."""

    def __init__(
        self,
        order: Order,
        told: DeliveredIn,
        key: str,
        by: Actor,
        delivery_id: int | None,
        station_id: int | None,
        at: datetime | None,
    ) -> None:
        self.order, self.told, self.key, self.by = order, told, keys.fit(key, _LONGEST_KEY), by
        self.delivery_id, self.station_id, self.at = delivery_id, station_id, at
        self.lines: list[OrderLine] = list(order.lines.select_related("product__bucket_type"))
        self.customer_id = canonical(order.customer_id).pk

    def count(self) -> None:
        """What was left of each line. Raises OrderRefused."""
        told = {line.id: line.qty for line in self.told.lines}
        for line in self.lines:
            line.delivered = told.pop(line.pk, 0)
            if line.delivered > line.qty:
                raise _bad("bad_quantity", "送达数量多于订购数量。", "More was delivered than ordered.")
        if told:
            raise _bad("bad_quantity", "送达明细不属于该订单。", "A line that is not of this order.")
        if not any(line.delivered for line in self.lines):
            raise _bad("nothing_delivered", "没有送达任何商品，请登记送达失败。", "Nothing was delivered.")
        sold = [
            money.Sold(unit_fen=line.unit_fen, qty=line.delivered or 0, planned=line.vouchers)
            for line in self.lines
        ]
        self.used = money.vouchers_used(sold, self.told.vouchers)

    def request(self, what: str) -> Request:
        return Request(
            key=f"{self.key}:{what}",
            by=self.by,
            order_id=self.order.pk,
            delivery_id=self.delivery_id,
            call_id=self.order.call_id,
            station_id=self.station_id,
        )

    def book_vouchers(self) -> None:
        for line, used in zip(self.lines, self.used, strict=True):
            self._redeem(line, used)
        # Not all that was set aside: the desk may have taken others, or noted them as owed.
        held = any(line.vouchers for line in self.lines) and not self.order.voucher_trouble
        if held and vouchers.set_aside(self.order.pk):
            self._safely("release", lambda: vouchers.release(self.request("release")))

    def _redeem(self, line: OrderLine, used: int) -> None:
        """What the desk redeemed or noted as owed meanwhile counts, and is not taken a second time."""
        request = self.request(f"v{line.pk}")
        missing = used - sum(self._standing(line))
        if missing > 0 and not vouchers.written(request.key):
            try:
                self._take(request, line, missing)
            except (VoucherRefused, NotPossible, DatabaseError) as error:
                self._in_trouble(line, used, getattr(error, "code", type(error).__name__))
                return
        line.redeemed, line.vouchers_owed = self._standing(line)

    def _take(self, request: Request, line: OrderLine, missing: int) -> None:
        place = self.order.town or self.order.county or None
        try:
            with transaction.atomic():
                done = remedies.redeem_or_owe(request, self.customer_id, line.product, missing, adcode=place)
        except VoucherRefused as refusal:
            if refusal.code is not Code.REPEATED:
                raise
            return
        if not isinstance(done, Receipt):
            notices.announce("voucher", done.pk, customer_id=self.customer_id, code=str(done.code))

    def _standing(self, line: OrderLine) -> tuple[int, int]:
        """Redeemed and not reversed, and still owed; of no more than was left."""
        most, order = line.delivered or 0, self.order
        redeemed = min(most, vouchers.standing(order.pk, self.delivery_id, line.product.sku))
        owed = remedies.owed_for(order.pk, self.delivery_id, line.product)
        return redeemed, min(most - redeemed, owed)

    def _in_trouble(self, line: OrderLine, used: int, code: str) -> None:
        """Not even an IOU could be written: the order remembers it, and `book_missing` tries again."""
        log.error("vouchers_not_booked", order=self.order.pk, code=code)
        line.vouchers_owed, self.order.voucher_trouble = used, str(code)[:20]

    def book_buckets(self) -> None:
        kinds = {line.product.bucket_type_id: line.product.bucket_type for line in self.lines}
        for row in self.told.empties:
            kind = kinds.get(row.bucket_type_id) or BucketType.objects.filter(pk=row.bucket_type_id).first()
            if row.qty and kind is not None:
                self._safely("empties", self._take_back(kind, row.qty))
        for kind_id, qty in self._left().items():
            kind = kinds[kind_id]
            self._safely("buckets", self._put_down(kind, qty))

    def _left(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for line in self.lines:
            if line.product.returnable and line.delivered:
                kind = line.product.bucket_type_id
                found[kind] = found.get(kind, 0) + line.delivered
        return found

    def _take_back(self, kind: BucketType, qty: int) -> Callable[[], object]:
        return lambda: buckets.take_back(self.request(f"e{kind.pk}"), self.customer_id, kind, qty)

    def _put_down(self, kind: BucketType, qty: int) -> Callable[[], object]:
        return lambda: buckets.move(
            self.request(f"b{kind.pk}"),
            self.customer_id,
            kind,
            BucketKind.DELIVERED,
            qty,
            address_id=self.order.address_id,
        )

    def book_money(self) -> None:
        self.book_sums()
        paid = {"cash": self.told.cash_fen, "wechat": self.told.wechat_fen}
        for channel, fen in paid.items():
            if fen:
                self._pay(channel, fen)
        self.order.paid_fen += sum(paid.values())

    def book_sums(self) -> None:
        """What the order comes to as it was delivered, and the deposits that the money suffices for."""
        order, told = self.order, self.told
        goods = sum(line.unit_fen * (line.delivered or 0) for line in self.lines)
        redeemed = sum(line.unit_fen * line.redeemed for line in self.lines)
        owed = sum(line.unit_fen * line.vouchers_owed for line in self.lines)
        order.goods_fen, order.vouchers_fen, order.vouchers_owed_fen = goods, redeemed, owed
        fees = order.delivery_fee_fen + (order.floor_fee_fen or 0)
        now_due = 0 if order.monthly else goods - redeemed - owed + fees
        channel = "cash" if told.cash_fen else "wechat"
        order.deposit_fen = self._deposits(told.cash_fen + told.wechat_fen, now_due, channel)
        order.total_fen = goods + fees + order.deposit_fen
        for line in self.lines:
            line.save(update_fields=["delivered", "redeemed", "vouchers_owed", "deposits"])

    def _deposits(self, paid_fen: int, now_due_fen: int, channel: str) -> int:
        wanted: dict[int, int] = {}
        kinds: dict[int, BucketType] = {}
        for line in self.lines:
            kind = line.product.bucket_type
            if line.deposits and kind is not None:
                kinds[kind.pk] = kind
                wanted[kind.pk] = wanted.get(kind.pk, 0) + min(line.deposits, line.delivered or 0)
        prices = {key: kind.deposit_fen for key, kind in kinds.items()}
        taken = money.deposits_paid(paid_fen, now_due_fen, wanted, prices)
        for key, count in taken.items():
            if count:
                self._safely(
                    "deposit",
                    lambda key=key, count=count: buckets.collect(  # type: ignore[misc]
                        self.request(f"d{key}"), self.customer_id, kinds[key], count, channel=channel
                    ),
                )
        return sum(count * prices[key] for key, count in taken.items())

    def _pay(self, channel: str, fen: int) -> None:
        Payment.objects.create(
            order=self.order,
            channel=channel,
            fen=fen,
            key=f"{self.key}:{channel}",
            courier_id=self.order.courier_id,
            station_id=self.station_id,
            delivery_id=self.delivery_id,
            who=lifecycle.who(self.by),
            at=self.at or timezone.now(),
        )

    def _safely(self, what: str, work: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                work()
        except (VoucherRefused, NotPossible, DatabaseError) as error:
            log.error("delivery_not_booked", order=self.order.pk, what=what, error=str(error))
            self.order.voucher_trouble = what

    def facts(self) -> dict[str, object]:
        return {
            "lines": [[line.pk, line.delivered] for line in self.lines],
            "vouchers": sum(line.redeemed for line in self.lines),
            "vouchers_owed": sum(line.vouchers_owed for line in self.lines),
            "told": self.told.model_dump(mode="json", exclude={"note"}),
            "note": self.told.note.strip(),
        }


def _bad(code: str, zh: str, en: str) -> OrderRefused:
    return OrderRefused(code, zh, en, status=422)
