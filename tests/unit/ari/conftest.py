"""All async tests here run in virtual time against the fake."""

import contextlib
from dataclasses import dataclass, field

import pytest

from springline.telephony.ari import Ari, Backoff
from springline.telephony.ari.fake import Dialplan, FakeAsterisk, Phone
from tests.support.virtual_time import VirtualTimePolicy


@pytest.fixture
def event_loop_policy():
    return VirtualTimePolicy()


@dataclass
class Wired:
    """A fake, a client on it, and what the client's callbacks got."""

    fake: FakeAsterisk
    ari: Ari
    starts: list = field(default_factory=list)
    resyncs: list = field(default_factory=list)
    endpoint_events: list = field(default_factory=list)
    others: list = field(default_factory=list)


@pytest.fixture
def wired():
    """A factory: ``async with wired(**options of Ari) as w``."""
    import asyncio

    @contextlib.asynccontextmanager
    async def open_(**options):
        fake = FakeAsterisk(durations={"sound:long": 30.0, "sound:none": None})
        fake.phones["PJSIP/agent1"] = Phone()
        fake.dialplan[("record", "s")] = Dialplan(stasis_args=("queue",))
        resyncs = []

        async def on_resync(resync):
            resyncs.append(resync)

        starts, endpoint_events, others = [], [], []
        given = {
            "on_stasis_start": starts.append,
            "on_resync": on_resync,
            "on_endpoint_event": endpoint_events.append,
            "on_other_event": others.append,
            "backoff": Backoff(jitter=lambda: 1.0),
            "aside": fake.connect_aside,
        } | options
        ari = Ari(fake.connect, "springline", **given)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(ari.run())
            await ari.wait_ready()
            try:
                yield Wired(fake, ari, starts, resyncs, endpoint_events, others)
            finally:
                task.cancel()

    return open_
