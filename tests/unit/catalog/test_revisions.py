"""What is kept in memory is what the database says, whoever changed it: another process too."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.catalog import demo, services
from springline.business.catalog.models import Batch, BucketType, PriceRule, Product, ServiceArea
from springline.business.catalog.pricing import CustomerFacts
from springline.business.catalog.shop import Shop, shop
from springline.business.delivery.models import Courier, Station, Territory
from springline.business.delivery.roster import roster

NOW = timezone.now()


def price(here: Shop, customer_id: int | None = None) -> int:
    return here.quote(here.products["SPRING-18.9"], 1, CustomerFacts(customer_id=customer_id)).unit_fen


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def water(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


def test_nothing_is_read_again_that_nobody_changed(water: Product) -> None:
    first = shop()
    assert shop() is first
    Product.objects.filter(pk=water.pk).update(price_fen=1)
    assert shop() is not first


CHANGES: list[tuple[Callable[[Product], Any], Callable[[Shop], Any]]] = [
    (lambda water: Product.objects.filter(pk=water.pk).update(price_fen=77), lambda here: price(here) == 77),
    (lambda water: raw("UPDATE catalog_product SET price_fen = 78"), lambda here: price(here) == 78),
    (
        lambda water: BucketType.objects.update(deposit_fen=9),
        lambda here: here.products["SPRING-18.9"].bucket_type.deposit_fen == 9,
    ),
    (
        lambda water: PriceRule.objects.bulk_create(
            [
                PriceRule(
                    product=water, kind="customer", customer_id=7, price_fen=5, valid_from=NOW - timedelta(1)
                )
            ]
        ),
        lambda here: (price(here, 7), price(here, 8) != 5) == (5, True),
    ),
    (
        lambda water: ServiceArea.objects.filter(adcode="341525").delete(),
        lambda here: here.area_of("341525") is None,
    ),
    (
        lambda water: services.stop_sale(
            Batch.objects.create(
                product=water, batch_no="b", produced=NOW.date(), expires=NOW.date() + timedelta(9)
            ).pk,
            "test",
            None,
        ),
        lambda here: here.stopped(here.products["SPRING-18.9"], NOW.date()),
    ),
]


@pytest.mark.parametrize("which", range(len(CHANGES)))
def test_a_change_holds_at_once(water: Product, which: int) -> None:
    change, seen = CHANGES[which]
    Batch.objects.all().delete()
    assert not seen(shop())
    change(water)
    assert seen(shop())


def test_a_many_to_many_row_is_a_change_too(water: Product) -> None:
    station = Station.objects.create(name="s")
    town = Territory.objects.create(station=station, county="341525")
    user = User.objects.create_user("c")
    courier = Courier.objects.create(user=user, name="c", station=station, capacity=9)
    Territory.objects.create(station=station, county="341502")
    assert len(roster().posts[courier.pk].areas) == 2
    courier.territories.add(town)
    assert len(roster().posts[courier.pk].areas) == 1


def test_what_was_rolled_back_is_forgotten(water: Product) -> None:
    before = price(shop())
    for wrong in (3, 4):
        with transaction.atomic():
            Product.objects.update(price_fen=wrong)
            assert price(shop()) == wrong
            transaction.set_rollback(True)
        assert price(shop()) == before
    Product.objects.update(price_fen=5)
    assert price(shop()) == 5


@pytest.mark.django_db(transaction=True)
def test_a_change_on_another_connection_holds_once_it_is_committed() -> None:
    demo.write()
    before = price(shop())
    changed, looked = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic():
                Product.objects.update(price_fen=4321)
                changed.set()
                looked.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert changed.wait(20)
    assert price(shop()) == before
    looked.set()
    thread.join(20)
    assert price(shop()) == 4321
