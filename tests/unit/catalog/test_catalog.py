"""Products, batches and areas in the database and over HTTP."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo, selectors, services
from springline.business.catalog.models import Batch, PriceRule, Product, ServiceArea
from springline.business.catalog.pricing import CustomerFacts
from springline.business.catalog.states import TRANSITIONS, ProductEvent, ProductState, after
from springline.business.hotline.states import IllegalTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Product:
    assert demo.write()
    assert not demo.write()
    return Product.objects.get(sku="SPRING-18.9")


@pytest.fixture
def as_role() -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        user = User.objects.create_user(role.value, "x", name=role.value, role=role)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.mark.parametrize("state", list(ProductState))
@pytest.mark.parametrize("event", list(ProductEvent))
def test_the_whole_table(state: ProductState, event: ProductEvent) -> None:
    expected = TRANSITIONS.get((state, event))
    if expected is None:
        with pytest.raises(IllegalTransition):
            after(state, event)
    else:
        assert after(state, event) is expected


def test_a_withdrawn_product_stays_so_and_is_offered_no_more(shop: Product) -> None:
    services.change_state(shop.pk, ProductEvent.WITHDRAW, None)
    with pytest.raises(IllegalTransition):
        services.change_state(shop.pk, ProductEvent.OFFER, None)
    assert shop not in selectors.products()
    assert Product.objects.get(pk=shop.pk).withdrawn_at is not None
    assert AuditRow.objects.filter(what="product.withdraw").count() == 1


def test_a_town_is_served_as_its_county_unless_it_has_a_row(shop: Product) -> None:
    assert selectors.delivery("341525102", 1, 1, None).state == "served"
    ServiceArea.objects.create(adcode="341525102", name="某镇", state="not_served")
    assert selectors.delivery("341525102", 1, 1, None).state == "not_served"
    assert selectors.delivery("340102", 1, 1, None).state == "unknown"
    assert selectors.delivery(None, 1, 1, None).state == "unknown"


def test_a_sale_is_stopped_and_resumed(shop: Product) -> None:
    Batch.objects.all().delete()
    batch = Batch.objects.create(
        product=shop, batch_no="A", produced=date(2026, 11, 1), expires=date(2026, 12, 1)
    )
    services.stop_sale(batch.pk, "异味", None)
    services.stop_sale(batch.pk, "again", None)
    batch.refresh_from_db()
    assert (batch.stop_sale, batch.stop_reason) == (True, "异味")
    services.resume_sale(batch.pk, "检验合格", None)
    batch.refresh_from_db()
    assert not batch.stop_sale


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "customer"},
        {"kind": "level", "level": ""},
        {"kind": "region", "adcode": "341502", "customer_id": 1},
        {"kind": "quantity"},
    ],
)
def test_the_database_refuses_a_rule_about_nothing(shop: Product, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceRule.objects.create(product=shop, price_fen=1, **wrong)


def test_a_quote_says_which_rule_won(shop: Product, as_role: Callable[[Role], Client]) -> None:
    rule = PriceRule.objects.create(product=shop, kind="customer", customer_id=7, price_fen=1500)
    client = as_role(Role.AGENT)
    found = client.get("/api/catalog/quote?sku=SPRING-18.9&qty=12&customer_id=7").json()
    assert (found["unit_fen"], found["total_fen"], found["rule"]) == (1500, 18_000, rule.pk)
    assert found["why"] == "该客户的专属价"
    other = client.get("/api/catalog/quote?sku=SPRING-18.9&qty=12&customer_id=8").json()
    assert (other["unit_fen"], other["kind"]) == (1800, "quantity")
    assert client.get("/api/catalog/quote?sku=NONE").json()["code"] == "unknown_product"
    services.change_state(shop.pk, ProductEvent.PAUSE, None)
    assert client.get("/api/catalog/quote?sku=SPRING-18.9").status_code == 409
    assert selectors.quote(shop, 1, CustomerFacts()).unit_fen == 2000


def test_products_areas_and_delivery_over_http(shop: Product, as_role: Callable[[Role], Client]) -> None:
    client = as_role(Role.COURIER)
    first = client.get("/api/catalog/products").json()[0]
    assert (first["sku"], first["bucket_type"]["deposit_fen"]) == ("SPRING-18.9", 5000)
    assert len(client.get("/api/catalog/areas").json()) == 7
    terms = client.get("/api/catalog/delivery?adcode=341503&qty=2&floor=6").json()
    assert (terms["floor_fee_fen"], terms["ask"]) == (None, ["lift"])
    assert Client().get("/api/catalog/products").status_code == 401


def test_a_supervisor_stops_a_batch_and_an_agent_does_not(
    shop: Product, as_role: Callable[[Role], Client]
) -> None:
    batch = shop.batches.get()
    url = f"/api/catalog/batches/{batch.pk}/stop"
    answers = [
        as_role(role).post(url, {"reason": reason}, content_type="application/json").status_code
        for role, reason in ((Role.AGENT, "异味"), (Role.SUPERVISOR, " "), (Role.OWNER, "异味"))
    ]
    assert answers == [403, 422, 200]
    batch.refresh_from_db()
    assert batch.stop_sale
