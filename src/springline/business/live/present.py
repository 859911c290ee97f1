"""The live state as this process knows it, for views that want one row of it."""

from springline.business import control
from springline.business.hotline import commands
from springline.business.live.hub import Hub
from springline.contracts.live import CallRow, Row

hub = Hub(control.link)


def call(call_id: str) -> CallRow | None:
    """A call that is on. Who shows it to an agent has mostly heard of it by this very copy; control, which
    would tell of all calls, is asked only where the copy has none."""
    row: Row | None = hub.row("call", call_id)
    return row if isinstance(row, CallRow) else commands.live_call(call_id)
