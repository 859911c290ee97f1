"""One real Asterisk on free ports: it loads cleanly, knows whom to trust, is not mistaken for another."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from springline.platform.supervisor import PortTaken
from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.modules import MODULES
from springline.telephony.engine.process import (
    Prepared,
    Running,
    command,
    prepare,
    reload_agents,
    running_engine,
    wait_ready,
)
from springline.telephony.engine.render import write_agents
from tests.engine.engine_helpers import SipSocket, authorization, config_on_free_ports, offer, request
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

AGENTS = (
    AgentEndpoint("agent-1001", ha1("agent-1001", "geheim-1001")),
    AgentEndpoint("agent-1002", ha1("agent-1002", "geheim-1002"), "sip"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """The trunk's address is 127.0.0.7; the tests also call from addresses that are none."""
    directory = tmp_path_factory.mktemp("instance with a space")
    cfg = config_on_free_ports(directory, trunk_allow=("127.0.0.7/32",), agents=AGENTS)
    async with running_engine(cfg) as prepared:
        yield prepared


async def test_it_starts_without_one_error_or_warning(engine: Prepared) -> None:
    lines = (engine.cfg.logs / "messages").read_text().splitlines()
    assert [line for line in lines if "ERROR" in line or "WARNING" in line] == []


async def test_every_module_on_the_list_runs(engine: Prepared) -> None:
    shown = await command(engine.cfg, "module show")
    running = {line.split()[0] for line in shown.splitlines() if " Running " in line}
    assert {f"{name}.so" for name in MODULES} - running == set()


async def test_none_of_its_threads_interrupts_others_when_it_wakes(engine: Running) -> None:
    threads = os.listdir(f"/proc/{engine.process.pid}/task")
    assert len(threads) > 10
    assert {os.sched_getscheduler(int(thread)) for thread in threads} == {os.SCHED_BATCH}


async def test_it_listens_for_sip_where_it_was_told(engine: Prepared) -> None:
    shown = await command(engine.cfg, "pjsip show transports")
    assert f"127.0.0.1:{engine.cfg.sip_port}" in shown


async def test_agents_in_a_browser_get_encrypted_sound(engine: Prepared) -> None:
    shown = await command(engine.cfg, "pjsip show endpoint agent-1001")
    options = dict(line.split(":", 1) for line in shown.splitlines() if ":" in line)
    values = {key.strip(): value.strip() for key, value in options.items()}
    assert values["media_encryption"] == "dtls"
    assert values["dtls_auto_generate_cert"] == "Yes"
    # Anything wider than 8 kHz destroys the two-channel recording (tests/browser/test_a_call.py).
    assert values["allow"] == "(alaw)"


async def test_nothing_but_sip_and_sound_is_reachable_from_outside(engine: Prepared) -> None:
    shown = await command(engine.cfg, "http show status")
    assert f"127.0.0.1:{engine.cfg.http_port}" in shown
    manager = await command(engine.cfg, "manager show settings")
    assert re.search(r"Manager \(AMI\):\s+No", manager)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{engine.cfg.ari_url}/asterisk/info")
    assert answer.status_code == httpx.codes.UNAUTHORIZED


async def test_files_with_secrets_are_private(engine: Prepared) -> None:
    for name in ("ari.conf", "pjsip_agents.conf"):
        assert stat.S_IMODE((engine.cfg.etc / name).stat().st_mode) == 0o600
    assert "geheim" not in (engine.cfg.etc / "pjsip_agents.conf").read_text()


async def _ask(engine: Prepared, host: str, method: str, *, user: str = "13800000000") -> int:
    protocol, transport = await SipSocket.open(host)
    target = ("127.0.0.1", engine.cfg.sip_port)
    try:
        uri = f"sip:4000000000@127.0.0.1:{engine.cfg.sip_port}"
        transport.sendto(request(protocol, transport, method, uri, user=user), target)
        return (await protocol.final()).status
    finally:
        transport.close()


@pytest.mark.parametrize("user", ["13800000000", "anonymous", "agent-1001", "12345678901234567890", "%00%ff"])
async def test_a_call_from_a_stranger_is_refused_and_logged(engine: Prepared, user: str) -> None:
    log = engine.cfg.security_log
    before = log.read_text().count("RemoteAddress=") if log.exists() else 0
    assert await _ask(engine, "127.0.0.9", "INVITE", user=user) in {401, 403}
    await until(lambda: log.exists() and log.read_text().count("IPV4/UDP/127.0.0.9/") > 0)
    await until(lambda: log.read_text().count("RemoteAddress=") > before)
    assert "0 active channels" in await command(engine.cfg, "core show channels")


async def test_the_trunk_is_known_by_its_address(engine: Prepared) -> None:
    assert await _ask(engine, "127.0.0.7", "OPTIONS") == 200


async def test_a_call_while_control_is_away_is_answered_and_ended_as_out_of_order(engine: Prepared) -> None:
    protocol, transport = await SipSocket.open("127.0.0.7")
    try:
        uri = f"sip:4000000000@127.0.0.1:{engine.cfg.sip_port}"
        body = offer("127.0.0.7", 40000)
        invite = request(protocol, transport, "INVITE", uri, user="13800000000", body=body)
        transport.sendto(invite, ("127.0.0.1", engine.cfg.sip_port))
        assert (await protocol.final()).status == 200
        async with asyncio.timeout(5):
            ending = await protocol.requests.get()
        assert ending.startswith("BYE ")
        assert "cause=34" in ending
    finally:
        transport.close()


async def test_an_agent_signs_in_from_any_address_with_the_right_secret(engine: Prepared) -> None:
    assert await _register(engine, "agent-1002", "geheim-1002") == 200
    assert await _register(engine, "agent-1002", "falsch") in {401, 403}
    assert await _register(engine, "agent-1003", "geheim-1002") in {401, 403}


async def test_agents_can_be_changed_while_it_runs(engine: Prepared) -> None:
    newcomer = AgentEndpoint("agent-1009", ha1("agent-1009", "neu"), "sip")
    write_agents(engine.cfg, [*AGENTS, newcomer])
    await reload_agents(engine.cfg)
    assert "agent-1009" in await command(engine.cfg, "pjsip show endpoints")
    assert await _register(engine, "agent-1009", "neu") == 200
    write_agents(engine.cfg, list(AGENTS))
    await reload_agents(engine.cfg)
    assert "agent-1009" not in await command(engine.cfg, "pjsip show endpoints")


async def _register(engine: Prepared, user: str, password: str) -> int:
    protocol, transport = await SipSocket.open("127.0.0.9")
    target, uri = ("127.0.0.1", engine.cfg.sip_port), f"sip:127.0.0.1:{engine.cfg.sip_port}"
    try:
        transport.sendto(request(protocol, transport, "REGISTER", uri, user=user), target)
        challenge = await protocol.final()
        assert challenge.status == 401
        answer = authorization(challenge, "REGISTER", uri, user, password)
        again = request(protocol, transport, "REGISTER", uri, user=user, cseq=2, extra=answer)
        transport.sendto(again, target)
        return (await protocol.final()).status
    finally:
        transport.close()


async def test_a_taken_port_is_named_before_the_start(engine: Prepared, tmp_path: Path) -> None:
    other = config_on_free_ports(tmp_path)
    for field, port in (("sip_port", engine.cfg.sip_port), ("http_port", engine.cfg.http_port)):
        with pytest.raises(PortTaken, match=rf"{port}.*{field}"):
            prepare(dataclasses.replace(other, **{field: port}))


async def test_readiness_is_not_fooled_by_another_instance(engine: Prepared, tmp_path: Path) -> None:
    same_port = dataclasses.replace(engine.cfg, directory=tmp_path)
    stranger = Prepared(cfg=same_port, system_name="springline-somebody-else", run_dir=engine.run_dir)
    with pytest.raises(EngineError, match="not ready"):
        await wait_ready(stranger, timeout=0.5)


async def test_an_engine_that_dies_at_once_is_reported(tmp_path: Path) -> None:
    cfg = config_on_free_ports(tmp_path, extra_files={"asterisk.conf": "[directories]\nastmoddir=/nowhere\n"})
    with pytest.raises(EngineError) as caught:
        async with running_engine(cfg, timeout=10.0):
            pytest.fail("it must not start")
    assert caught.value.code in {"engine-died", "not-ready"}


async def test_several_instances_run_side_by_side(tmp_path: Path) -> None:
    configs: list[EngineConfig] = []
    async with asyncio.timeout(30):
        first = config_on_free_ports(tmp_path / "a")
        async with running_engine(first) as one:
            second = config_on_free_ports(tmp_path / "b")
            async with running_engine(second) as two:
                configs += [one.cfg, two.cfg]
                assert one.system_name != two.system_name
                assert one.run_dir != two.run_dir
    assert not any((cfg.directory / "run").exists() for cfg in configs)
