"""`python -m springline.bench.shop HOME CUSTOMERS`: a shop to order in; its token and customers in shop.json.

A process of its own, because Django knows one database a process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from springline.business import bootstrap
from springline.platform import settings as settings_of

VOUCHERS_EVERY = 3
COURIERS = 4
_NAME = "压测客户"


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """`sku`: what is ordered; `customers`: their ids."""

    token: str
    sku: str
    customers: list[int]


def main(home: Path, count: int) -> None:
    settings = settings_of.load(home)
    bootstrap.bootstrap_django(settings)
    bootstrap.migrate()
    from springline.business import seed
    from springline.business.customers import importing
    from springline.business.customers.models import Customer

    seed.write_config("", "bench")
    seed.write_business()
    importing.take_in("\n".join(["姓名,电话,地址,楼层", *_rows(count)]).encode(), "bench.csv")
    made = list(Customer.objects.filter(name__startswith=_NAME).order_by("pk").values_list("pk", flat=True))
    _sell_vouchers(made[::VOUCHERS_EVERY])
    _open_station()
    token = bootstrap.create_token("bench", ["read", "control"])
    shop = Shop(token=token, sku="SPRING-18.9", customers=made)
    (home / "shop.json").write_bytes(msgspec.json.encode(shop))


def _rows(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"{_NAME}{number},139{number:08d},霍山县衡山镇迎驾大道{number % 400 + 1}号,2"


def _sell_vouchers(customers: list[int]) -> None:
    from springline.business.vouchers import services
    from springline.business.vouchers.ledger import Request
    from springline.business.vouchers.models import VoucherPackage

    package = VoucherPackage.objects.get(sku="V-SPRING-10")
    for customer in customers:
        services.purchase(Request(key=f"bench:{customer}"), customer, package)


def _open_station() -> None:
    from springline.business.accounts.models import User
    from springline.business.accounts.roles import Role
    from springline.business.delivery.models import Courier, Shift, Station, Territory

    station = Station.objects.create(name="压测站", county="341525")
    Territory.objects.create(station=station, name="霍山", county="341525")
    for number in range(COURIERS):
        user = User.objects.create_user(f"bench{number}", name=f"配送员{number}", role=Role.COURIER)
        courier = Courier.objects.create(user=user, name=user.name, station=station, capacity=10_000)
        Shift.objects.create(courier=courier)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
