"""Sixty-four clients at once and one voucher: SQLite, or PostgreSQL by SPRINGLINE_TEST_DATABASE_URL."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from springline.business.catalog import demo
from springline.business.catalog.models import Product
from springline.business.vouchers import guards, services
from springline.business.vouchers.models import VoucherEntry, VoucherLot
from springline.business.vouchers.refusals import VoucherRefused
from tests.unit.vouchers.people import WANG, bought, breaks, package_of, req, standing

CLIENTS = 64


@pytest.fixture
def last_voucher(transactional_db: None) -> Iterator[VoucherLot]:
    demo.write()
    yield bought(package_of(Product.objects.get(sku="SPRING-18.9"), paid_qty=1, gift_qty=0))
    # The test's own tidying up deletes rows, which the guards refuse.
    guards.remove(connection)
    for table in guards.APPEND_ONLY:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    guards.install(connection)


def at_once(work: Callable[[int], str]) -> Counter[str]:
    start = Barrier(CLIENTS)

    def client(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(20)
            return work(number)
        except VoucherRefused as refusal:
            return refusal.code.value
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(client, range(CLIENTS)))


def test_the_last_voucher_is_redeemed_once(last_voucher: VoucherLot) -> None:
    product = last_voucher.product

    def redeem(number: int) -> str:
        services.redeem(req(key=f"client-{number}"), WANG, product, 1)
        return "redeemed"

    results = at_once(redeem)
    assert results["redeemed"] == 1
    assert set(results) <= {"redeemed", "T01", "T11"}
    assert standing(last_voucher) == (0, 0, 0)
    assert VoucherEntry.objects.filter(kind="redeem").count() == 1
    assert breaks() == []


def test_one_key_from_everywhere_is_one_redemption(last_voucher: VoucherLot) -> None:
    product = last_voucher.product

    def redeem(_number: int) -> str:
        receipt = services.redeem(req(key="the same"), WANG, product, 1)
        return "repeated" if receipt.repeated else "redeemed"

    results = at_once(redeem)
    assert results["redeemed"] == 1
    assert set(results) <= {"redeemed", "repeated", "T11"}
    assert results["repeated"] > 0
    assert standing(last_voucher) == (0, 0, 0)
