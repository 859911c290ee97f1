"""再来一单: the last order as a draft of the next one."""

from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.selectors import family
from springline.business.orders.inputs import LineIn, OrderDraft
from springline.business.orders.models import Order
from springline.business.orders.states import PayBy


def draft_of(order: Order, customer: Customer) -> OrderDraft | None:
    """What was ordered and is still on sale, to the same place if it is still the customer's.

    Vouchers pay as far as they go; who paid by WeChat is asked to do so again. None when nothing of it is
    sold any more.
    """
    lines = [
        LineIn(
            sku=line.product.sku,
            qty=line.qty,
            pay_by=PayBy.WECHAT.value if line.pay_by == PayBy.WECHAT and not line.vouchers else None,
        )
        for line in order.lines.select_related("product")
        if line.product.sellable
    ]
    if not lines:
        return None
    kept = CustomerAddress.objects.filter(
        pk=order.address_id, customer_id__in=family(customer.pk), removed_at=None
    ).exists()
    return OrderDraft(
        customer_id=customer.pk,
        address_id=order.address_id if kept else None,
        lines=lines,
        contact_name=order.contact_name,
        contact_phone=order.contact_phone,
        note=order.note,
    )
