"""A prepared select answers as its queryset does, every time anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.catalog import demo
from springline.business.catalog.models import BucketType, PriceRule, Product
from springline.business.prepared import Prepared, PreparedUpdate

NOW = timezone.now()
RULES = PriceRule.objects.filter(product=OuterRef("pk"))


@pytest.fixture
def shop(db: None) -> None:
    demo.write()
    water = Product.objects.order_by("pk").first()
    for days in range(-3, 4):
        PriceRule.objects.create(
            product=water,
            kind="quantity",
            min_qty=9,
            price_fen=1000 + days,
            valid_from=NOW + timedelta(days=days),
        )


def pks() -> list[int]:
    return list(Product.objects.order_by("pk").values_list("pk", flat=True))


BUILDS: list[tuple[Callable[..., "QuerySet[Any, Any]"], Callable[[], list[tuple[Any, ...]]]]] = [
    (lambda: Product.objects.order_by("pk"), lambda: [(), ()]),
    (lambda sku: Product.objects.filter(sku=sku), lambda: [("SPRING-18.9",), ("SPRING-5",), ("nothing",)]),
    (
        lambda ids: Product.objects.filter(pk__in=ids).values_list("pk", "sku"),
        lambda: [(pks(),), (pks()[:2],), (pks()[2:4],), ([],), (pks()[:1],)],
    ),
    (
        lambda product, at: PriceRule.objects.filter(product=product, valid_from__lte=at),
        lambda: [(pks()[0], NOW + timedelta(days=days)) for days in range(-4, 5)],
    ),
    (
        lambda at, customer: PriceRule.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=at),
            Q(customer_id=None) | Q(customer_id=customer),
            valid_from__lte=at,
        ).order_by("pk"),
        lambda: [(NOW, None), (NOW, 7), (NOW - timedelta(days=2), None)],
    ),
    (
        lambda sku: Product.objects.filter(sku=sku).annotate(
            rules=Count("price_rules"),
            one=Subquery(RULES.values("pk")[:1]),
        ),
        lambda: [("SPRING-18.9",), ("SPRING-5",)],
    ),
]


@pytest.mark.parametrize("which", range(len(BUILDS)))
def test_it_answers_as_the_queryset_does(shop: None, which: int) -> None:
    build, arguments = BUILDS[which]
    prepared = Prepared(build)
    for values in arguments() * 2:
        found, wanted = prepared(*values), list(build(*values))
        assert found == wanted
        assert [getattr(row, "__dict__", row).keys() for row in found if not isinstance(row, tuple)] == [
            getattr(row, "__dict__", row).keys() for row in wanted if not isinstance(row, tuple)
        ]


def test_each_answer_is_read_anew_with_one_query(shop: None) -> None:
    prepared = Prepared(lambda sku: Product.objects.filter(sku=sku).select_related("bucket_type"))
    [before] = prepared("SPRING-18.9")
    Product.objects.filter(pk=before.pk).update(price_fen=4321)
    BucketType.objects.filter(pk=before.bucket_type_id).update(name_zh="新桶")
    with CaptureQueriesContext(connection) as queries:
        [after] = prepared("SPRING-18.9")
        assert (after.price_fen, after.bucket_type.name_zh) == (4321, "新桶")
    assert len(queries) == 1
    assert after is not before


def test_an_argument_that_is_not_in_the_sql_is_refused(shop: None) -> None:
    other = Prepared(lambda sku: Product.objects.filter(sku=sku.lower() + "-18.9"))
    with pytest.raises(ValueError, match="as it is"):
        other("spring")


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_mix_their_answers() -> None:
    demo.write()
    prepared = Prepared(lambda sku: Product.objects.filter(sku=sku).values_list("sku", flat=True))
    skus = list(Product.objects.values_list("sku", flat=True))

    def ask(number: int) -> bool:
        try:
            return all(prepared(sku) == [sku] for sku in skus * 20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))


def test_a_prepared_update_changes_what_the_queryset_would(shop: None) -> None:
    change = PreparedUpdate(
        lambda pk, at, by: (
            PriceRule.objects.filter(pk=pk),
            {"valid_from": at, "price_fen": F("price_fen") + by},
        )
    )
    first, second = PriceRule.objects.filter(min_qty=9).order_by("pk")[:2]
    for rule, days in ((first, -9), (second, -8)):
        assert change(rule.pk, NOW + timedelta(days=days), 5) == 1
        price = rule.price_fen + 5
        rule.refresh_from_db()
        assert (rule.valid_from, rule.price_fen) == (NOW + timedelta(days=days), price)
    assert change(-1, NOW, 5) == 0
