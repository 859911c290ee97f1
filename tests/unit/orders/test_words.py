"""Sentences: what the agent reads back, and the line of the screen pop."""

from datetime import UTC, datetime

import pytest

from springline.business.catalog.models import Product
from springline.business.customers.inputs import AddressIn
from springline.business.customers.models import Customer
from springline.business.orders import planning, services, words
from tests.unit.orders.people import a_customer, buys, wants

NOW = datetime(2026, 11, 25, 1, 12, tzinfo=UTC)


def read_back(order, customer: Customer | None) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    plan = planning.plan(order, customer, now=NOW)
    return words.read_back_zh(plan, NOW), words.read_back_en(plan, NOW)


def test_read_back_with_vouchers_and_deposits(wang: Customer) -> None:
    buys(wang, 2)
    zh, en = read_back(wants(wang), wang)
    assert zh == (
        "您要山泉水 18.9 升 2 桶，送到霍山县衡山镇迎驾大道 8 号，今天 11:15 前送到，"
        "用水票 2 张，应付 100 元（含押桶 100 元），对吗？"
    )
    assert en == (
        "2 × Spring 18.9 L; to 霍山县衡山镇迎驾大道 8 号; by today 11:15; 2 vouchers; "
        "¥100 to pay (of it deposits 100). Is that right?"
    )


def test_an_unknown_floor_and_a_window_are_said(spring: Product) -> None:
    zhao = a_customer("13900000020", "赵", "衡山镇文峰路 3 号", at={"floor": None, "county": "341525"})
    zh, _en = read_back(
        wants(
            zhao,
            ("PURE-18.9", 1),
            window_from=datetime(2026, 11, 26, 2, tzinfo=UTC),
            window_to=datetime(2026, 11, 26, 4, tzinfo=UTC),
        ),
        zhao,
    )
    assert "送到霍山县衡山镇文峰路 3 号，明天 10:00 到 12:00 之间送到" in zh
    assert zh.endswith("楼层费到时另计，对吗？")


def test_before_there_is_an_address(wang: Customer) -> None:
    nobody = a_customer("13900000022", "新", "")
    assert "送到哪里" in read_back(wants(nobody), nobody)[0]


@pytest.mark.parametrize(
    ("sku", "name"),
    [("SPRING-18.9", "18.9L 山泉水"), ("SPRING-5", "5L 山泉水一次性桶"), ("PUMP", "手压泵"),
     ("SPRING-0.5X24", "山泉水 500 毫升×24")],
)  # fmt: skip
def test_short_names(spring: Product, sku: str, name: str) -> None:
    assert words.short_name(Product.objects.get(sku=sku)) == name


def test_the_last_order_in_one_line(wang: Customer) -> None:
    order = services.place(wants(wang), now=datetime(2026, 10, 28, 2, tzinfo=UTC))
    lines = list(order.lines.select_related("product"))
    assert words.last_line(order, lines) == "上次：18.9L 山泉水 ×2 · 10-28 · 衡山镇…"


def test_an_address_elsewhere_in_its_own_words(wang: Customer) -> None:
    said = AddressIn(text="霍山县与儿街镇老街 9 号", floor=1)
    assert "送到霍山县与儿街镇老街 9 号" in read_back(wants(wang, address=said), wang)[0]


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0"), (4000, "40"), (1250, "12.50"), (5, "0.05"), (-150, "-1.50")]
)
def test_money(fen: int, text: str) -> None:
    assert words.yuan(fen) == text
