"""The agent has an abusive caller warned, and the call ended if it goes on (`abuse.warn`, `abuse.end`).

Both parties hear the words in their bridge, so that the recording has them.
"""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyCallEvent
from springline.contracts.warnings import CallerDismissed, CallerWarned
from springline.telephony.ari import AriDisconnected, AriError
from springline.telephony.ari.generated.events import PlaybackFinished
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line, Message, bridge_of
from springline.telephony.control.messages import WarnAsked
from springline.telephony.control.office import Office

log = structlog.get_logger("call")

WARNING, CLOSING = "abuse.warn", "abuse.end"
LONGEST_SECONDS = 15.0
"""For the closing words, behind a warning that is still being said; then the call ends without them."""

Record: TypeAlias = Callable[[AnyCallEvent], None]


class Warnings:
    """Of one conversation."""

    def __init__(self, office: Office, line: Line, leg: AgentLeg, facts: Facts, record: Record) -> None:
        self._office = office
        self._line = line
        self._leg = leg
        self._facts = facts
        self._record = record

    async def take(self, message: Message) -> None:
        """What the agent asked for; `facts.dismissed` tells that the call is to end. Raises CallerGone."""
        if not isinstance(message, WarnAsked) or message.agent != self._leg.agent:
            return
        call_id, agent = self._facts.call_id, self._leg.agent
        if message.dismiss and self._facts.warned_at is not None:
            playback = await self._say(CLOSING)
            self._record(CallerDismissed(at=utcnow(), call_id=call_id, agent=agent))
            await self._until_said(playback)
        elif not message.dismiss and await self._say(WARNING):
            self._record(CallerWarned(at=utcnow(), call_id=call_id, agent=agent))

    async def _say(self, prompt: str) -> str | None:
        """The playback's id; None when it could not begin."""
        bridge = bridge_of(self._facts.call_id)
        playback = f"{bridge}-{prompt}"
        media = f"sound:{self._office.sounds(prompt).with_suffix('')}"
        self._line.hear_bridge()
        try:
            await self._office.ari.bridges.play_with_id(bridge, playback, media=[media])
        except AriDisconnected:
            raise
        except AriError as error:
            log.warning("not_said", call=self._facts.call_id, prompt=prompt, error=error.code)
            return None
        return playback

    async def _until_said(self, playback: str | None) -> None:
        """The agent need not stay to the end of it."""
        now = asyncio.get_running_loop().time
        until = now() + LONGEST_SECONDS
        while playback is not None:
            try:
                message = await self._line.next(max(until - now(), 0.0))
            except TimeoutError:
                return
            self._leg.see(message)
            if isinstance(message, PlaybackFinished) and message.playback.id == playback:
                return
