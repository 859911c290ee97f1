"""Commands to control on behalf of an HTTP request, with its errors in the API's shape."""

from springline.business import control
from springline.business.http import control_away, refused
from springline.contracts.commands import AnyCommand, CheckFlow, Done, FlowReport, GetSnapshot, Snapshot
from springline.contracts.live import LiveSnapshot


def tell(command: AnyCommand) -> None:
    """Raises ApiError 409 with control's code, or 503."""
    try:
        control.link.ask_sync(command, Done)
    except control.CommandRefused as error:
        raise refused(error.reply) from error
    except control.ControlAway as error:
        raise control_away() from error


def snapshot() -> LiveSnapshot | None:
    """The live state, or None while control is away."""
    try:
        reply = control.link.ask_sync(GetSnapshot(), Snapshot, 1.0)
    except (control.ControlAway, control.CommandRefused):
        return None
    assert isinstance(reply, Snapshot)
    return reply.live


def flow_errors(document: str) -> tuple[str, ...] | None:
    """What control finds wrong with a flow document; None when it cannot be asked now."""
    try:
        reply = control.link.ask_sync(CheckFlow(document=document), FlowReport)
    except (control.ControlAway, control.CommandRefused):
        return None
    assert isinstance(reply, FlowReport)
    return reply.errors
