"""Looks at one agent from both sides, control's and the engine's, and says why their telephone is silent."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from springline.contracts.agents import AgentState
from springline.contracts.commands import Ringing
from springline.contracts.config import AgentConfig, Device
from springline.contracts.event import utcnow
from springline.contracts.mobile import MobileUse
from springline.contracts.ringing import DeviceFact, DeviceKind, QueueFact, RingingFacts
from springline.telephony.acd import AgentLook
from springline.telephony.ari import AriError, AriNotFound
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control.agent_leg import agent_of, endpoint_of, phone_of
from springline.telephony.control.comparison import legs_of
from springline.telephony.control.desks import Desks
from springline.telephony.control.diagnosis import diagnose, stuck
from springline.telephony.control.office import Office
from springline.telephony.control.presence import TECHNOLOGY
from springline.telephony.control.reconciling import LastLook
from springline.telephony.control.supervision import Supervisable
from springline.telephony.control.switchboard import call_of

LOOK_AGAIN_SECONDS = 1.0


class Watch:
    """`owned`: whether a call, or whoever supervises one, looks after this channel. `last`: what the look of
    every few seconds found."""

    def __init__(
        self, office: Office, calls: Mapping[str, Supervisable], owned: Callable[[str], bool], last: LastLook
    ) -> None:
        self.last = last
        self.desks = Desks()
        self.office = office
        self.calls = calls
        self.owned = owned
        self._clock = asyncio.get_running_loop().time

    async def why(self, agent: str) -> Ringing | None:
        """None: there is no such agent."""
        facts = await self.facts(agent)
        if facts is not None and (stuck(facts) or facts.leftovers):
            # A leg on its way up or down looks the same for a moment.
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            facts = await self.facts(agent)
        return diagnose(facts) if facts is not None else None

    async def facts(self, agent: str) -> RingingFacts | None:
        config = self.office.plan.agents.get(agent)
        legs, devices = await self.legs(agent), await self._devices(config) if config else ()
        look = self.office.switchboard.look(agent)
        if look is None or config is None:
            return None
        now, known = utcnow(), legs or []
        desk, desk_seen = self.desks.lease(agent)
        mended = self.last.mended.get(agent)
        call_id = call_of(look.call)
        return RingingFacts(
            at=now,
            agent=agent,
            engine=legs is not None,
            signed_in=look.signed_in,
            state=look.state,
            since=self._when(look.since, now),
            paused=look.paused,
            pause_reason=look.pause_reason,
            wrap_until=self._later(look.wrap_until, now),
            rest_until=self._later(look.cool_until, now),
            misses=look.misses,
            call_id=call_id,
            call_alive=call_id in self.calls,
            talking=self.really_talks(agent, look, self.leg_ids(agent, legs)),
            legs=len(known),
            leftovers=sum(not self.owned(leg.id) for leg in known),
            desk=desk,
            desk_seen=desk_seen,
            contact=look.online,
            devices=devices,
            mobile=look.mobile,
            mobile_refused=(
                self.office.calls_out.unreachable(config) if look.mobile is not MobileUse.OFF else None
            ),
            queues=tuple(QueueFact(id=q.id, waiting=q.waiting, ahead=q.ahead) for q in look.queues),
            elsewhere=look.elsewhere,
            compared_at=self.last.at,
            mended=mended[0] if mended else None,
            mended_at=mended[1] if mended else None,
        )

    async def legs(self, agent: str) -> list[Channel] | None:
        """The engine's channels of this agent; None when it cannot be asked."""
        if not self.office.ari.connected:
            return None
        try:
            channels = await self.office.ari.channels.list()
        except AriError:
            return None
        return legs_of(agent, channels)

    def leg_ids(self, agent: str, seen: list[Channel] | None) -> list[str]:
        """Of the engine's channels `seen`, or, when it could not be asked, of those that calls believe in."""
        if seen is not None:
            return [leg.id for leg in seen]
        return [leg for call in self.calls.values() for leg in call.expected if agent_of(leg) == agent]

    def really_talks(self, agent: str, look: AgentLook, legs: list[str]) -> bool:
        """Somebody would be cut off: the agent's leg is in a call that is answered."""
        call = self.calls.get(call_of(look.call) or "")
        busy = look.state is AgentState.TALKING and any(map(self.owned, legs))
        return call is not None and call.talking is not None and busy

    async def _devices(self, config: AgentConfig) -> tuple[DeviceFact, ...]:
        browser = config.device is Device.WEBRTC
        kinds = [(endpoint_of(config.id), DeviceKind.BROWSER if browser else DeviceKind.PHONE)]
        if browser and config.desk_phone:
            kinds.append((phone_of(config.id), DeviceKind.PHONE))
        return tuple([DeviceFact(kind=kind, there=await self._there(name)) for name, kind in kinds])

    async def _there(self, endpoint: str) -> bool | None:
        if not self.office.ari.connected:
            return None
        try:
            return (await self.office.ari.endpoints.get(TECHNOLOGY, endpoint)).state == "online"
        except AriNotFound:
            return False
        except AriError:
            return None

    def _when(self, moment: float, now: datetime) -> datetime:
        return now + timedelta(seconds=moment - self._clock())

    def _later(self, moment: float, now: datetime) -> datetime | None:
        return self._when(moment, now) if moment > self._clock() else None
