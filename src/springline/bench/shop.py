"""`python -m springline.bench.shop HOME CUSTOMERS`: a shop to order in; its token and customers in shop.json.

A process of its own, because Django knows one database a process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from springline.business import bootstrap
from springline.business.customers.regions import Town, shipped
from springline.platform import settings as settings_of

VOUCHERS_EVERY = 3
COUNTY = "霍山县"
# At each town's station; who places fifty orders a second has more couriers than a small company.
COURIERS = 3
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
    _open_stations()
    token = bootstrap.create_token("bench", ["read", "control"])
    shop = Shop(token=token, sku="SPRING-18.9", customers=made)
    (home / "shop.json").write_bytes(msgspec.json.encode(shop))


def _towns() -> tuple[Town, ...]:
    return next(county.towns for county in shipped().counties if county.name == COUNTY)


def _rows(count: int) -> Iterator[str]:
    towns = _towns()
    for number in range(count):
        town = towns[number % len(towns)].name
        yield f"{_NAME}{number},139{number:08d},{COUNTY}{town}迎驾大道{number % 400 + 1}号,2"


def _sell_vouchers(customers: list[int]) -> None:
    from springline.business.vouchers import services
    from springline.business.vouchers.ledger import Request
    from springline.business.vouchers.models import VoucherPackage

    package = VoucherPackage.objects.get(sku="V-SPRING-10")
    for customer in customers:
        services.purchase(Request(key=f"bench:{customer}"), customer, package)


def _open_stations() -> None:
    """One a town, each with couriers on shift."""
    from springline.business.accounts.models import User
    from springline.business.accounts.roles import Role
    from springline.business.delivery.models import Courier, Shift, Station, Territory

    for town in _towns():
        station = Station.objects.create(name=f"{town.name}压测站", county=town.county)
        Territory.objects.create(station=station, name=town.name, county=town.county, town=town.code)
        for number in range(COURIERS):
            user = User.objects.create_user(
                f"bench{town.code}{number}", name=f"{town.stem}{number}", role=Role.COURIER
            )
            courier = Courier.objects.create(user=user, name=user.name, station=station, capacity=10_000)
            Shift.objects.create(courier=courier)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
