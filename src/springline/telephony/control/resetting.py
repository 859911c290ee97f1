"""A supervisor's forced reset of an agent, also where control and the engine disagree.

What is left of the agent's call is told to the call first, so that its caller goes on: back to the queue, or
to an end that is told. Only what nobody looks after is dropped here. While the engine is away control's own
side is reset, and what only the engine can do waits for it.
"""

import asyncio
from typing import cast

import structlog

from springline.contracts.agents import AgentState
from springline.contracts.commands import Refused, ResetAgent, WasReset
from springline.contracts.mobile import MobileUse
from springline.contracts.ringing import DeskLease
from springline.telephony.acd import AgentLook, Reset, SignOut
from springline.telephony.ari import AriError, Resynced
from springline.telephony.control.messages import CallMessage, TransferAsked
from springline.telephony.control.presence import Presence
from springline.telephony.control.refusals import refusal
from springline.telephony.control.ringing import Watch
from springline.telephony.control.strays import Strays
from springline.telephony.control.switchboard import call_of

log = structlog.get_logger("exchange")

FREE_WITHIN_SECONDS, AWAY_FREE_WITHIN_SECONDS = 3.0, 0.5
"""Without the engine only control itself takes part, and has nothing to wait for."""

LOOK_EVERY_SECONDS = 0.1


class Resetting:
    def __init__(self, watch: Watch, presence: Presence, strays: Strays) -> None:
        self.watch = watch
        self._presence = presence
        self._strays = strays
        self._switchboard = watch.office.switchboard

    async def reset(self, command: ResetAgent) -> WasReset | Refused:
        agent = command.agent
        look, seen = self._switchboard.look(agent), await self.watch.legs(agent)
        if look is None:
            return refusal("unknown_agent")
        legs = self.watch.leg_ids(agent, seen)
        real = self.watch.really_talks(agent, look, legs)
        if real and not command.end_conversation:
            return refusal("in_conversation")
        if look.call is not None:
            await self._tell_the_call(agent, look, legs if look.state is AgentState.TALKING else [])
        left = self._switchboard.look(agent)
        dropped = left is not None and left.call is not None
        self._switchboard.tell(Reset(agent))
        # Nobody can tell where the engine is away, and so it is not asked again.
        later = seen is None
        ended = len(legs) if later else await self._end_leftovers(agent)
        if later:
            self._presence.believe(agent, ())
            self.watch.desks.forget(agent)
        else:
            await self._settle(agent)
        row = self._switchboard.agent(agent)
        if row is None:
            return refusal("unknown_agent")
        log.warning(
            "agent_reset", agent=agent, state=row.state, legs=ended, dropped=dropped, talked=real, later=later
        )
        return WasReset(state=row.state, legs=ended, dropped=dropped, later=later)

    async def _tell_the_call(self, agent: str, look: AgentLook, legs: list[str]) -> None:
        """Let the call part from the agent by itself. `legs`: no offer is withdrawn by their end."""
        call_id = call_of(look.call)
        call = self.watch.calls.get(call_id or "")
        if call_id is None or call is None:
            return
        talks = call.talking
        if talks is not None and talks.agent == agent:
            if not await self._caller_is_gone(call_id, call.facts.channel_id):
                self._switchboard.send(call_id, TransferAsked(agent, call.facts.queue or "", None))
        elif not legs:
            return
        for leg in legs if talks is None or talks.agent != agent or call.facts.consult else ():
            await self._strays.drop(leg)
        await self._until_free(agent)

    async def _caller_is_gone(self, call_id: str, channel_id: str) -> bool:
        """And the call is told, where its end was never heard of."""
        try:
            channels = {c.id: c for c in await self.watch.office.ari.channels.list()}
        except AriError:
            return False
        if channel_id in channels:
            return False
        word = Resynced(channels, {}, frozenset({channel_id}))
        self._switchboard.send(call_id, cast(CallMessage, word))
        return True

    async def _until_free(self, agent: str) -> None:
        loop = asyncio.get_running_loop()
        here = self.watch.office.ari.connected
        until = loop.time() + (FREE_WITHIN_SECONDS if here else AWAY_FREE_WITHIN_SECONDS)
        while loop.time() < until:
            look = self._switchboard.look(agent)
            if look is None or look.call is None:
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _end_leftovers(self, agent: str) -> int:
        """Channels of the agent that no call looks after."""
        # A call that lets go of its leg hangs it up by itself.
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        legs = [leg for leg in await self.watch.legs(agent) or () if not self.watch.owned(leg.id)]
        for leg in legs:
            await self._strays.drop(leg.id)
        return len(legs)

    async def _settle(self, agent: str) -> None:
        """Where the engine and the desk say that the agent is."""
        try:
            await self._presence.refresh(self.watch.office.ari)
        except AriError as error:
            log.info("devices_later", error=error.code)
            return
        look = self._switchboard.look(agent)
        away = self.watch.desks.lease(agent)[0] in {DeskLease.CLOSED, DeskLease.ASLEEP}
        if look is not None and away and not look.online and look.mobile is MobileUse.OFF:
            self._switchboard.tell(SignOut(agent))
