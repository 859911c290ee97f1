"""The agents' devices in the engine: their file, rewritten when the config changes, and a reload."""

from collections.abc import Iterable, Iterator

from springline.contracts.config import AgentConfig, Device
from springline.telephony.ari import Ari
from springline.telephony.control.agent_leg import endpoint_of, phone_of
from springline.telephony.engine.config import AgentEndpoint, EngineConfig, ha1
from springline.telephony.engine.pjsip import render_agents
from springline.telephony.engine.render import write_private

MODULE = "res_pjsip.so"


class Devices:
    def __init__(self, engine: EngineConfig) -> None:
        self._file = engine.etc / "pjsip_agents.conf"
        self._stale = False

    def write(self, agents: Iterable[AgentConfig]) -> None:
        text = render_agents(one for agent in agents for one in _endpoints(agent))
        if not self._file.exists() or self._file.read_text() != text:
            write_private(self._file, text)
            self._stale = True

    async def reload(self, ari: Ari) -> None:
        """Make the engine read the file again if it changed; calls and registrations stay."""
        if self._stale and ari.connected:
            await ari.asterisk.reload_module(MODULE)
            self._stale = False


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
