"""The agents' devices reach the engine when the disk takes them, and control lives until then."""

import asyncio
from pathlib import Path

from springline.contracts.config import AgentConfig, Device
from springline.telephony.control.devices import MODULE, RETRY_SECONDS, Devices
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.home import Engine
from tests.support.at_once import AtOnce
from tests.support.virtual_time import run_virtual

AGENT = AgentConfig(id="1001", name="坐席", queues=(), device=Device.SIP, sip_password="x" * 24)


class Engineer:
    """The part of Ari that reloads."""

    connected = True

    def __init__(self) -> None:
        self.asterisk = self
        self.reloaded: list[str] = []

    async def reload_module(self, module: str) -> None:
        self.reloaded.append(module)


def test_a_full_disk_makes_the_new_devices_wait(tmp_path: Path) -> None:
    run_virtual(_full(EngineConfig(directory=tmp_path, engine=Engine(tmp_path), ari_password="p" * 24)))


async def _full(engine: EngineConfig) -> None:
    asyncio.get_running_loop().set_default_executor(AtOnce())
    engine.etc.mkdir(parents=True)
    # The kernel itself says that there is no room.
    full = engine.etc / ".pjsip_agents.conf.partial"
    full.symlink_to("/dev/full")
    devices, ari = Devices(engine), Engineer()
    devices.want([AGENT])
    await devices.reload(ari)  # type: ignore[arg-type]
    assert ari.reloaded == []
    trying = asyncio.create_task(devices.keep_trying(lambda: devices.reload(ari)))  # type: ignore[arg-type]
    await asyncio.sleep(RETRY_SECONDS + 1)
    full.unlink(missing_ok=True)
    await asyncio.sleep(3 * RETRY_SECONDS)
    assert ari.reloaded == [MODULE]
    assert "agent-1001" in (engine.etc / "pjsip_agents.conf").read_text()
    trying.cancel()


def test_what_is_written_while_the_engine_reads_is_read_too(tmp_path: Path) -> None:
    run_virtual(_crossing(EngineConfig(directory=tmp_path, engine=Engine(tmp_path), ari_password="p" * 24)))


async def _crossing(engine: EngineConfig) -> None:
    asyncio.get_running_loop().set_default_executor(AtOnce())
    engine.etc.mkdir(parents=True)
    devices, ari = Devices(engine), Engineer()
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(module: str) -> None:
        ari.reloaded.append(module)
        reading.set()
        await go_on.wait()

    ari.reload_module = slowly  # type: ignore[method-assign]
    devices.want([AGENT])
    first = asyncio.create_task(devices.reload(ari))  # type: ignore[arg-type]
    await reading.wait()
    devices.want([])
    devices._write()
    go_on.set()
    await first
    await devices.reload(ari)  # type: ignore[arg-type]
    assert ari.reloaded == [MODULE] * 2
