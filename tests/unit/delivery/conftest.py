from collections.abc import Callable

import pytest
from django.test import Client

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer
from springline.business.delivery.models import Courier, Station
from tests.unit.delivery.people import a_courier, a_station
from tests.unit.orders.people import a_customer


@pytest.fixture
def spring(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


@pytest.fixture
def wang(spring: Product) -> Customer:
    return a_customer()


@pytest.fixture
def station(db: None) -> Station:
    """Huoshan, the whole county."""
    return a_station()


@pytest.fixture
def zhou(station: Station) -> Courier:
    """At work."""
    return a_courier("courier01", station)


@pytest.fixture
def wu(station: Station) -> Courier:
    """At work too; zhou comes first."""
    return a_courier("courier02", station)


@pytest.fixture
def monitor(db: None) -> User:
    return User.objects.create_user("monitor", "quiet-river-17", name="班长", role=Role.SUPERVISOR)


@pytest.fixture
def as_role() -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        user, _new = User.objects.get_or_create(
            username=role.value, defaults={"name": role.value, "role": role}
        )
        return signed_in(user)

    return sign_in


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
