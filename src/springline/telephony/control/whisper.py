"""A word in the agent's ear before the caller is joined: where they are, what for, known or new.

The caller hears music meanwhile. Whatever goes wrong with it costs the word, never the call.
"""

import asyncio

import structlog

from springline.contracts.config import Device, Whisper
from springline.contracts.events import CallerQuality
from springline.contracts.handovers import OUTSIDE
from springline.contracts.routing import PlaceLevel
from springline.telephony import prompts as catalogue
from springline.telephony.ari import AriDisconnected, AriError
from springline.telephony.ari.generated.events import PlaybackFinished
from springline.telephony.control.agent_leg import AgentLeg, phone_of
from springline.telephony.control.facts import IN, Facts
from springline.telephony.control.line import Line
from springline.telephony.control.office import Office

log = structlog.get_logger("call")

LONGEST_SECONDS = 2.0
"""The caller waits no longer for it, whatever a site has recorded."""


def wanted(office: Office, leg: AgentLeg) -> bool:
    """Whether the agent hears it for calls of this queue."""
    config = office.plan.queues.get(leg.queue)
    if config is None or config.whisper is Whisper.NEVER:
        return False
    if config.whisper is Whisper.ALWAYS:
        return True
    agent = office.plan.agents.get(leg.agent)
    return (
        leg.mobile
        or leg.endpoint == phone_of(leg.agent)
        or (agent is not None and agent.device is not Device.WEBRTC)
    )


def words(facts: Facts) -> tuple[str, ...]:
    """The prompts to play one after another; what is not known is left out."""
    region = catalogue.region_of(facts.region) if facts.region else None
    intent = catalogue.variant("intent", facts.intent) if facts.intent else None
    said = {"region": region, "intent": intent, "customer": _customer(facts)}
    return tuple(f"agent.whisper.{slot}.{value}" for slot, value in said.items() if value is not None)


def _customer(facts: Facts) -> str | None:
    """A number that is hidden, or that nobody could look up in time, may be a customer's all the same."""
    found = facts.resolved
    if found is not None and found.known:
        return "known"
    real = facts.caller_quality is CallerQuality.REAL
    return "new" if real and found is not None and found.level != PlaceLevel.UNKNOWN else None


async def whisper(office: Office, line: Line, leg: AgentLeg, facts: Facts) -> None:
    """Say it to the agent who answered, until it is said or their leg is gone. Raises CallerGone."""
    said = words(facts) if facts.direction == IN and leg.agent != OUTSIDE and wanted(office, leg) else ()
    if not said:
        return
    playback = f"{leg.channel}-whisper"
    now = asyncio.get_running_loop().time
    until = now() + LONGEST_SECONDS
    try:
        media = [f"sound:{office.sounds(prompt).with_suffix('')}" for prompt in said]
        await office.ari.channels.play_with_id(leg.channel, playback, media=media)
    except AriDisconnected:
        raise
    except (AriError, OSError, LookupError) as error:
        log.warning("not_whispered", call=facts.call_id, error=str(error))
        return
    while leg.ended is None:
        if not line.saying:
            await line.music(True)
        try:
            message = await line.next(max(until - now(), 0.0))
        except TimeoutError:
            await _stop(office, playback)
            return
        leg.see(message)
        if isinstance(message, PlaybackFinished) and message.playback.id == playback:
            return


async def _stop(office: Office, playback: str) -> None:
    try:
        await office.ari.playbacks.stop(playback)
    except AriDisconnected:
        raise
    except AriError as error:
        log.debug("nothing_to_stop", playback=playback, error=error.code)
