from collections.abc import Callable

import pytest
from django.test import Client

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer
from springline.business.orders import hooks
from tests.unit.orders.people import a_customer


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test registers what it listens with."""
    for name in ("confirmed", "cancelled", "changed", "may_reroute", "courier_names"):
        monkeypatch.setattr(hooks, name, [])


@pytest.fixture
def spring(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


@pytest.fixture
def wang(spring: Product) -> Customer:
    return a_customer()


@pytest.fixture
def agent(db: None) -> User:
    return User.objects.create_user("agent1001", "quiet-river-17", name="坐席小安", role=Role.AGENT)


@pytest.fixture
def as_role() -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        user, _new = User.objects.get_or_create(
            username=role.value, defaults={"name": role.value, "role": role}
        )
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
