"""The caller's leg: its inbox of events and what can be done to it, with one way to learn that it is gone."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

import structlog

from springline.contracts.events import HangupBy
from springline.telephony.ari import (
    Ari,
    AriConflict,
    AriDisconnected,
    AriError,
    AriNotFound,
    AriUnprocessable,
    EventStream,
    Resynced,
    StreamEvent,
    in_stasis,
)
from springline.telephony.ari.generated.events import (
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    PlaybackFinished,
    StasisEnd,
    StasisStart,
)
from springline.telephony.control.interruptions import CallerGone as CallerGone
from springline.telephony.control.interruptions import LinkRestored as LinkRestored
from springline.telephony.control.messages import CallMessage, HangUpAsked, OfferMade
from springline.telephony.control.passing import back_with
from springline.telephony.control.unplayed import Unplayed

T = TypeVar("T")
Message: TypeAlias = StreamEvent | CallMessage
Sounds: TypeAlias = Callable[[str], Path]

log = structlog.get_logger("call")

LAST_WORD_SECONDS = 2.0
BACK_IN_SECONDS = 1.0
BACK_UNHEARD_LOOKS = 5
"""Who is in our application at so many looks in a row has come back, and the word of it was lost."""
PLAYBACK_IDS = 8
CAUSE_NORMAL = 16
CAUSE_NO_SOUND = 44
"""What Asterisk gives a leg that it ends because no more sound comes."""
SOFT_BY_DEVICE = 1
CAUSE_UNKNOWN = 0


def _cause_of(request: ChannelHangupRequest) -> int:
    """Q.850. A soft request, of the engine itself or of us, carries its kind where the cause would be."""
    if not request.soft:
        return request.cause or CAUSE_NORMAL
    return CAUSE_NO_SOUND if request.cause == SOFT_BY_DEVICE else CAUSE_NORMAL


def bridge_of(call_id: str) -> str:
    return f"call-{call_id}"


class Line:
    """One caller's channel. Every wait may raise CallerGone or LinkRestored; requests AriDisconnected."""

    def __init__(self, ari: Ari, channel_id: str, sounds: Sounds) -> None:
        self.ari = ari
        self.channel = channel_id
        self.ended_by: HangupBy | None = None
        self._sounds = sounds
        self._inbox: EventStream = ari.subscribe(channel_id)
        self._unplayed = Unplayed(self._inbox, channel_id)
        self._playback: str | None = None
        self._said = 0
        self._outdated: set[str] = set()
        self.unsaid = False
        # None: what an earlier link or run left is not known.
        self._music: bool | None = False
        self._moving = False
        self._cause: int | None = None
        self._others: dict[str, Callable[[], None] | None] = {}
        self._bridge: str | None = None

    def put(self, message: CallMessage) -> None:
        self._inbox.put(cast(StreamEvent, message))

    def claim(self, leg: str, over: Callable[[], None] | None = None) -> None:
        """Hear of another leg of this call as well. `over` is called when it is let go."""
        self._others[leg] = over or self._others.get(leg)
        self._inbox.claim(leg)

    def watched(self, leg: str) -> bool:
        """Whether somebody wants to know when the leg is let go."""
        return self._others.get(leg) is not None

    def release(self, leg: str) -> None:
        over = self._others.pop(leg, None)
        self._inbox.release(leg)
        if over is not None:
            over()

    @property
    def legs(self) -> frozenset[str]:
        """The other legs, as far as it has heard."""
        return frozenset(self._others)

    async def bridge(self, bridge_id: str, leg: str) -> None:
        """Put the caller and another leg into one bridge, made for it. AriError when a leg is missing."""
        self._bridge = bridge_id
        try:
            await self.ari.bridges.create_with_id(bridge_id, type="mixing")
        except AriConflict:
            # Made before the link was lost; only the answer did not come.
            log.debug("bridge_exists", bridge=bridge_id)
        await self.ari.bridges.add_channel(bridge_id, channel=[self.channel, leg])

    async def admit(self, leg: str) -> None:
        """Put another leg into the bridge of this call; one that is gone by now has told so."""
        if self._bridge is not None:
            await self._attempt(self.ari.bridges.add_channel(self._bridge, channel=[leg]))

    def hear_bridge(self) -> None:
        """Learn what becomes of sounds that are played to the bridge of this call."""
        if self._bridge is not None:
            self._inbox.claim(self._bridge)

    async def return_to_bridge(self) -> None:
        """The caller, who was beside the bridge, into it again."""
        assert self._bridge is not None
        await self.do(self.ari.bridges.add_channel(self._bridge, channel=[self.channel]))

    @property
    def held(self) -> frozenset[str]:
        """The legs and the bridge of this call."""
        return self.legs if self._bridge is None else self.legs | {self._bridge}

    @property
    def bridged(self) -> bool:
        """The caller is, or may be, in a bridge."""
        return self._bridge is not None

    def adopt_bridge(self, bridge_id: str) -> None:
        self._bridge = bridge_id

    def close(self) -> None:
        self._inbox.close()

    async def next(self, deadline: float | None = None) -> Message:
        """The next message, or TimeoutError after `deadline` seconds."""
        message: Message = await self._unplayed.next(deadline)
        match message:
            case ChannelHangupRequest(channel=channel) if channel.id == self.channel:
                self._cause = self._cause or _cause_of(message)
            case StasisEnd(channel=channel) if channel.id == self.channel:
                # Also when it goes on in the dialplan. The engine tells nothing of its end after this.
                if not self._moving or self._cause is not None:
                    raise self._gone(HangupBy.CALLER)
            case ChannelDestroyed(channel=channel, cause=cause) if channel.id == self.channel:
                self._cause = cause
                raise self._gone(HangupBy.CALLER)
            case ChannelDestroyed(channel=channel):
                self.release(channel.id)
            case Resynced() if self.channel in message.gone:
                raise self._gone(HangupBy.ENGINE)
            case Resynced():
                raise LinkRestored(message)
            case HangUpAsked():
                await self.hang_up(HangupBy.SYSTEM)
            case PlaybackFinished(playback=playback) if playback.id == self._playback:
                self._playback = None
                if playback.state == "failed":
                    self.unsaid = True
                    self._unplayed.failed(playback.media_uri)
        return message

    async def restored(self, turn_down: Callable[[OfferMade], None]) -> Resynced:
        """Wait until the link is back. Raises CallerGone when the call is not there any more.

        The engine's events of before are outdated then; what the house said meanwhile still holds. But an
        offer cannot wait: it is handed to `turn_down`, or the agent would be taken for one who misses it.
        """
        kept: list[CallMessage] = []
        while True:
            try:
                message = await self.next()
            except LinkRestored as back:
                for word in kept:
                    self.put(word)
                return back.state
            except AriDisconnected:
                continue
            if isinstance(message, OfferMade):
                turn_down(message)
            elif isinstance(message, CallMessage) and not isinstance(message, HangUpAsked):
                kept.append(message)

    async def do(self, request: Awaitable[T]) -> T:
        """A request about the caller's channel; when that is refused because the channel is gone, waits
        for the engine's last word about it and raises CallerGone."""
        try:
            return await request
        except (AriNotFound, AriConflict, AriUnprocessable) as refused:
            await self._last_word()
            raise self._gone(HangupBy.CALLER) from refused

    async def pass_through(self, context: str, extension: str, argument: str) -> None:
        """Send the caller through a place of the dialplan that brings them back with `argument`, out of any
        bridge. Whatever else is heard meanwhile is heard afterwards."""
        self._moving = True
        try:
            go = self.ari.channels.continue_in_dialplan
            await self.do(go(self.channel, context=context, extension=extension, priority=1))
            await self._until(back_with(self.channel, argument))
        finally:
            self._moving = False

    async def until_here(self) -> None:
        """Wait for a caller who was passing through the dialplan when the link or control was lost."""
        while not in_stasis(await self.do(self.ari.channels.get(self.channel)), self.ari.app):
            await self._until(lambda m: isinstance(m, StasisStart) and m.channel.id == self.channel)

    async def _until(self, here: Callable[[Message], bool]) -> None:
        kept: list[Message] = []
        looks = 0
        try:
            while True:
                try:
                    message = await self.next(BACK_IN_SECONDS)
                except TimeoutError:
                    # Whoever hangs up in the dialplan is gone without a word.
                    channel = await self.do(self.ari.channels.get(self.channel))
                    looks = looks + 1 if in_stasis(channel, self.ari.app) else 0
                    if looks >= BACK_UNHEARD_LOOKS:
                        return
                    continue
                if here(message):
                    return
                if not isinstance(message, PlaybackFinished | StasisEnd):
                    kept.append(message)
        finally:
            for word in kept:
                self._inbox.put(cast(StreamEvent, word))

    async def leave_bridge(self, context: str, extension: str, argument: str) -> None:
        """`pass_through`, and an end to the bridge that was left."""
        await self.pass_through(context, extension, argument)
        bridge, self._bridge = self._bridge, None
        if bridge is not None:
            await self._attempt(self.ari.bridges.destroy(bridge))

    async def say(self, prompts: Sequence[str]) -> None:
        """Start saying; PlaybackFinished tells the end, and `unsaid` whether it failed. Stops what is being
        said."""
        await self.hush()
        self._said += 1
        self._playback = self._playback_id(self._said)
        self._music, self.unsaid = False, False
        media = [f"sound:{self._sounds(prompt).with_suffix('')}" for prompt in prompts]
        await self.do(self.ari.channels.play_with_id(self.channel, self._playback, media=media))

    @property
    def saying(self) -> bool:
        return self._playback is not None

    @property
    def leaving(self) -> bool:
        """The caller hung up; the engine's last word is on its way."""
        return self._cause is not None

    async def hush(self) -> None:
        """Stop saying; the engine's PlaybackFinished for it means nothing any more."""
        playback, self._playback = self._playback, None
        if playback is not None:
            with suppress(AriNotFound, AriConflict):
                await self.ari.playbacks.stop(playback)

    async def music(self, on: bool) -> None:
        if on is self._music:
            return
        self._music = on
        if on:
            await self.do(self.ari.channels.start_moh(self.channel))
        else:
            await self.do(self.ari.channels.stop_moh(self.channel))

    async def hang_up(self, by: HangupBy, reason_code: str | None = None) -> None:
        """Ask the engine to end the caller's leg; CallerGone follows from `next`. `ended_by` stays set when
        the link was lost: who restores the call asks again."""
        self.ended_by = self.ended_by or by
        try:
            await self.ari.channels.hangup(self.channel, reason_code=reason_code)
        except AriNotFound:
            return

    def forget_sound(self) -> None:
        """What is being said or played is not known any more; `quiet` makes sure that nothing is."""
        self._outdated |= {self._playback} if self._playback is not None else set()
        self._playback, self._music = None, None

    def adopt_sound(self) -> None:
        """The run before may have left a prompt: what is said now, and whatever waits for the channel's own
        thread, would come after it."""
        self._outdated = {self._playback_id(number) for number in range(PLAYBACK_IDS)}
        self._music = None

    async def quiet(self) -> None:
        """Stop what an earlier link or run left playing."""
        while self._outdated:
            playback = min(self._outdated)
            with suppress(AriNotFound, AriConflict):
                await self.ari.playbacks.stop(playback)
            self._outdated.discard(playback)

    def _playback_id(self, number: int) -> str:
        # A few names used in turn, so that the next run of control knows them too.
        return f"{self.channel}-say{number % PLAYBACK_IDS}"

    async def clear_up(self) -> None:
        """End every other leg and bridge of the call. The caller is gone already."""
        await self.drop_others()
        if self._bridge is not None:
            await self._attempt(self.ari.bridges.destroy(self._bridge))

    async def drop_others(self) -> None:
        """End the agents' legs of the call."""
        for leg in tuple(self._others):
            self.release(leg)
            await self._attempt(self.ari.channels.hangup(leg))

    async def _attempt(self, request: Awaitable[None]) -> None:
        try:
            await request
        except AriError as error:
            log.debug("not_cleared_up", channel=self.channel, error=error.code)

    async def until_gone(self) -> None:
        """Only for a leg that was hung up: raises CallerGone."""
        while True:
            await self.next()

    def _gone(self, by: HangupBy) -> CallerGone:
        cause = CAUSE_UNKNOWN if self._cause is None else self._cause
        return CallerGone(cause, self.ended_by or by)

    async def _last_word(self) -> None:
        try:
            while True:
                await self.next(LAST_WORD_SECONDS)
        except TimeoutError:
            with suppress(AriError):
                await self.ari.channels.hangup(self.channel)


def key_of(message: Message) -> str | None:
    return message.digit if isinstance(message, ChannelDtmfReceived) else None
