"""Closed-out addresses as an operator sees them: the list, and the way back."""

from springline.contracts import commands, subjects
from springline.contracts.event import utcnow
from springline.platform.bus import Bus
from springline.platform.settings import Settings
from springline.telephony.control.bans import Ban, stored
from springline.telephony.instance import bans_file


def active_now(settings: Settings) -> dict[str, Ban]:
    """The bans in force by address, as control stored them last."""
    now = utcnow()
    return {address: ban for address, ban in stored(bans_file(settings)).items() if ban.until > now}


async def lift(settings: Settings, address: str) -> commands.AnyReply:
    """Done, or Refused when the address is not banned. Raises BusError when control does not answer."""
    bus = await Bus.connect(settings, "unban")
    try:
        command = commands.Unban(address=address)
        reply: commands.AnyReply = await bus.request(
            subjects.CONTROL_COMMANDS, command, commands.AnyReply, timeout=3.0
        )
        return reply
    finally:
        await bus.close()
