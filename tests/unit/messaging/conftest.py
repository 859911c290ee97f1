from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.messaging import services
from springline.business.messaging.models import Outlet
from springline.business.messaging.states import OutletKind
from tests.unit.business import people
from tests.unit.business.conftest import monitor  # noqa: F401
from tests.unit.messaging.gateway import Gateway, running


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running() as found:
        yield found


@pytest.fixture
def outlet(db: None, gateway: Gateway) -> Callable[..., Outlet]:
    """An outlet of a kind that speaks to the gateway, with secrets by name."""

    def make(kind: OutletKind, name: str = "", events: list[str] | None = None, **secrets: str) -> Outlet:
        position = Outlet.objects.count()
        settings = {"signature": "六安送水", "app_id": "1400000001", "sender": "881"}
        made = Outlet.objects.create(
            name=name or kind.value,
            kind=kind,
            url=gateway.url,
            settings=settings,
            events=events or [],
            position=position,
        )
        services.set_secrets(made, secrets)
        return made

    return make


@pytest.fixture
def as_role(db: None) -> Callable[[Role], Client]:
    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        user = User.objects.filter(username=role.value).first() or people.a(role)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
