"""What customers' screens, exports and erasures are told."""

import json

import pytest

from springline.business.calls import hooks as calls
from springline.business.calls.states import Intent, WrapUpOutcome
from springline.business.catalog.models import Product
from springline.business.customers import hooks
from springline.business.vouchers import bench, buckets, cases, demo, remedies, selectors, services
from springline.business.vouchers.models import (
    Iou,
    PaperExchange,
    ReconcileItem,
    VoucherCase,
    VoucherLot,
    VoucherPackage,
)
from springline.business.vouchers.refusals import Code, VoucherRefused
from springline.business.vouchers.states import BucketKind, FormEvent
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


def test_what_a_call_about_a_voucher_is_guessed_to_be(db: None) -> None:
    assert calls.clues["vouchers"]("c1") is None
    case = cases.open_case(VoucherRefused(Code.WRONG_PRODUCT), WANG, None, call_id="c1")
    found = calls.clues["vouchers"]("c1")
    assert found is not None
    assert (found.intent, found.outcome) == (Intent.VOUCHER, WrapUpOutcome.CASE_OPENED)
    cases.close_case(case.pk, FormEvent.RESOLVE, "convert", "")
    solved = calls.clues["vouchers"]("c1")
    assert solved is not None
    assert solved.outcome is WrapUpOutcome.SOLVED


def test_what_was_written_beside_the_ledgers_goes_with_the_person(
    package: VoucherPackage, spring: Product
) -> None:
    lot = bought(package)
    remedies.owe(req(reason="王家"), WANG, spring, 1, Code.SHORT)
    paper = remedies.submit_paper(req(reason="王家"), WANG, spring, 1, "A1", photo="王家.jpg")
    hooks.erasers["vouchers"]([WANG])
    tables = (Iou, PaperExchange, ReconcileItem, VoucherCase, VoucherLot)
    left = str([list(table.objects.values()) for table in tables])
    assert "王家" not in left
    assert "A1" in left
    assert (lot.pk, paper.pk, breaks()) == (VoucherLot.objects.get().pk, PaperExchange.objects.get().pk, [])
