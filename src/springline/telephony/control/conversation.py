"""Caller and agent in one bridge, until one of them is gone."""

from collections.abc import Callable

from springline.contracts.events import AnyCallEvent, CallHeld, CallUnheld, utcnow
from springline.telephony.ari import AriBadRequest, AriConflict, AriNotFound, AriUnprocessable
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line
from springline.telephony.control.messages import DeviceDropped
from springline.telephony.control.office import Office
from springline.telephony.control.recording import BACK_ARGUMENT, RECORD_CONTEXT, recorder

MEDIA_CHECK_SECONDS = 1.0
SILENT_CHECKS = 5


def bridge_of(call_id: str) -> str:
    return f"call-{call_id}"


class Conversation:
    def __init__(
        self,
        office: Office,
        line: Line,
        leg: AgentLeg,
        facts: Facts,
        record: Callable[[AnyCallEvent], None],
    ) -> None:
        self._office = office
        self._line = line
        self._leg = leg
        self._facts = facts
        self._call = facts.call_id
        self._record = record
        self._held = facts.held

    async def connect(self) -> bool:
        """Both into one bridge, recorded if the caller knows; False when the agent's leg died on the way."""
        await self._line.hush()
        await self._line.music(False)
        if self._facts.notice_played:
            # One of its own for each conversation: a recorder that went on from an agent to the next often
            # missed the second one's voice.
            await self._line.pass_through(RECORD_CONTEXT, recorder(self._facts), BACK_ARGUMENT)
        try:
            await self._line.bridge(bridge_of(self._call), self._leg.channel)
        except (AriBadRequest, AriConflict, AriNotFound, AriUnprocessable):
            # Whose leg is missing? If the caller's, this raises CallerGone.
            await self._line.do(self._office.ari.channels.get(self._line.channel))
            await self._leg.hang_up()
            return False
        return True

    async def run(self) -> bool:
        """Until the agent's leg ended; True when the device was lost rather than hung up."""
        # The device may have gone while the link, or control itself, was away.
        watching, silent, heard = self._device_is_gone(), 0, -1
        while self._leg.ended is None:
            try:
                message = await self._line.next(MEDIA_CHECK_SECONDS if watching else None)
            except TimeoutError:
                packets = await self._leg.packets_received()
                silent = silent + 1 if packets == heard else 0
                heard = -1 if packets is None else packets
                if silent >= SILENT_CHECKS:
                    return True
                continue
            self._leg.see(message)
            if isinstance(message, DeviceDropped):
                watching, silent = True, 0
            elif isinstance(message, ChannelHold | ChannelUnhold):
                self._hold(message.channel.id, isinstance(message, ChannelHold))
        return self._device_is_gone()

    def _device_is_gone(self) -> bool:
        row = self._office.switchboard.agent(self._leg.agent)
        return row is not None and not row.device_online

    def _hold(self, channel: str, on: bool) -> None:
        if channel != self._leg.channel or on is self._held:
            return
        self._held = on
        kind = CallHeld if on else CallUnheld
        self._record(kind(at=utcnow(), call_id=self._call, agent=self._leg.agent))
