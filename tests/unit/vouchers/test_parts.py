"""What customers' screens, exports and erasures are told."""

import json

import pytest

from springline.business.catalog.models import Product
from springline.business.customers import hooks
from springline.business.vouchers import bench, buckets, demo, selectors, services
from springline.business.vouchers.models import VoucherPackage
from springline.business.vouchers.states import BucketKind
from tests.unit.vouchers.people import WANG, bought, breaks, req

pytestmark = pytest.mark.django_db


def test_the_screen_pop_the_export_and_the_erasure(package: VoucherPackage, spring: Product) -> None:
    assert hooks.erase_blockers["vouchers"]([WANG]) == []
    lot = bought(package)
    buckets.move(req(), WANG, spring.bucket_type, BucketKind.DELIVERED, 2)  # type: ignore[arg-type]
    shown = hooks.pop_parts["vouchers"]([WANG])
    assert (shown["available"], shown["buckets_owed"]) == (11, 2)
    assert len(hooks.erase_blockers["vouchers"]([WANG])) == 2
    services.refund(req(), lot.pk)
    buckets.take_back(req(), WANG, spring.bucket_type, 2)  # type: ignore[arg-type]
    assert hooks.erase_blockers["vouchers"]([WANG]) == []
    assert len(json.loads(json.dumps(hooks.export_parts["vouchers"]([WANG])))["lines"]) == 5


def test_the_demos_packages(spring: Product) -> None:
    assert demo.write()
    assert not demo.write()
    bought(VoucherPackage.objects.get(sku="V-ANY-20"))
    assert ("MINERAL-18.9", 21) in [(product.sku, count) for product, count in selectors.eligible([WANG])]


def test_what_the_bench_fills_in_is_a_ledger_like_any_other() -> None:
    bench._fill(200)
    assert breaks() == []
    assert selectors.audit().entries == 200
    assert selectors.balance([1]).available == 10 * 2
