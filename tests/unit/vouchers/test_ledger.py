"""Services of the ledger: what they write, refuse and repeat."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.catalog.models import Product
from springline.business.vouchers import services
from springline.business.vouchers.ledger import Writer, run
from springline.business.vouchers.models import ClearingEntry, Operation, VoucherEntry, VoucherPackage
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from tests.unit.vouchers.people import LI, WANG, bought, breaks, package_of, req, standing

pytestmark = pytest.mark.django_db


def refused(code: Code):  # type: ignore[no-untyped-def]
    return pytest.raises(VoucherRefused, match=code.value)


def test_buy_ten_get_one(package: VoucherPackage) -> None:
    lot = bought(package)
    assert standing(lot) == (11, 0, 0)
    assert (lot.unit_price_fen, lot.volume_ml) == (2000, 18_900)
    assert [entry.kind for entry in lot.entries.all()] == ["purchase", "gift"]
    assert breaks() == []


def test_an_order_sets_aside_and_a_delivery_redeems(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.reserve(req(order_id=1), WANG, spring, 3)
    assert standing(lot) == (8, 3, 0)
    receipt = services.redeem(req(order_id=1, delivery_id=5, call_id="c1"), WANG, spring, 2)
    assert standing(lot) == (8, 1, 0)
    assert (receipt.entries[0].order_id, receipt.entries[0].delivery_id) == (1, 5)
    services.release(req(order_id=1))
    assert standing(lot) == (9, 0, 0)
    assert services.release(req(order_id=1)).entries == ()


def test_more_delivered_than_set_aside_takes_the_rest(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.reserve(req(order_id=1), WANG, spring, 1)
    services.redeem(req(order_id=1, delivery_id=5), WANG, spring, 3)
    assert standing(lot) == (8, 0, 0)


def test_the_same_key_returns_the_first_result(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    first = services.redeem(req(key="once", delivery_id=5), WANG, spring, 2)
    again = services.redeem(req(key="once", delivery_id=5), WANG, spring, 2)
    assert (first.repeated, again.repeated) == (False, True)
    assert [entry.pk for entry in first.entries] == [entry.pk for entry in again.entries]
    assert standing(lot) == (9, 0, 0)
    with pytest.raises(NotPossible, match="key_reused"):
        services.redeem(req(key="once", delivery_id=5), WANG, spring, 1)


def test_t06_a_second_key_for_one_delivery(package: VoucherPackage, spring: Product) -> None:
    bought(package)
    first = services.redeem(req(delivery_id=5), WANG, spring, 1).entries[-1]
    with refused(Code.REPEATED) as caught:
        services.redeem(req(delivery_id=5), WANG, spring, 1)
    assert caught.value.facts["entry"] == first.pk
    services.reverse(req(), first.pk)
    services.redeem(req(delivery_id=5), WANG, spring, 1)


def test_t01_and_what_is_left_is_said(package: VoucherPackage, spring: Product) -> None:
    with refused(Code.SHORT):
        services.redeem(req(), WANG, spring, 1)
    bought(package)
    with refused(Code.SHORT) as caught:
        services.reserve(req(), WANG, spring, 12)
    assert (caught.value.facts["usable"], caught.value.facts["wanted"]) == (11, 12)
    assert VoucherEntry.objects.filter(kind="reserve").count() == 0


def test_t02_another_water_and_a_smaller_bucket(
    package: VoucherPackage, spring: Product, mineral: Product
) -> None:
    bought(package)
    with refused(Code.WRONG_PRODUCT):
        services.reserve(req(), WANG, mineral, 1)
    Product.objects.filter(pk=spring.pk).update(volume_ml=16_800)
    spring.refresh_from_db()
    with refused(Code.WRONG_PRODUCT):
        services.reserve(req(), WANG, spring, 1)


def test_a_general_voucher_buys_any_water_up_to_its_size(spring: Product, mineral: Product) -> None:
    lot = bought(package_of(spring, scope="general"))
    services.redeem(req(), WANG, mineral, 1)
    assert standing(lot) == (10, 0, 0)
    with refused(Code.WRONG_PRODUCT):
        services.redeem(req(), WANG, Product.objects.get(sku="PUMP"), 1)


def test_t03_another_station_clears(package: VoucherPackage, spring: Product) -> None:
    bought(package, station_id=1)
    with refused(Code.WRONG_PLACE):
        services.redeem(req(station_id=2), WANG, spring, 1)
    services.redeem(req(station_id=2), WANG, spring, 2, clearing=True)
    owed = ClearingEntry.objects.get()
    assert (owed.from_station_id, owed.to_station_id, owed.value_fen) == (1, 2, 4000)


def test_t03_another_region(spring: Product) -> None:
    bought(package_of(spring, regions=["341525"]))
    services.reserve(req(), WANG, spring, 1, adcode="341525102")
    services.reserve(req(), WANG, spring, 1, adcode=None)
    with refused(Code.WRONG_PLACE):
        services.reserve(req(), WANG, spring, 1, adcode="341502")


def test_t04_nothing_is_forfeited(spring: Product) -> None:
    lot = bought(package_of(spring, valid_days=30))
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        with refused(Code.EXPIRED):
            services.redeem(req(), WANG, spring, 1)
        services.expire(req(), lot.pk)
        assert standing(lot) == (0, 0, 11)
        with refused(Code.EXPIRED):
            services.redeem(req(), WANG, spring, 1)
        services.extend(req(), lot.pk, timezone.now() + timedelta(days=30))
        services.redeem(req(), WANG, spring, 1)
    assert standing(lot) == (10, 0, 0)
    assert breaks() == []


def test_t05_frozen_says_so_until_unfrozen(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.freeze(req(), lot.pk)
    with refused(Code.FROZEN):
        services.reserve(req(), WANG, spring, 1)
    services.unfreeze(req(), lot.pk)
    services.reserve(req(), WANG, spring, 1)
    with pytest.raises(NotPossible, match="not_frozen"):
        services.unfreeze(req(), lot.pk)


def test_t09_t10_unknown_and_gone(package: VoucherPackage, spring: Product) -> None:
    with refused(Code.UNKNOWN_TICKET):
        services.freeze(req(), 999)
    lot = bought(package)
    services.refund(req(), lot.pk)
    with refused(Code.GONE):
        services.redeem(req(), WANG, spring, 1)
    with refused(Code.GONE):
        services.refund(req(), lot.pk)


def test_what_ends_first_is_used_first(spring: Product) -> None:
    later = bought(package_of(spring))
    sooner = bought(package_of(spring, valid_days=30))
    services.redeem(req(), WANG, spring, 12)
    assert (standing(sooner)[0], standing(later)[0]) == (0, 10)


def test_a_mistake_is_undone_within_a_day_and_once(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    entry = services.redeem(req(), WANG, spring, 2).entries[-1]
    services.reverse(req(), entry.pk, 1)
    services.reverse(req(), entry.pk)
    assert standing(lot) == (11, 0, 0)
    with pytest.raises(NotPossible, match="reversed_already"):
        services.reverse(req(), entry.pk)
    late = services.redeem(req(), WANG, spring, 2).entries[-1]
    with (
        time_machine.travel(timezone.now() + timedelta(hours=25)),
        pytest.raises(NotPossible, match="too_late"),
    ):
        services.reverse(req(), late.pk)


def test_a_stale_reservation_is_given_back(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.reserve(req(order_id=1), WANG, spring, 3)
    assert services.release_stale() == 0
    assert services.release_stale(timezone.now() + timedelta(hours=49)) == 1
    assert services.release_stale(timezone.now() + timedelta(hours=49)) == 0
    assert standing(lot) == (11, 0, 0)


def test_a_transfer_carries_its_value_and_no_more(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    before = services.refund_of(lot, timezone.now()).fen
    made = services.transfer(req(), lot.pk, 4, LI).lot
    now = timezone.now()
    assert made.customer_id == LI
    assert (standing(lot), standing(made)) == ((7, 0, 0), (4, 0, 0))
    assert services.refund_of(lot, now).fen + services.refund_of(made, now).fen == before
    services.redeem(req(), LI, spring, 4)
    with refused(Code.SHORT):
        services.transfer(req(), lot.pk, 8, LI)


def test_merged_customers_and_back(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.rebind(req(), WANG, LI)
    services.redeem(req(), LI, spring, 1)
    with refused(Code.SHORT):
        services.redeem(req(), WANG, spring, 1)
    services.rebind(req(), LI, WANG)
    services.redeem(req(), WANG, spring, 1)
    assert standing(lot) == (9, 0, 0)
    assert breaks() == []


def test_a_refund_pays_by_the_formula(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.redeem(req(), WANG, spring, 4)
    services.freeze(req(), lot.pk, 2)
    entry = services.refund(req(), lot.pk).entries[-1]
    assert (entry.amount_fen, standing(lot)) == (-(20_000 - 3 * 2000), (0, 0, 0))


def test_a_redemption_reversed_after_the_refund_is_not_paid_twice(
    package: VoucherPackage, spring: Product
) -> None:
    lot = bought(package)
    used = services.redeem(req(), WANG, spring, 3).entries[-1]
    first = services.refund(req(), lot.pk).entries[-1]
    services.reverse(req(), used.pk)
    second = services.refund(req(), lot.pk).entries[-1]
    assert (first.amount_fen, second.amount_fen) == (-16_000, -4_000)
    assert standing(lot) == (0, 0, 0)


def test_what_an_order_set_aside_is_not_refunded(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    services.reserve(req(order_id=1), WANG, spring, 1)
    with pytest.raises(NotPossible, match="reserved"):
        services.refund(req(), lot.pk)


def test_lots_that_ended_are_set_aside_once(spring: Product) -> None:
    lot, lasting = bought(package_of(spring, valid_days=30)), bought(package_of(spring))
    assert services.expire_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert services.expire_due() == 1
        with CaptureQueriesContext(connection) as asked:
            assert services.expire_due() == 0
    assert len(asked) == 1, "what ended once is not looked at again"
    assert (standing(lot), standing(lasting)) == ((0, 0, 11), (11, 0, 0))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("database is locked"), Code.CONFLICT),
        (IntegrityError("UNIQUE constraint failed"), Code.CONFLICT),
        (OperationalError("connection refused"), Code.AWAY),
    ],
)
def test_t11_t12_a_database_in_the_way_or_away(error: Exception, code: Code) -> None:
    def work(_writer: Writer) -> None:
        raise error

    with refused(code):
        run(req(key="hindered"), "test", {}, work)
    assert not Operation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_t11_a_conflict_is_tried_again_twice() -> None:
    tries = []

    def work(_writer: Writer) -> None:
        tries.append(1)
        raise OperationalError("database is locked")

    with refused(Code.CONFLICT):
        run(req(key="hindered"), "test", {}, work)
    assert len(tries) == 3
