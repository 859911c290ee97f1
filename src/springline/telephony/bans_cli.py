"""`springline bans`."""

from zoneinfo import ZoneInfo

from rich.console import Console

from springline.contracts.commands import Refused
from springline.platform.bus import BusError
from springline.platform.settings import Settings
from springline.telephony import bans

SHANGHAI = ZoneInfo("Asia/Shanghai")
console = Console()


async def show_or_lift(settings: Settings, address: str | None) -> bool:
    """False when a ban could not be lifted."""
    if address is None:
        for banned, ban in sorted(bans.active_now(settings).items()):
            until = ban.until.astimezone(SHANGHAI)
            console.print(f"{banned:<40} 至 until {until:%m-%d %H:%M}  第 {ban.times} 次 times")
        return True
    try:
        reply = await bans.lift(settings, address)
    except BusError as error:
        console.print(f"呼叫控制没有响应 · Control does not answer: {error}")
        return False
    if isinstance(reply, Refused):
        console.print(f"{reply.message_zh} · {reply.message_en}")
        return False
    console.print(f"已解封 · listened to again: {address}")
    return True
