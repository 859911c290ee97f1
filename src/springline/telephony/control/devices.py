"""The agents' devices in the engine: their file, rewritten when the config changes, and a reload."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator

import structlog

from springline.contracts.config import AgentConfig, Device
from springline.telephony.ari import Ari, AriError
from springline.telephony.control.agent_leg import endpoint_of, phone_of
from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
from springline.telephony.engine.pjsip import render_agents
from springline.telephony.engine.render import write_private

log = structlog.get_logger("control")

MODULE = "res_pjsip.so"
RETRY_SECONDS = 15.0


class Devices:
    def __init__(self, engine: EngineConfig) -> None:
        self._file = engine.etc / "pjsip_agents.conf"
        self._wanted: str | None = None
        self._failed = self._stale = False

    def want(self, agents: Iterable[AgentConfig]) -> None:
        """The engine gets them with the next `reload`."""
        self._wanted = render_agents(one for agent in agents for one in _endpoints(agent))

    async def reload(self, ari: Ari) -> None:
        """Make the engine read the file again if it changed; calls and registrations stay."""
        try:
            await asyncio.to_thread(self._write)
            self._failed = False
        except OSError as error:
            # The disk is full, say: calls go on with the devices there were, `keep_trying` does the rest.
            log.error("devices_not_written", error=str(error))
            self._failed = True
        if self._stale and ari.connected:
            # What is written while the engine reads is read by the next reload.
            self._stale = False
            try:
                await ari.asterisk.reload_module(MODULE)
            except AriError:
                self._stale = True
                raise

    async def keep_trying(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled: `refresh` ends in `reload`."""
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            if self._failed:
                await refresh()

    def _write(self) -> None:
        wanted = self._wanted
        if wanted is not None and (not self._file.exists() or self._file.read_text() != wanted):
            write_private(self._file, wanted)
            self._stale = True


def _endpoints(agent: AgentConfig) -> Iterator[AgentEndpoint]:
    name = endpoint_of(agent.id)
    if agent.device is Device.SIP:
        yield _endpoint(name, Device.SIP, agent.sip_password)
        return
    if agent.softphone_secret:
        yield _endpoint(name, Device.WEBRTC, agent.softphone_secret)
    if agent.desk_phone:
        yield _endpoint(phone_of(agent.id), Device.SIP, agent.sip_password)


def _endpoint(name: str, kind: Device, password: str) -> AgentEndpoint:
    return AgentEndpoint(id=name, ha1=ha1(name, password), kind=kind.value)
