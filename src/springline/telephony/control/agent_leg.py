"""Ringing one agent's device for one call."""

import re

import structlog

from springline.contracts.events import OfferOutcome, new_id
from springline.telephony.ari import Ari, AriError
from springline.telephony.ari.generated.events import ChannelDestroyed, StasisStart
from springline.telephony.control.line import Line, Message

log = structlog.get_logger("call")

# The ACD withdraws the offer in time; the engine's own limit is only there for a control that died.
ENGINE_RING_LIMIT_SECONDS = 120

# As what a leg is known after a restart.
AGENT_ROLE, SUPERVISOR_ROLE = "agent", "supervisor"

_REFUSED_CAUSES = {17, 21}


def endpoint_of(agent: str) -> str:
    """The engine's name of an agent's device; it begins with a letter, so no caller's number equals it."""
    return f"agent-{agent}"


_LEG = re.compile(r"agent-(.+)-[0-9a-f]{12}")


def agent_of(channel_id: str) -> str | None:
    """Whose leg it is; None when it is no agent's."""
    found = _LEG.fullmatch(channel_id)
    return found[1] if found else None


async def ring_device(
    ari: Ari, channel: str, agent: str, role: str, caller: str, seconds: int, call_id: str
) -> None:
    """Make `channel` towards an agent's device; AriError when the device cannot even be asked."""
    await ari.channels.originate_with_id(
        channel,
        endpoint=f"PJSIP/{endpoint_of(agent)}",
        app=ari.app,
        app_args=role,
        caller_id=f'"{caller}" <{caller}>',
        timeout=seconds,
        variables={"SL_ROLE": role, "SL_CALL": call_id, "SL_AGENT": agent},
    )


class AgentLeg:
    """One leg towards an agent. `answered` and `ended` are set by `see` as events come."""

    def __init__(self, line: Line, agent: str, queue: str, channel_id: str | None = None) -> None:
        self.agent = agent
        self.queue = queue
        self.channel = channel_id or f"agent-{agent}-{new_id()[:12]}"
        self.answered = False
        self.ended: OfferOutcome | None = None
        self._line = line

    async def ring(self, call_id: str, caller: str) -> None:
        """Start ringing. A device that cannot even be asked counts as `ended` FAILED."""
        self._line.claim(self.channel)
        try:
            await ring_device(
                self._line.ari,
                self.channel,
                self.agent,
                AGENT_ROLE,
                caller,
                ENGINE_RING_LIMIT_SECONDS,
                call_id,
            )
        except AriError:
            self.ended = OfferOutcome.FAILED

    def adopt(self) -> None:
        """Take over a leg that already talks."""
        self._line.claim(self.channel)
        self.answered = True

    def see(self, message: Message) -> None:
        match message:
            case StasisStart(channel=channel) if channel.id == self.channel:
                self.answered = True
            case ChannelDestroyed(channel=channel) if channel.id == self.channel:
                refused = message.cause in _REFUSED_CAUSES
                self.ended = OfferOutcome.REFUSED if refused else OfferOutcome.FAILED

    async def hang_up(self) -> None:
        """Ask the engine to end the leg; nothing of it is heard any more. Without a link to the engine it
        stays until the link is back: a leg that no call claims is ended then."""
        self._line.release(self.channel)
        try:
            await self._line.ari.channels.hangup(self.channel)
        except AriError as error:
            log.debug("leg_not_hung_up", channel=self.channel, error=error.code)

    async def packets_received(self) -> int | None:
        """RTP packets that came from the device so far; None when the leg is gone."""
        try:
            return (await self._line.ari.channels.rtpstatistics(self.channel)).rxcount
        except AriError:
            return None
