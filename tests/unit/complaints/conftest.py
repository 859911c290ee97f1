from collections.abc import Callable

import pytest
from django.test import Client

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import demo
from springline.business.catalog.models import Batch, Product
from springline.business.customers.models import Customer
from tests.unit.complaints.people import a_batch


@pytest.fixture
def wang(db: None) -> Customer:
    return Customer.objects.create(name="王女士")


@pytest.fixture
def spring(db: None) -> Product:
    demo.write()
    return Product.objects.get(sku="SPRING-18.9")


@pytest.fixture
def batch(spring: Product) -> Batch:
    return a_batch(spring, "A20261120")


@pytest.fixture
def person(db: None) -> Callable[[Role], User]:
    def make(role: Role) -> User:
        made, _new = User.objects.get_or_create(
            username=role.value, defaults={"name": role.value, "role": role}
        )
        return made

    return make


@pytest.fixture
def as_role(person: Callable[[Role], User]) -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
