"""Commands to control on behalf of an HTTP request, with its errors in the API's shape."""

from typing import TypeVar

from springline.business import control
from springline.business.http import control_away, not_found, refused
from springline.contracts.commands import AnyCommand, CheckFlow, Done, FlowReport, GetSnapshot, Snapshot
from springline.contracts.live import CallRow, LiveSnapshot

T = TypeVar("T")


def tell(command: AnyCommand) -> None:
    """Raises ApiError 409 with control's code, or 503."""
    asked(command, Done)


def asked(
    command: AnyCommand, kind: type[T], seconds: float = control.ANSWER_SECONDS, missing: str | None = None
) -> T:
    """Control's answer. Raises ApiError 409 with control's code, 404 if that is `missing`, or 503."""
    try:
        return control.link.ask_sync(command, kind, seconds)
    except control.CommandRefused as error:
        if error.reply.code == missing:
            raise not_found(missing) from error
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


def live_call(call_id: str) -> CallRow | None:
    """A call that is on, as control has it now; None also while control is away."""
    live = snapshot()
    rows = live.rows if live else ()
    return next((row for row in rows if isinstance(row, CallRow) and row.id == call_id), None)


def flow_errors(document: str) -> tuple[str, ...] | None:
    """What control finds wrong with a flow document; None when it cannot be asked now."""
    try:
        reply = control.link.ask_sync(CheckFlow(document=document), FlowReport)
    except (control.ControlAway, control.CommandRefused):
        return None
    assert isinstance(reply, FlowReport)
    return reply.errors
