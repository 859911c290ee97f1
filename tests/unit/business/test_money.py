"""Money in the back office: typed, listed, exported, imported and remembered in yuan, kept in 分."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from springline.business.accounts.roles import Role
from springline.business.catalog.models import BucketType, Product, ServiceArea
from springline.business.tables.money import MOST, Yuan, fen_of, is_money, shown, yuan
from tests.unit.business import people
from tests.unit.business.test_tables import a_product, confirm, preview

SignIn = Callable[[AbstractBaseUser], Client]


@pytest.fixture
def owner(db: None, signed_in: SignIn, tmp_path: Path, settings: object) -> Client:
    settings.HOME = msgspec.structs.replace(settings.HOME, home=tmp_path)  # type: ignore[attr-defined]
    return signed_in(people.a(Role.OWNER))


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        *(("18", 1800), ("18.5", 1850), ("18.50", 1850), ("0.01", 1), ("0", 0), ("18.", 1800)),
        *(("１８．５０", 1850), ("￥18.50", 1850), ("¥ 1,234.50", 123450), ("１２，３４５", 1234500)),
        *(("18元", 1800), (" 18 ", 1800), ("9999999.99", MOST)),
    ],
)
def test_what_people_write_for_an_amount(text: str, fen: int) -> None:
    assert fen_of(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "18.505",
        "18.500",
        "-1",
        "-0.01",
        "十八",
        "abc",
        "1,8",
        "1e3",
        ".",
        "",
        "nan",
        "10000000",
        "1.2.3",
        "٣x",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        fen_of(text)


@given(st.integers(-MOST, MOST))
def test_what_is_shown_is_read_as_the_same(fen: int) -> None:
    assert fen_of(yuan(fen), signed=True) == fen
    assert fen_of(shown(abs(fen))) == abs(fen)
    cell = Yuan(signed=True)
    assert cell.clean(str(cell.render(fen))) == fen


def test_all_money_is_typed_as_money() -> None:
    """Whatever counts 分 says so by its field: the back office would show a hundred times as much."""
    plain = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("springline.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.IntegerField)
        and not is_money(field)
        and ("fen" in field.name.split("_") or "(fen)" in str(field.verbose_name))
    ]
    assert plain == []


def form_of(product: Product, price: str) -> dict[str, str]:
    return {
        "name_zh": product.name_zh,
        "brand": product.brand,
        "water_type": product.water_type,
        "volume_ml": "18900",
        "price_fen": price,
        "unit": "桶",
        "position": "0",
        "price_rules-TOTAL_FORMS": "0",
        "price_rules-INITIAL_FORMS": "0",
    }


def test_a_price_is_changed_in_yuan(owner: Client) -> None:
    product = a_product()
    path = f"/admin/catalog/product/{product.pk}/change/"
    assert 'value="20.00"' in owner.get(path).content.decode()
    assert owner.post(path, form_of(product, "２２．５")).status_code == 302
    product.refresh_from_db()
    assert product.price_fen == 2250
    assert "¥22.50" in owner.get("/admin/catalog/product/").content.decode()
    history = owner.get(f"/admin/catalog/product/{product.pk}/history/").content.decode()
    assert "¥20.00" in history
    assert "¥22.50" in history


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("22.505", "最多两位"),
        ("-1", "不能为负数"),
        ("二十", "不是金额"),
        ("99999999", "最多 9,999,999.99 元"),
        ("", "必填"),
    ],
)
def test_a_price_that_is_none_is_refused_with_a_reason(owner: Client, price: str, reason: str) -> None:
    product = a_product()
    page = owner.post(f"/admin/catalog/product/{product.pk}/change/", form_of(product, price))
    assert page.status_code == 200
    assert reason in page.content.decode()
    product.refresh_from_db()
    assert product.price_fen == 2000


def test_an_export_of_prices_comes_in_again_unchanged(owner: Client) -> None:
    BucketType.objects.create(code="PC", name_zh="桶", deposit_fen=3005)
    ServiceArea.objects.create(adcode="341502", name="金安区", delivery_fee_fen=1, floor_fee_fen=150)
    for table in ("catalog/buckettype", "catalog/servicearea"):
        for kind in ("0", "1"):
            data = owner.post(f"/admin/{table}/export/", {"format": kind, "resource": "0"}).content
            assert "未变 1 行" in confirm(owner, table, preview(owner, table, data))
    assert BucketType.objects.get().deposit_fen == 3005
    assert (ServiceArea.objects.get().delivery_fee_fen, ServiceArea.objects.get().floor_fee_fen) == (1, 150)


def test_a_read_only_page_shows_yuan(db: None, signed_in: SignIn) -> None:
    product = a_product()
    client = signed_in(people.a(Role.FINANCE))
    assert "¥20.00" in client.get(f"/admin/catalog/product/{product.pk}/change/").content.decode()
