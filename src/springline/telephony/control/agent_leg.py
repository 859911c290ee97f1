"""Ringing one agent's device for one call."""

import re
from collections.abc import Awaitable, Collection
from typing import TYPE_CHECKING

import structlog

from springline.contracts.event import new_id
from springline.contracts.events import OfferOutcome
from springline.telephony.ari import Ari, AriDisconnected, AriError
from springline.telephony.ari.generated.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    PlaybackFinished,
    StasisStart,
)
from springline.telephony.ari.generated.models import Channel, Endpoint
from springline.telephony.control.calls_out import Meter, TrunkDial
from springline.telephony.control.line import Line, Message, Sounds

if TYPE_CHECKING:
    from springline.telephony.control.office import Office

log = structlog.get_logger("call")

# The ACD withdraws the offer in time; the engine's own limit is only there for a control that died.
ENGINE_RING_LIMIT_SECONDS = 120

ACCEPT = "agent.accept"
PHONE = ".sip"
NO_NUMBER = "anonymous"

# As what a leg is known after a restart.
AGENT_ROLE, SUPERVISOR_ROLE = "agent", "supervisor"

_REFUSED_CAUSES = {17, 21}


def endpoint_of(agent: str) -> str:
    """The engine's name of an agent's device; it begins with a letter, so no caller's number equals it."""
    return f"agent-{agent}"


def phone_of(agent: str) -> str:
    """The endpoint of the desk phone beside an agent's browser."""
    return f"{endpoint_of(agent)}{PHONE}"


def is_device_of(agent: str, channel: Channel) -> bool:
    """A leg towards a device of the agent, and not one over the trunk."""
    return channel.name.startswith((f"PJSIP/{endpoint_of(agent)}-", f"PJSIP/{phone_of(agent)}-"))


def agent_at(endpoint: Endpoint) -> str | None:
    """Whose device it is; None when it is no agent's."""
    prefix = endpoint_of("")
    if not endpoint.resource.startswith(prefix):
        return None
    return endpoint.resource.removeprefix(prefix).removesuffix(PHONE)


_LEG = re.compile(r"agent-(.+)-[0-9a-f]{12}")


def agent_of(channel_id: str) -> str | None:
    """Whose leg it is; None when it is no agent's."""
    found = _LEG.fullmatch(channel_id)
    return found[1] if found else None


async def originate(
    ari: Ari, channel: str, endpoint: str, caller: str, role: str, seconds: int, call_id: str, agent: str
) -> None:
    """Make `channel` towards an endpoint that rings for an agent."""
    await ari.channels.originate_with_id(
        channel,
        endpoint=endpoint,
        app=ari.app,
        app_args=role,
        caller_id=f'"{caller}" <{caller}>',
        timeout=seconds,
        variables={"SL_ROLE": role, "SL_CALL": call_id, "SL_AGENT": agent},
    )


class AgentLeg:
    """One leg towards an agent. `answered` and `ended` are set by `see` as events come.

    `mobile`: over the trunk. Whoever picks it up, a voicemail too, is asked to press 1 and has answered only
    then. `endpoint`: of the device; None when it is not known, after a restart. `cause`: Q.850, of its end;
    None when nobody told. `vanished`: it is not there, and no word of its end came.
    """

    def __init__(self, line: Line, agent: str, queue: str, channel_id: str | None = None) -> None:
        self.agent = agent
        self.queue = queue
        self.channel = channel_id or f"agent-{agent}-{new_id()[:12]}"
        self.answered = False
        self.ended: OfferOutcome | None = None
        self.cause: int | None = None
        self.vanished = False
        self.endpoint: str | None = None
        self.mobile = False
        self._picked_up = False
        self._asking: str | None = None
        self._asked = 0
        self._line = line
        self._dial: TrunkDial | None = None
        self._sounds: Sounds | None = None

    async def ring(self, call_id: str, caller: str, endpoint: str) -> None:
        """Start ringing a device. One that cannot even be asked counts as `ended` FAILED."""
        self._line.claim(self.channel)
        self.endpoint = endpoint
        await self._originate(f"PJSIP/{endpoint}", caller, call_id)

    async def ring_mobile(self, call_id: str, dial: TrunkDial, sounds: Sounds) -> None:
        """Start ringing the agent's own mobile; one that may not be called counts as `ended` FAILED."""
        self._line.claim(self.channel, dial.meter.over)
        self.mobile, self._dial, self._sounds = True, dial, sounds
        if dial.endpoint is None:
            self.ended = OfferOutcome.FAILED
        else:
            await self._originate(dial.endpoint, dial.presented, call_id)

    async def ring_outside(self, call_id: str, dial: TrunkDial) -> None:
        """Start ringing somebody outside, who has answered when they pick up."""
        self._line.claim(self.channel, dial.meter.over)
        self._dial = dial
        if dial.endpoint is None:
            self.ended = OfferOutcome.FAILED
        else:
            await self._originate(dial.endpoint, dial.presented, call_id)

    async def ring_best(self, office: "Office", call_id: str, hotline: str, caller: str) -> None:
        """Start ringing where the agent is to be found now: one device, or their mobile."""
        dial = office.calls_out.instead(self.agent, hotline)
        if dial is not None:
            await self.ring_mobile(call_id, dial, office.sounds)
        else:
            await self.ring(call_id, caller, office.reach.best(self.agent))

    async def _originate(self, endpoint: str, caller: str, call_id: str) -> None:
        ari, seconds = self._line.ari, ENGINE_RING_LIMIT_SECONDS
        try:
            await originate(ari, self.channel, endpoint, caller, AGENT_ROLE, seconds, call_id, self.agent)
        except AriError:
            self.ended = OfferOutcome.FAILED

    def adopt(self, meter: Meter | None = None) -> None:
        """Take over a leg that already talks. `meter`: it is the agent's own mobile."""
        self._line.claim(self.channel, meter.over if meter else None)
        self.answered, self.mobile = True, meter is not None

    def see(self, message: Message) -> None:
        match message:
            case StasisStart(channel=channel) if channel.id == self.channel:
                self._picked_up, self.answered = True, self.answered or not self.mobile
                if self._dial is not None:
                    self._dial.meter.picked_up()
            case ChannelDtmfReceived(channel=channel, digit="1") if channel.id == self.channel:
                self.answered = self.answered or self._picked_up
            case PlaybackFinished(playback=playback) if playback.id == self._asking:
                self._asking = None
            case ChannelDestroyed(channel=channel) if channel.id == self.channel:
                self.ended, self.cause = self._how_ended(message.cause), message.cause

    def torn(self, hang_ups: Collection[int]) -> bool:
        """It ended, and not because somebody hung up: `hang_ups` are the causes that say so."""
        return self.vanished or (self.cause is not None and self.cause not in hang_ups)

    def _how_ended(self, cause: int) -> OfferOutcome:
        if self.mobile and self._picked_up and not self.answered:
            # A voicemail, or somebody who did not want the call: no device that failed.
            return OfferOutcome.NO_ANSWER
        return OfferOutcome.REFUSED if cause in _REFUSED_CAUSES else OfferOutcome.FAILED

    async def attend(self) -> None:
        """Ask whoever picked up the mobile to press 1, again and again; be quiet once they did."""
        if not self.mobile or not self._picked_up or self.ended is not None or self._sounds is None:
            return
        if self.answered and self._asking is not None:
            playback, self._asking = self._asking, None
            await self._attempt(self._line.ari.playbacks.stop(playback))
        elif not self.answered and self._asking is None:
            self._asked += 1
            self._asking = f"{self.channel}-ask{self._asked}"
            media = f"sound:{self._sounds(ACCEPT).with_suffix('')}"
            asking = self._line.ari.channels.play_with_id(self.channel, self._asking, media=[media])
            await self._attempt(asking)

    async def _attempt(self, request: Awaitable[object]) -> None:
        try:
            await request
        except AriDisconnected:
            raise
        except AriError as error:
            log.debug("leg_not_asked", channel=self.channel, error=error.code)

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
