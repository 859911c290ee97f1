"""Whose device is there: the engine's endpoint states become DeviceUp and DeviceDown.

Each agent's endpoint is subscribed by name. A subscription to all of them would bring every event of the
carrier's channels a second time.
"""

from collections.abc import Iterable

from springline.telephony.acd import DeviceDown, DeviceUp
from springline.telephony.ari import Ari, EndpointEvent
from springline.telephony.ari.generated.events import DeviceStateChanged
from springline.telephony.ari.generated.models import Endpoint
from springline.telephony.control.agent_leg import agent_at, endpoint_of
from springline.telephony.control.messages import DeviceDropped
from springline.telephony.control.reach import Reach
from springline.telephony.control.switchboard import Switchboard

TECHNOLOGY = "PJSIP"
SUBSCRIBE_AT_ONCE = 50
_PREFIX = endpoint_of("")


class Presence:
    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self.reach = Reach()

    async def refresh(self, ari: Ari) -> None:
        """Listen to every agent's device the engine knows, then take what it says of them now."""
        endpoints = await ari.endpoints.list_by_tech(TECHNOLOGY)
        names = [f"endpoint:{TECHNOLOGY}/{e.resource}" for e in endpoints if e.resource.startswith(_PREFIX)]
        for start in range(0, len(names), SUBSCRIBE_AT_ONCE):
            some = names[start : start + SUBSCRIBE_AT_ONCE]
            await ari.applications.subscribe(ari.app, event_source=some)
        for endpoint in await ari.endpoints.list_by_tech(TECHNOLOGY):
            self._see(endpoint)

    def believe(self, agent: str, endpoints: Iterable[Endpoint]) -> None:
        """Take what the engine lists of this agent's devices; what it does not list is not there."""
        mine = {endpoint.resource: endpoint for endpoint in endpoints if agent_at(endpoint) == agent}
        for name in self.reach.there(agent):
            mine.setdefault(name, Endpoint(technology=TECHNOLOGY, resource=name, channel_ids=[]))
        for endpoint in mine.values():
            self._see(endpoint)

    def event(self, event: EndpointEvent) -> None:
        if not isinstance(event, DeviceStateChanged):
            self._see(event.endpoint)

    def _see(self, endpoint: Endpoint) -> None:
        agent = agent_at(endpoint)
        if endpoint.technology != TECHNOLOGY or agent is None:
            return
        row = self._switchboard.agent(agent)
        online = self.reach.put(agent, endpoint.resource, endpoint.state == "online")
        if row is None:
            return
        if row.device_online is not online:
            self._switchboard.tell(DeviceUp(agent) if online else DeviceDown(agent))
        if endpoint.state != "online" and row.call_id is not None:
            self._switchboard.send(row.call_id, DeviceDropped(agent))
