"""The cast of the order stories: 王女士 of Huoshan, her vouchers, and what she says."""

from typing import Any

from springline.business.catalog.models import Product
from springline.business.customers.inputs import AddressIn, CustomerIn, PhoneIn
from springline.business.customers.models import Customer
from springline.business.customers.services import profiles
from springline.business.orders.inputs import OrderIn
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import VoucherPackage

WANG = "13900000017"
HOME = "霍山县衡山镇迎驾大道 8 号"


def a_customer(number: str = WANG, name: str = "王女士", address: str = HOME, **how: Any) -> Customer:
    at = {"floor": 1, "lift": "no", **how.pop("at", {})}
    return profiles.create(
        CustomerIn(
            name=name,
            phones=[PhoneIn(number=number)],
            addresses=[AddressIn(text=address, **at)] if address else [],
            **how,
        )
    )


def buys(customer: Customer, qty: int = 10, key: str = "lot-1") -> None:
    """`qty` vouchers of spring water, 20 yuan each."""
    spring = Product.objects.get(sku="SPRING-18.9")
    package = VoucherPackage.objects.create(
        sku=f"P-{key}".upper(), name_zh="山泉票", product=spring, paid_qty=qty, price_fen=2000 * qty
    )
    vouchers.purchase(Request(key=key), customer.pk, package)


def wants(
    who: Customer | None = None, *lines: tuple[Any, ...], key: str = "order-key-1", **how: Any
) -> OrderIn:
    """Two buckets of spring water unless `lines` (sku, qty[, pay_by]) say otherwise."""
    wanted = [
        {"sku": line[0], "qty": line[1], "pay_by": line[2] if len(line) > 2 else None}
        for line in lines or [("SPRING-18.9", 2)]
    ]
    return OrderIn(customer_id=who.pk if who else None, lines=wanted, request_key=key, **how)
