"""What the cases of the ARI contract are written with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from springline.telephony.ari import EventStream
from springline.telephony.ari.generated import events as ev

from .ari_worlds import Session, World

Case = Callable[[World], Awaitable[None]]
CASES: dict[str, Case] = {}
WAIT = 5.0


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


def text(event: object) -> str:
    """An event in the words a case compares: its name and what distinguishes it."""
    name = type(event).__name__
    if isinstance(event, (ev.PlaybackStarted, ev.PlaybackFinished, ev.PlaybackContinuing)):
        return (
            f"{name} {event.playback.id} {event.playback.media_uri.rpartition('/')[2]} {event.playback.state}"
        )
    if isinstance(event, (ev.RecordingStarted, ev.RecordingFinished)):
        return f"{name} {event.recording.name} {event.recording.state}"
    if isinstance(event, ev.ChannelHangupRequest):
        return f"{name} {event.channel.id} {event.cause}{' soft' if event.soft else ''}"
    if isinstance(event, ev.ChannelDestroyed):
        return f"{name} {event.channel.id} {event.cause}"
    if isinstance(event, ev.Dial):
        return f"{name} {event.peer.id} {event.dialstatus}".rstrip()
    if isinstance(event, ev.StasisStart):
        return f"{name} {event.channel.id} {','.join(event.args)}".rstrip()
    if isinstance(event, ev.ChannelStateChange):
        return f"{name} {event.channel.id} {event.channel.state}"
    if isinstance(event, ev.ChannelDtmfReceived):
        return f"{name} {event.digit}"
    if isinstance(event, (ev.ChannelEnteredBridge, ev.ChannelLeftBridge)):
        return (
            f"{name} {event.channel.id if event.channel else ''} [{' '.join(sorted(event.bridge.channels))}]"
        )
    channel = getattr(event, "channel", None)
    return f"{name} {channel.id}" if channel else name


async def until(stream: EventStream, last: str) -> list[str]:
    """All events up to and including the first whose text begins with ``last``."""
    seen: list[str] = []
    while not seen or not seen[-1].startswith(last):
        try:
            seen.append(text(await stream.next(WAIT)))
        except TimeoutError:
            pytest.fail(f"no {last} after {seen}")
    return seen


async def nothing_more(stream: EventStream, seconds: float = 0.3) -> None:
    """No event for a while."""
    with pytest.raises(TimeoutError):
        pytest.fail(f"unexpected {text(await stream.next(seconds))}")


async def answered_call(
    world: World, session: Session, channel_id: str, far_end: str = "answer"
) -> EventStream:
    stream = session.ari.subscribe(channel_id)
    await world.call_in(channel_id, far_end)
    await until(stream, "StasisStart")
    await session.ari.channels.answer(channel_id)
    await until(stream, f"ChannelStateChange {channel_id} Up")
    return stream


async def dial(session: Session, extension: str, **options: object) -> EventStream:
    """The events of a leg of ours, named leg, that calls this extension."""
    stream = session.ari.subscribe("leg")
    await session.ari.channels.originate(
        endpoint=f"Local/{extension}@contract",
        app=session.ari.app,
        app_args="agent,7",
        channel_id="leg",
        **options,  # type: ignore[arg-type]
    )
    return stream
