"""The fake behaves like a real Asterisk wherever the call controller looks."""

import asyncio
import secrets
from contextlib import AsyncExitStack

import pytest

from springline.platform.supervisor import free_port, free_range
from tests.support.virtual_time import run_virtual

from .ari_contract_cases import CASES
from .ari_worlds import DIALPLAN, FakeWorld, RealWorld


@pytest.mark.parametrize("name", CASES)
def test_fake(name):
    async def main():
        await CASES[name](FakeWorld())

    run_virtual(main())


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory):
    """A running Asterisk and the loop it was started in."""
    from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
    from springline.telephony.engine.home import require_engine
    from springline.telephony.engine.process import running_engine

    first, last = free_range(20)
    config = EngineConfig(
        directory=tmp_path_factory.mktemp("asterisk"),
        engine=require_engine(),
        ari_password=secrets.token_urlsafe(24),
        name="ari-contract",
        sip_bind="127.0.0.1",
        sip_port=free_port("udp"),
        http_port=free_port(),
        rtp_start=first,
        rtp_end=last,
        agents=(AgentEndpoint("desk1", ha1("desk1", "never used"), kind="sip"),),
        extra_dialplan=DIALPLAN,
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        # A clean stop waits 15 s for a channel that the cases left half-made; it has tests of its own.
        runner.run(stack.enter_async_context(running_engine(config, stop_seconds=2.0)))
        yield runner, config
        runner.run(stack.aclose())


@pytest.mark.engine
@pytest.mark.parametrize("name", CASES)
def test_real(name, asterisk, tmp_path):
    runner, config = asterisk

    async def main():
        world = RealWorld(config.ari_url, config.ari_user, config.ari_password, tmp_path / "sounds")
        async with world.open():
            await CASES[name](world)

    runner.run(main())


@pytest.mark.engine
def test_generated_code_is_what_this_asterisk_describes(asterisk):
    from tools import ari_codegen

    runner, config = asterisk
    docs = runner.run(ari_codegen.fetch(config.ari_url, config.ari_user, config.ari_password))
    changed = ari_codegen.differing(ari_codegen.generate(docs), ari_codegen.TARGET)
    assert changed == [], "run tools/ari_codegen.py against this Asterisk"
