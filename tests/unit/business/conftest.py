from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from springline.business import control
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.calls.models import WrapUpCode
from springline.business.hotline.models import Agent, PauseReason
from springline.platform.bus import MemoryBus
from tests.unit.business import people


@pytest.fixture
def agents(db: None) -> tuple[Agent, Agent]:
    return people.make_agents()


@pytest.fixture
def xiaoan(agents: tuple[Agent, Agent]) -> User:
    return people.an(agents[0])


@pytest.fixture
def xiaohuo(agents: tuple[Agent, Agent]) -> User:
    return people.an(agents[1])


@pytest.fixture
def monitor(db: None) -> User:
    return people.a(Role.SUPERVISOR)


@pytest.fixture
def codes(db: None) -> None:
    WrapUpCode.objects.create(code="order", name_zh="订水", name_en="Order", key="1")
    PauseReason.objects.create(code="break", name_zh="小休", name_en="Break", key="1")


@pytest.fixture
def floor(monkeypatch: pytest.MonkeyPatch) -> people.FakeControl:
    """A control that answers on a bus in memory."""
    fake, bus = people.FakeControl(), MemoryBus()
    async_to_sync(fake.attach)(bus)
    monkeypatch.setattr(control.link, "bus", bus)
    return fake


@pytest.fixture
def recordings_dir(tmp_path: Path, settings: object) -> Iterator[Path]:
    """The recordings folder of a home of this test's own."""
    settings.HOME = msgspec.structs.replace(settings.HOME, home=tmp_path)  # type: ignore[attr-defined]
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture
def browser() -> Client:
    """Checks CSRF tokens, as a browser's requests are checked."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def signed_in() -> object:
    def sign_in(user: User) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
