"""A channel of the fake: its state, its end, and the queue in which Asterisk runs its commands."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..generated import events as ev
from ..generated.models import CallerID, Channel, DialplanCEP, LiveRecording, Playback

if TYPE_CHECKING:
    from .asterisk import FakeAsterisk


@dataclass
class Heard:
    """One medium that was played to the channel, from and to in the loop's seconds."""

    media: str
    began: float
    ended: float | None = None


@dataclass
class Command:
    """One entry of the queue. ``start`` returns True while it goes on; ``stop`` ends it early."""

    start: Callable[[], bool]
    stop: Callable[[bool], None] = lambda failed: None
    key: str = ""


@dataclass
class FakeChannel:
    """One channel. Tests play the far end with ``press``, ``hang_up``, ``pick_up``, and read the attributes.

    ``heard`` lists what was played; ``cause`` is the Q.850 cause once it is gone; ``fell_through`` says that
    ``Stasis`` failed because the application was away and the dialplan went on by itself.
    """

    asterisk: FakeAsterisk
    id: str
    name: str
    state: str = "Down"
    caller: CallerID = CallerID(name="", number="")
    connected: CallerID = CallerID(name="", number="")
    exten: str = "s"
    context: str = "default"
    variables: dict[str, str] = field(default_factory=dict)
    subscribed: bool = False
    in_stasis: bool = False
    from_dialplan: bool = False
    protocol_id: str = ""
    stasis_args: tuple[str, ...] = ()
    fell_through: bool = False
    bridge_id: str | None = None
    moh: str | None = None
    held: bool = False
    ringing: bool = False
    mutes: int = 0
    ears: list[FakeChannel] = field(default_factory=list)
    alive: bool = True
    cause: int | None = None
    heard: list[Heard] = field(default_factory=list)
    sent_digits: str = ""
    queue: deque[Command] = field(default_factory=deque)
    current: Command | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    created: float = 0.0

    @property
    def muted(self) -> bool:
        return self.mutes > 0

    # ── the far end, for tests ──

    def press(self, digits: str, *, between: float = 0.2) -> None:
        """Send DTMF digits, the first now, the next ``between`` seconds apart."""
        for position, digit in enumerate(digits):
            self.asterisk.later(position * between, self._digit, digit)

    def hang_up(self, cause: int = 16) -> None:
        """The far end hangs up, with a Q.850 cause."""
        if self.alive:
            self.asterisk.emit(ev.ChannelHangupRequest, self, cause=cause)
            self.end(cause, soft_cause=cause)

    def pick_up(self) -> None:
        """The far end answers."""
        if self.alive and self.state != "Up":
            self.asterisk.answered(self)

    def ring_back(self) -> None:
        """The far end reports that it rings."""
        if self.alive and self.state == "Down":
            self.state = "Ringing"
            self.asterisk.emit(ev.ChannelStateChange, self)
            self.asterisk.emit_dial(self, "RINGING")

    def _digit(self, digit: str) -> None:
        if self.alive:
            self.asterisk.emit(ev.ChannelDtmfReceived, self, digit=digit, duration_ms=100)

    # ── the command queue ──

    def run(self, command: Command) -> None:
        """Queue a command; it starts in a later step of the loop, as in the channel's own thread."""
        self.queue.append(command)
        self.asterisk.soon(self.pump)

    def pump(self) -> None:
        while self.current is None and self.queue and self.alive:
            command = self.queue.popleft()
            self.current = command if command.start() else None

    def finished(self, command: Command) -> None:
        if self.current is command:
            self.current = None
            self.asterisk.soon(self.pump)

    def find(self, key: str) -> Command | None:
        running = [self.current] if self.current else []
        return next((c for c in [*running, *self.queue] if c.key == key), None)

    def flush(self) -> None:
        """The end of the channel: what runs fails, what waits never succeeds."""
        current, self.current = self.current, None
        if current is not None:
            current.stop(True)
        while self.queue:
            command = self.queue.popleft()
            if command.start():
                command.stop(True)

    # ── the end ──

    def end(self, cause: int, *, soft_cause: int | None = None) -> None:
        """Everything that happens when a channel goes, in Asterisk's order."""
        if not self.alive:
            return
        self.cause = cause
        for timer in self.timers:
            timer.cancel()
        self.leave_bridge()
        self.alive = False
        self.flush()
        self.leave_stasis()
        if soft_cause is not None and self.from_dialplan:
            self.asterisk.emit(ev.ChannelHangupRequest, self, cause=soft_cause, soft=True)
        self.asterisk.destroyed(self)
        for ear in self.ears:
            ear.end(16)

    def leave_bridge(self) -> None:
        if self.bridge_id is not None:
            self.asterisk.leave_bridge(self)

    def leave_stasis(self) -> None:
        if self.in_stasis:
            self.asterisk.emit(ev.StasisEnd, self)
            self.in_stasis = False

    # ── as JSON ──

    def snapshot(self) -> Channel:
        app = f"{self.asterisk.app},{','.join(self.stasis_args)}" if self.stasis_args else self.asterisk.app
        plan = DialplanCEP(
            context=self.context,
            exten=self.exten,
            priority=1,
            app_name="Stasis" if self.in_stasis else "Wait",
            app_data=app if self.in_stasis else "",
        )
        return Channel(
            id=self.id,
            protocol_id=self.protocol_id,
            name=self.name,
            state=self.state,
            caller=self.caller,
            connected=self.connected,
            accountcode="",
            dialplan=plan,
            creationtime=self.asterisk.stamp(self.created),
            language="en",
            channelvars={name: self.variables.get(name, "") for name in self.asterisk.channelvars},
        )


class PlaybackCommand:
    """Plays a list of media to a channel or a bridge, one after the other."""

    def __init__(
        self,
        asterisk: FakeAsterisk,
        channel: FakeChannel | None,
        target: str,
        playback_id: str,
        media: list[str],
    ) -> None:
        self._asterisk = asterisk
        self._channel = channel
        self._target = target
        self.id = playback_id
        self._media = media
        self._position = 0
        self._ok = True
        self._over = False
        self._timer: asyncio.TimerHandle | None = None
        self.state = "queued"
        self.command = Command(self.start, self.stop, playback_id)

    def snapshot(self) -> Playback:
        following = self._media[self._position + 1 :]
        return Playback(
            id=self.id,
            media_uri=self._media[self._position],
            next_media_uri=following[0] if following else None,
            target_uri=self._target,
            language="en",
            state=self.state,
        )

    def start(self) -> bool:
        if self._over:
            return False
        self._play()
        return not self._over

    def begin(self) -> None:
        """Starts it outside a channel's queue, on a bridge."""
        self.start()

    def stop(self, failed: bool) -> None:
        """Ends it now; ``failed`` when the channel is gone."""
        if not self._over:
            self._finish("failed" if failed else "done")

    def _play(self) -> None:
        self.state = "playing"
        self._asterisk.emit_playback(ev.PlaybackStarted, self)
        medium = self._media[self._position]
        duration = self._asterisk.duration_of(medium)
        if duration is not None and self._channel is not None and self._channel.alive:
            self._channel.heard.append(Heard(medium, self._asterisk.now))
            # A prompt ends the music for good, as in Asterisk: whoever wants it back starts it again.
            self._channel.moh = None
        if self._channel is not None and not self._channel.alive:
            return
        self._ok = duration is not None
        if duration is None:
            self._next()
        else:
            self._timer = self._asterisk.later(duration, self._next)

    def _next(self) -> None:
        self._note_end()
        if self._position + 1 == len(self._media):
            self._finish("done" if self._ok else "failed")
            return
        self.state = "continuing"
        self._asterisk.emit_playback(ev.PlaybackContinuing, self)
        self._position += 1
        self._play()

    def _note_end(self) -> None:
        heard = self._channel.heard if self._channel else []
        if heard and heard[-1].ended is None:
            heard[-1].ended = self._asterisk.now

    def _finish(self, state: str) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._note_end()
        self.state = state
        self._asterisk.playbacks.pop(self.id, None)
        self._asterisk.emit_playback(ev.PlaybackFinished, self)
        if self._channel is not None:
            self._channel.finished(self.command)


class RecordingCommand:
    """A live recording of a channel or a bridge."""

    def __init__(
        self,
        asterisk: FakeAsterisk,
        channel: FakeChannel | None,
        target: str,
        name: str,
        form: str,
        limit: int,
    ) -> None:
        self._asterisk = asterisk
        self._channel = channel
        self._target = target
        self.name = name
        self.form = form
        self._limit = limit
        self._began = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._over = False
        self.state = "queued"
        self.command = Command(self.start, self.stop, f"recording:{name}")

    @property
    def seconds(self) -> float:
        return self._asterisk.now - self._began

    def snapshot(self) -> LiveRecording:
        duration = int(self._asterisk.now - self._began) if self.state == "done" else None
        return LiveRecording(
            name=self.name, format=self.form, target_uri=self._target, state=self.state, duration=duration
        )

    def start(self) -> bool:
        if self._over or (self._channel is not None and not self._channel.alive):
            self._asterisk.live_recordings.pop(self.name, None)
            return False
        self.state = "recording"
        self._began = self._asterisk.now
        self._asterisk.emit_recording(ev.RecordingStarted, self)
        if self._limit:
            self._timer = self._asterisk.later(self._limit, self.stop, False)
        return True

    def begin(self) -> None:
        """Starts it outside a channel's queue, on a bridge."""
        self.start()

    def stop(self, failed: bool) -> None:
        """Ends and keeps it; the end of the channel ends it just the same."""
        self.end(keep=True)

    def end(self, keep: bool) -> None:
        if self._over:
            return
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._asterisk.live_recordings.pop(self.name, None)
        self.state = "done" if keep else "canceled"
        if keep:
            self._asterisk.stored_recordings[self.name] = self.form
        self._asterisk.emit_recording(ev.RecordingFinished, self)
        if self._channel is not None:
            self._channel.finished(self.command)
