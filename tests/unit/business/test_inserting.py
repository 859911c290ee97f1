"""Rows are written as Django writes them, with one statement."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.accounts.models import AuditRow, User
from springline.business.catalog import demo
from springline.business.catalog.models import Batch, PriceRule, Product
from springline.business.catalog.states import RuleKind
from springline.business.inserting import insert
from springline.business.vouchers.models import Operation

NOW = timezone.now()


@pytest.fixture
def water(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


def rules(water: Product) -> list[models.Model]:
    return [
        PriceRule(
            product=water,
            kind=RuleKind.QUANTITY,
            min_qty=9 + n,
            price_fen=n,
            valid_to=NOW + timedelta(days=n),
        )
        for n in (1, 2, 3)
    ]


def batches(water: Product) -> list[models.Model]:
    day = timezone.localdate()
    return [Batch(product=water, batch_no="b1", produced=day, expires=day, stop_sale=True)]


def audited(_water: Product) -> list[models.Model]:
    user = User.objects.get_or_create(username="chen", name="陈")[0]
    return [
        AuditRow(who="x", what="y", detail={"面": [1, None]}),
        AuditRow(user=user, who=user.name, what="z", at=NOW),
    ]


def read(model: type[models.Model]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in ("id", "at", "valid_from")}
        for row in model._default_manager.order_by("pk").values()
    ]


@pytest.mark.parametrize("make", [rules, batches, audited])
def test_what_is_read_back_is_what_django_would_have_written(
    water: Product, make: Callable[[Product], list[models.Model]]
) -> None:
    mine = make(water)
    model = type(mine[0])
    before = len(read(model))
    with CaptureQueriesContext(connection) as queries:
        insert(mine)
    assert len(queries) == 1
    assert model._default_manager.get(pk=mine[-1].pk).pk == mine[-1].pk
    assert not mine[0]._state.adding
    written = read(model)[before:]
    others = make(water)
    for row in others:
        row.pk = None
    with transaction.atomic():
        model._base_manager.filter(pk__in=[row.pk for row in mine]).delete()
        model._default_manager.bulk_create(others)
        assert read(model)[before:] == written


def test_a_row_with_its_own_key_keeps_it_and_comes_once(water: Product) -> None:
    insert([Operation(key="k1", kind="x", digest="d", actor="a")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Operation(key="k1", kind="x", digest="d", actor="a")])
    assert Operation.objects.count() == 1
