from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer
from springline.business.vouchers import guards
from springline.business.vouchers.models import VoucherPackage
from tests.unit.vouchers.people import LI, WANG, package_of


@pytest.fixture
def spring(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


@pytest.fixture
def mineral(spring: Product) -> Product:
    return Product.objects.get(sku="MINERAL-18.9")


@pytest.fixture
def package(spring: Product) -> VoucherPackage:
    """Buy 10, get 1, for 200 yuan."""
    return package_of(spring)


@pytest.fixture
def unguarded(db: None) -> Iterator[None]:
    """Lets a test do what the database would refuse."""
    guards.remove(connection)
    yield
    guards.install(connection)


@pytest.fixture
def as_role(db: None) -> Callable[[Role], Client]:
    for number in (WANG, LI):
        Customer.objects.get_or_create(pk=number, defaults={"name": f"{number}"})

    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        user, _new = User.objects.get_or_create(
            username=role.value, defaults={"name": role.value, "role": role}
        )
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
