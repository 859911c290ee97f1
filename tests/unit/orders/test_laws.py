"""Money adds up, whatever is ordered, paid and left at the door."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from springline.business.catalog import demo
from springline.business.catalog.models import BucketType
from springline.business.orders import planning, services
from springline.business.orders.inputs import DeliveredIn, DeliveredLine, EmptiesIn
from springline.business.orders.models import Order
from springline.business.orders.states import OrderEvent
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.models import BucketEntry, Iou, VoucherEntry
from tests.unit.orders.people import a_customer, buys, wants

SKUS = ["SPRING-18.9", "MINERAL-18.9", "SPRING-11.3", "SPRING-5", "PUMP"]
LINES = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 6), st.sampled_from([None, "cash", "voucher", "wechat"])),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line[0],
)
STORY = st.fixed_dictionaries(
    {
        "lines": LINES,
        "bought": st.integers(0, 8),
        "left": st.lists(st.integers(0, 6), min_size=4, max_size=4),
        "vouchers": st.none() | st.integers(0, 8),
        "cash": st.integers(0, 60_000),
        "wechat": st.sampled_from([0, 0, 700, 20_000]),
        "empties": st.integers(0, 4),
        "floor": st.sampled_from([None, 1, 5]),
    }
)


def total_of(order: Order) -> int:
    return order.goods_fen + order.delivery_fee_fen + (order.floor_fee_fen or 0) + order.deposit_fen


class Sums(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(STORY)
    def test_an_order_adds_up_before_and_after(self, story: dict[str, Any]) -> None:
        demo.write()
        customer = a_customer(at={"floor": story["floor"]})
        if story["bought"]:
            buys(customer, story["bought"])
        order = wants(customer, *story["lines"])
        plan = planning.plan(order, customer)
        assert plan.goods_fen == sum(line.qty * line.unit_fen for line in plan.lines)
        placed = services.place(order)
        assert (placed.total_fen, placed.due_fen) == (plan.total_fen, plan.due_fen)
        assert placed.total_fen == total_of(placed) == placed.vouchers_fen + placed.due_fen
        assert vouchers.balance([customer.pk]).reserved == sum(line.vouchers for line in placed.lines.all())
        self._deliver(placed, story)

    def _deliver(self, order: Order, story: dict[str, Any]) -> None:
        lines = list(order.lines.all())
        told = [
            DeliveredLine(id=line.pk, qty=min(qty, line.qty))
            for line, qty in zip(lines, story["left"], strict=False)
        ]
        if not any(line.qty for line in told):
            return
        for event in (OrderEvent.ASSIGNED, OrderEvent.ACCEPTED, OrderEvent.PICKED_UP):
            facts = {"courier_id": 1}
            services.record(order.pk, event, key=f"{order.pk}:{event}", by=None, facts=facts)
        kind = BucketType.objects.get(code="PC-18.9")
        before = order.total_fen
        done = services.deliver(
            order.pk,
            DeliveredIn(
                lines=told,
                empties=[EmptiesIn(bucket_type_id=kind.pk, qty=story["empties"])],
                cash_fen=story["cash"],
                wechat_fen=story["wechat"],
                vouchers=story["vouchers"],
            ),
            key="delivered",
            by=None,
            delivery_id=99,
        )
        self._adds_up(done)
        children = list(done.children.all())
        assert all(child.total_fen == total_of(child) for child in children)
        goods = done.goods_fen + sum(child.goods_fen for child in children)
        assert goods == before - (before - sum(line.qty * line.unit_fen for line in lines))
        assert services.deliver(order.pk, DeliveredIn(lines=told), key="delivered", by=None).pk == done.pk

    def _adds_up(self, done: Order) -> None:
        done.refresh_from_db()
        lines = list(done.lines.all())
        assert done.goods_fen == sum(line.unit_fen * line.delivered for line in lines)
        assert done.total_fen == total_of(done)
        paid = sum(row.fen for row in done.payments.all())
        assert paid == done.paid_fen
        assert done.total_fen == paid + done.vouchers_fen + done.vouchers_owed_fen + done.owed_fen
        # Every entry of the ledgers names its order, and says the same.
        redeemed = VoucherEntry.objects.filter(kind="redeem", order_id=done.pk, delivery_id=99)
        assert sum(entry.qty for entry in redeemed) == sum(line.redeemed for line in lines)
        owed = Iou.objects.filter(order_id=done.pk)
        assert sum(iou.qty for iou in owed) == sum(line.vouchers_owed for line in lines)
        brought = BucketEntry.objects.filter(kind="delivered", order_id=done.pk)
        returnable = sum(line.delivered for line in lines if line.product.returnable)
        assert sum(entry.qty for entry in brought) == returnable
        held = sum(found.held_fen for found in vouchers.bucket_standings([done.customer_id]))
        assert held == done.deposit_fen
