"""Caller and agent in one bridge, until one of them is gone or the caller is handed over."""

from collections.abc import Callable
from enum import Enum

from springline.contracts.event import utcnow
from springline.contracts.events import AnyCallEvent, CallHeld, CallUnheld, RecordingStarted
from springline.contracts.handovers import OUTSIDE
from springline.telephony.ari import AriBadRequest, AriConflict, AriNotFound, AriUnprocessable
from springline.telephony.ari.generated.events import ChannelHold, ChannelUnhold
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.consultation import After, Consultation
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import CAUSE_NO_SOUND, Line, Message, bridge_of
from springline.telephony.control.messages import ConsultAsked, DeviceDropped, TransferAsked
from springline.telephony.control.office import Office
from springline.telephony.control.recording import (
    BACK_ARGUMENT,
    NO_RECORDER,
    RECORD_CONTEXT,
    Files,
    recorder,
    recording_path,
)
from springline.telephony.control.warning import Warnings
from springline.telephony.control.whisper import whisper

MEDIA_CHECK_SECONDS = 1.0
SILENT_CHECKS = 5


class Ending(Enum):
    """HUNG_UP: by the agent. LOST: the agent's device or the way to it is gone. GIVEN_AWAY: to whom
    `Conversation.handover` says. TAKEN_OVER: by the colleague whose leg is `Conversation.colleague`."""

    HUNG_UP = 1
    LOST = 2
    GIVEN_AWAY = 3
    TAKEN_OVER = 4


class Conversation:
    """`handover`, `colleague`: what the ending speaks of."""

    def __init__(
        self,
        office: Office,
        line: Line,
        leg: AgentLeg,
        facts: Facts,
        record: Callable[[AnyCallEvent], None],
        files: Files,
    ) -> None:
        self.handover: TransferAsked | None = None
        self.colleague: AgentLeg | None = None
        self._office = office
        self._line = line
        self._leg = leg
        self._facts = facts
        self._call = facts.call_id
        self._record = record
        self._files = files
        self._warnings = Warnings(office, line, leg, facts, record)
        self._held = facts.held
        self._silent, self._heard = 0, -1

    async def connect(self) -> bool:
        """Both into one bridge, recorded if the caller knows; False when the agent's leg died on the way."""
        await whisper(self._office, self._line, self._leg, self._facts)
        if self._leg.ended is not None:
            self._line.release(self._leg.channel)
            return False
        await self._arm()
        try:
            await self._line.bridge(bridge_of(self._call), self._leg.channel)
        except (AriBadRequest, AriConflict, AriNotFound, AriUnprocessable):
            # Whose leg is missing? If the caller's, this raises CallerGone.
            await self._line.do(self._office.ari.channels.get(self._line.channel))
            await self._leg.hang_up()
            return False
        return True

    async def part(self) -> None:
        """The caller beside the bridge, with music; what was recorded is whole."""
        await self._line.pass_through(RECORD_CONTEXT, NO_RECORDER, BACK_ARGUMENT)
        await self._line.music(True)
        self._files.close()

    async def reunite(self) -> None:
        """The caller into the bridge again, in a recording of its own."""
        await self._arm()
        await self._line.return_to_bridge()
        self.recorded()

    def recorded(self) -> None:
        """Tell of the file that has begun."""
        if self._recordable:
            path = recording_path(self._facts)
            self._record(RecordingStarted(at=utcnow(), call_id=self._call, path=path))

    async def _arm(self) -> None:
        await self._line.hush()
        await self._line.music(False)
        if self._recordable:
            # One of its own for each conversation: a recorder that went on from an agent to the next often
            # missed the second one's voice.
            await self._line.pass_through(RECORD_CONTEXT, recorder(self._facts), BACK_ARGUMENT)
        elif self._facts.notice_played:
            await self._line.pass_through(RECORD_CONTEXT, NO_RECORDER, BACK_ARGUMENT)

    @property
    def _recordable(self) -> bool:
        """Nobody outside was told of a recording."""
        return self._facts.notice_played and self._facts.agent != OUTSIDE

    async def run(self) -> Ending:
        """Until the agent's part in it ended."""
        if self._facts.consult is not None:
            before = self._facts.consult
            consultation = self._consultation(before.to_agent, before.channel_id, before.number)
            if (ending := self._ending(consultation, await consultation.resume())) is not None:
                return ending
        # The device may have gone while the link, or control itself, was away.
        watching = self._device_is_gone()
        while self._leg.ended is None and not self._facts.dismissed:
            try:
                message = await self._line.next(MEDIA_CHECK_SECONDS if watching else None)
            except TimeoutError:
                if await self._fell_silent():
                    self._leg.cause = CAUSE_NO_SOUND
                    return Ending.LOST
                continue
            self._leg.see(message)
            await self._warnings.take(message)
            if isinstance(message, DeviceDropped):
                watching, self._silent = self._device_is_gone(), 0
            elif isinstance(message, ChannelHold | ChannelUnhold):
                self._hold(message.channel.id, isinstance(message, ChannelHold))
            elif (ending := await self._handed_over(message)) is not None:
                return ending
        lost = self._leg.torn(self._office.hang_up_causes) or self._device_is_gone()
        return Ending.LOST if lost and not self._facts.dismissed else Ending.HUNG_UP

    async def _fell_silent(self) -> bool:
        packets = await self._leg.packets_received()
        self._silent = self._silent + 1 if packets == self._heard else 0
        self._heard = -1 if packets is None else packets
        return self._silent >= SILENT_CHECKS

    async def _handed_over(self, message: Message) -> Ending | None:
        if isinstance(message, TransferAsked) and message.agent == self._leg.agent:
            self.handover = message
            return Ending.GIVEN_AWAY
        if isinstance(message, ConsultAsked) and message.agent == self._leg.agent:
            consultation = self._consultation(message.to_agent, number=message.number)
            return self._ending(consultation, await consultation.begin())
        return None

    def _consultation(
        self, to_agent: str, channel_id: str | None = None, number: str | None = None
    ) -> Consultation:
        return Consultation(
            self._office, self._line, self._leg, self._facts, self._record, self, to_agent, channel_id, number
        )

    def _ending(self, consultation: Consultation, after: After | None) -> Ending | None:
        """None: the conversation with the caller goes on."""
        self._held = False
        if after is After.BACK or after is None:
            return None
        assert self._facts.queue is not None
        self.colleague, queue = consultation.colleague, self._facts.queue
        to_agent = self.colleague.agent
        if after is After.GIVEN_AWAY and to_agent == OUTSIDE:
            # They did not answer, and nobody waits for them to do so.
            self.handover = TransferAsked(self._leg.agent, queue, None)
        else:
            self.handover = TransferAsked(self._leg.agent, queue, to_agent, consultation.number)
        return Ending.TAKEN_OVER if after is After.TAKEN_OVER else Ending.GIVEN_AWAY

    def _device_is_gone(self) -> bool:
        if self._leg.mobile:
            return False
        agent, endpoint = self._leg.agent, self._leg.endpoint
        if endpoint is not None and self._office.reach.there(agent):
            return endpoint not in self._office.reach.there(agent)
        row = self._office.switchboard.agent(agent)
        return row is not None and not row.device_online

    def _hold(self, channel: str, on: bool) -> None:
        if channel != self._leg.channel or on is self._held:
            return
        self._held = on
        kind = CallHeld if on else CallUnheld
        self._record(kind(at=utcnow(), call_id=self._call, agent=self._leg.agent))
