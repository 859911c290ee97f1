"""The metrics page: figures of every program, for this machine or with a token."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, AsyncRequestFactory
from prometheus_client.parser import text_string_to_metric_families

from springline.business.accounts.roles import Scope
from springline.business.accounts.services import create_token
from springline.business.control import link
from springline.business.metrics import page
from springline.platform import metrics
from springline.platform.bus import MemoryBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def bus(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MemoryBus]:
    bus = MemoryBus()
    monkeypatch.setattr(link, "bus", bus)
    # The worker's tests connect the same link under a name of their own.
    monkeypatch.setattr(link, "name", "web")
    yield bus
    await sync_to_async(connections.close_all)()


async def test_each_programs_figures_carry_its_name(bus: MemoryBus) -> None:
    await metrics.serve(bus, "control")
    answer = await AsyncClient().get("/metrics")
    assert answer.status_code == 200
    families = {f.name: f for f in text_string_to_metric_families(answer.content.decode())}
    up = {sample.labels["program"]: sample.value for sample in families["springline_up"].samples}
    assert up == {"web": 1.0, "control": 1.0, "worker": 0.0}
    cpu = families["process_cpu_seconds"].samples
    assert {sample.labels["program"] for sample in cpu} == {"web", "control"}


async def status(address: str, **headers: str) -> int:
    request = AsyncRequestFactory().get("/metrics", headers=headers)
    request.META["REMOTE_ADDR"] = address
    return (await page(request)).status_code


async def test_from_elsewhere_a_token_is_asked_for() -> None:
    assert await status("127.0.0.1") == 200
    assert await status("192.0.2.7") == 401
    assert await status("127.0.0.1", X_Forwarded_For="192.0.2.7") == 401
    assert await status("192.0.2.7", Authorization="Bearer no") == 401
    token = await sync_to_async(create_token)("prometheus", [Scope.READ])
    assert await status("192.0.2.7", Authorization=f"Bearer {token}") == 200
