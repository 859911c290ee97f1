"""Whose device is there: the engine's endpoint states become DeviceUp and DeviceDown."""

from springline.telephony.acd import DeviceDown, DeviceUp
from springline.telephony.ari import Ari, EndpointEvent
from springline.telephony.ari.generated.events import DeviceStateChanged
from springline.telephony.ari.generated.models import Endpoint
from springline.telephony.control.agent_leg import endpoint_of
from springline.telephony.control.messages import DeviceDropped
from springline.telephony.control.switchboard import Switchboard

EVENT_SOURCES = ("endpoint:PJSIP",)
_PREFIX = endpoint_of("")


class Presence:
    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard

    async def refresh(self, ari: Ari) -> None:
        """What the engine says now, of every device."""
        for endpoint in await ari.endpoints.list_by_tech("PJSIP"):
            self._see(endpoint)

    def event(self, event: EndpointEvent) -> None:
        if not isinstance(event, DeviceStateChanged):
            self._see(event.endpoint)

    def _see(self, endpoint: Endpoint) -> None:
        if endpoint.technology != "PJSIP" or not endpoint.resource.startswith(_PREFIX):
            return
        agent = endpoint.resource.removeprefix(_PREFIX)
        row = self._switchboard.agent(agent)
        online = endpoint.state == "online"
        if row is None or row.device_online is online:
            return
        if online:
            self._switchboard.tell(DeviceUp(agent))
            return
        self._switchboard.tell(DeviceDown(agent))
        if row.call_id is not None:
            self._switchboard.send(row.call_id, DeviceDropped(agent))
