"""What the call controller relies on, as cases that a real Asterisk and the fake must both pass.

Asterisk leaves some things open and no case looks there: the order of a response and the event of one act,
and so whether a playback in the response is queued or playing; BridgeDestroyed, which comes only if a channel
is still inside; the first Dial of a leg whose other side acts in the same instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from springline.telephony.ari import (
    AriBadRequest,
    AriConflict,
    AriDisconnected,
    AriError,
    AriNotFound,
    AriReplaced,
    AriServerError,
    AriUnprocessable,
    EventStream,
    Resynced,
)
from springline.telephony.ari.generated import events as ev

from .ari_worlds import Session, World, connected

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


# ── a caller ─────────────────────────────────────────────────────────────────────────────────────────


@case
async def a_call_nobody_claimed_comes_to_the_callback(world: World) -> None:
    async with connected(world) as session:
        await world.call_in("c1")
        start = await asyncio.wait_for(session.starts.get(), WAIT)
        stream = session.ari.subscribe("c1")
        assert (start.channel.id, start.args, start.channel.state) == ("c1", ["inbound"], "Ring")
        assert start.channel.channelvars is not None
        assert world.channelvar in start.channel.channelvars
        await session.ari.channels.answer("c1")
        assert await until(stream, "ChannelStateChange") == ["ChannelStateChange c1 Up"]
        await session.ari.channels.answer("c1")
        await nothing_more(stream)


@case
async def a_hangup_of_ours_ends_stasis_and_later_requests_find_nothing(world: World) -> None:
    async with connected(world) as session:
        channels = session.ari.channels
        stream = await answered_call(world, session, "c1")
        await channels.hangup("c1", reason_code="17")
        assert await until(stream, "StasisEnd") == ["ChannelHangupRequest c1 32 soft", "StasisEnd c1"]
        # Not told of a caller's channel unless subscribed to it.
        await nothing_more(stream)
        for attempt in (
            channels.answer("c1"),
            channels.hangup("c1"),
            channels.play("c1", media=[world.media["short"]]),
            channels.continue_in_dialplan("c1"),
            channels.get("c1"),
            channels.get_channel_var("c1", variable="X"),
            channels.start_moh("c1"),
        ):
            with pytest.raises(AriNotFound):
                await attempt


@case
async def the_caller_hangs_up(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await world.hang_up_far_end("c1")
        assert await until(stream, "StasisEnd") == ["ChannelHangupRequest c1 16", "StasisEnd c1"]
        await nothing_more(stream)


@case
async def with_a_subscription_the_end_of_a_caller_is_told_with_its_cause(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.applications.subscribe(session.ari.app, event_source=["channel:c1"])
        await world.hang_up_far_end("c1")
        assert await until(stream, "ChannelDestroyed") == [
            "ChannelHangupRequest c1 16",
            "StasisEnd c1",
            "ChannelHangupRequest c1 16 soft",
            "ChannelDestroyed c1 16",
        ]


@case
async def digits_arrive_in_order(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1", "press")
        assert await until(stream, "ChannelDtmfReceived #") == [f"ChannelDtmfReceived {d}" for d in "12#"]


@case
async def variables(world: World) -> None:
    async with connected(world) as session:
        channels = session.ari.channels
        await answered_call(world, session, "c1")
        with pytest.raises(AriNotFound):
            await channels.get_channel_var("c1", variable="NOT_SET")
        await channels.set_channel_var("c1", variable=world.channelvar, value="值 1,2")
        assert (await channels.get_channel_var("c1", variable=world.channelvar)).value == "值 1,2"
        vars_ = (await channels.get("c1")).channelvars
        assert vars_ is not None
        assert vars_[world.channelvar] == "值 1,2"
        listed = {c.id: c for c in await channels.list()}
        assert (listed["c1"].channelvars or {})[world.channelvar] == "值 1,2"


# ── prompts ──────────────────────────────────────────────────────────────────────────────────────────


@case
async def a_list_of_media_is_played_in_order(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        playback = await session.ari.channels.play(
            "c1", media=[world.media["short"], world.media["short"]], playback_id="p1"
        )
        assert playback.id == "p1"
        assert await until(stream, "PlaybackFinished") == [
            "PlaybackStarted p1 short playing",
            "PlaybackContinuing p1 short continuing",
            "PlaybackStarted p1 short playing",
            "PlaybackFinished p1 short done",
        ]
        with pytest.raises(AriNotFound):
            await session.ari.playbacks.stop("p1")


@case
async def a_stopped_prompt_makes_way_for_the_next(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        stream = await answered_call(world, session, "c1")
        await ari.channels.play_with_id("c1", "p1", media=[world.media["long"], world.media["long"]])
        await ari.channels.play_with_id("c1", "p2", media=[world.media["short"]])
        await until(stream, "PlaybackStarted p1")
        await ari.playbacks.stop("p1")
        assert await until(stream, "PlaybackFinished p2") == [
            "PlaybackFinished p1 long done",
            "PlaybackStarted p2 short playing",
            "PlaybackFinished p2 short done",
        ]


@case
async def a_missing_file_fails_and_the_rest_is_played(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["missing"]])
        assert await until(stream, "PlaybackFinished") == [
            "PlaybackStarted p1 missing playing",
            "PlaybackFinished p1 missing failed",
        ]
        await session.ari.channels.play_with_id(
            "c1", "p2", media=[world.media["missing"], world.media["short"]]
        )
        assert await until(stream, "PlaybackFinished") == [
            "PlaybackStarted p2 missing playing",
            "PlaybackContinuing p2 missing continuing",
            "PlaybackStarted p2 short playing",
            "PlaybackFinished p2 short done",
        ]


@case
async def prompts_fail_when_the_caller_goes(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["long"]])
        await session.ari.channels.play_with_id("c1", "p2", media=[world.media["long"]])
        await until(stream, "PlaybackStarted p1")
        await session.ari.channels.hangup("c1")
        assert await until(stream, "StasisEnd") == [
            "ChannelHangupRequest c1 32 soft",
            "PlaybackFinished p1 long failed",
            "PlaybackStarted p2 long playing",
            "PlaybackFinished p2 long failed",
            "StasisEnd c1",
        ]


@case
async def a_prompt_before_the_answer_is_played(world: World) -> None:
    async with connected(world) as session:
        stream = session.ari.subscribe("c1")
        await world.call_in("c1")
        await until(stream, "StasisStart")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["short"]])
        assert (await until(stream, "PlaybackFinished"))[-1] == "PlaybackFinished p1 short done"


@case
async def music_without_a_bridge_and_a_prompt_over_it(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.start_moh("c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["short"]])
        assert (await until(stream, "PlaybackFinished"))[-1] == "PlaybackFinished p1 short done"
        await session.ari.channels.stop_moh("c1")
        await session.ari.channels.stop_moh("c1")


@case
async def a_prompt_ends_the_music_for_good(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1", "listen")
        assert not await world.hears("c1")
        await session.ari.channels.start_moh("c1")
        assert await world.hears("c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["short"]])
        await until(stream, "PlaybackFinished")
        assert not await world.hears("c1")
        await session.ari.channels.start_moh("c1")
        assert await world.hears("c1")


@case
async def operations_that_wait_hold_up_the_socket_and_the_guard_prevents_it(world: World) -> None:
    async with connected(world) as session:
        ari, loop = session.ari, asyncio.get_running_loop()
        stream = await answered_call(world, session, "c1")
        await ari.channels.play_with_id("c1", "p1", media=[world.media["long"]])
        await until(stream, "PlaybackStarted")
        began = loop.time()
        query = (("variable", "X"), ("value", "1"))
        async with asyncio.TaskGroup() as group:
            group.create_task(ari.connection.request("POST", "channels/c1/variable", query))
            await asyncio.sleep(0.1)
            await ari.asterisk.ping()
        assert loop.time() - began > 2.5
        await ari.channels.play_with_id("c1", "p2", media=[world.media["long"]])
        await until(stream, "PlaybackStarted p2")
        began = loop.time()
        await ari.channels.set_channel_var("c1", variable="X", value="2")
        assert loop.time() - began < 1.0
        assert (await until(stream, "PlaybackFinished"))[-1] == "PlaybackFinished p2 long done"


# ── the dialplan and back ────────────────────────────────────────────────────────────────────────────


@case
async def continue_leaves_and_enters_again(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.continue_in_dialplan(
            "c1", context="contract-record", extension="s", priority=1
        )
        assert await until(stream, "StasisStart") == ["StasisEnd c1", "StasisStart c1 recording"]


@case
async def outside_stasis_a_channel_can_be_seen_and_hung_up_only(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        stream = await answered_call(world, session, "c1")
        await ari.bridges.create_with_id("b1")
        await ari.channels.continue_in_dialplan("c1", context="contract", extension="aside", priority=1)
        await until(stream, "StasisEnd")
        for attempt in (
            ari.channels.answer("c1"),
            ari.channels.play("c1", media=[world.media["short"]]),
            ari.channels.continue_in_dialplan("c1"),
            ari.channels.start_moh("c1"),
        ):
            with pytest.raises(AriConflict):
                await attempt
        with pytest.raises(AriUnprocessable):
            await ari.bridges.add_channel("b1", channel=["c1"])
        assert (await ari.channels.get("c1")).state == "Up"
        await ari.channels.hangup("c1")
        await ari.bridges.destroy("b1")


@case
async def continue_waits_for_the_prompt(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["short"]])
        await session.ari.channels.continue_in_dialplan(
            "c1", context="contract-record", extension="s", priority=1
        )
        assert await until(stream, "StasisStart") == [
            "PlaybackStarted p1 short playing",
            "PlaybackFinished p1 short done",
            "StasisEnd c1",
            "StasisStart c1 recording",
        ]


# ── a leg of ours ────────────────────────────────────────────────────────────────────────────────────


async def dial(session: Session, extension: str, **options: object) -> EventStream:
    stream = session.ari.subscribe("leg")
    await session.ari.channels.originate(
        endpoint=f"Local/{extension}@contract",
        app=session.ari.app,
        app_args="agent,7",
        channel_id="leg",
        **options,  # type: ignore[arg-type]
    )
    return stream


@case
async def a_leg_that_answers(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "answer", variables={world.channelvar: "call-9"})
        assert await until(stream, "StasisStart") == [
            "Dial leg",
            "ChannelStateChange leg Up",
            "Dial leg ANSWER",
            "StasisStart leg agent,7",
        ]
        vars_ = (await session.ari.channels.get("leg")).channelvars or {}
        assert vars_[world.channelvar] == "call-9"
        await session.ari.channels.hangup("leg")
        assert await until(stream, "ChannelDestroyed") == [
            "ChannelHangupRequest leg 32 soft",
            "StasisEnd leg",
            "ChannelDestroyed leg 16",
        ]


@case
async def a_leg_that_rings_first(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "ring")
        assert await until(stream, "StasisStart") == [
            "Dial leg",
            "ChannelStateChange leg Ringing",
            "Dial leg RINGING",
            "ChannelStateChange leg Up",
            "Dial leg ANSWER",
            "StasisStart leg agent,7",
        ]


@case
async def a_leg_that_is_busy(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "busy")
        assert await until(stream, "ChannelDestroyed") == [
            "Dial leg",
            "ChannelHangupRequest leg 17",
            "Dial leg BUSY",
            "ChannelDestroyed leg 17",
        ]


@case
async def a_leg_that_rejects(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "reject")
        assert await until(stream, "ChannelDestroyed") == [
            "Dial leg",
            "ChannelHangupRequest leg 21",
            "Dial leg NOANSWER",
            "ChannelDestroyed leg 21",
        ]


@case
async def a_phone_that_is_not_registered(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        assert (await ari.endpoints.get("PJSIP", "desk1")).state == "offline"
        with pytest.raises(AriServerError):
            await ari.channels.originate(endpoint="PJSIP/desk1", app=ari.app, channel_id="leg")
        with pytest.raises(AriNotFound):
            await ari.channels.get("leg")


@case
async def mute_needs_a_direction(world: World) -> None:
    async with connected(world) as session:
        await answered_call(world, session, "c1")
        with pytest.raises(AriBadRequest):
            await session.ari.channels.mute("c1")
        await session.ari.channels.mute("c1", direction="in")
        await session.ari.channels.unmute("c1", direction="in")


@case
async def a_leg_that_nobody_answers_in_time(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "silent", timeout=1)
        assert await until(stream, "ChannelDestroyed") == ["Dial leg", "ChannelDestroyed leg 19"]


@case
async def a_leg_that_is_cancelled(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "silent", timeout=20)
        await until(stream, "Dial")
        await session.ari.channels.hangup("leg")
        assert await until(stream, "ChannelDestroyed") == [
            "ChannelHangupRequest leg 32 soft",
            "Dial leg NOANSWER",
            "ChannelDestroyed leg 16",
        ]


@case
async def a_leg_whose_other_side_hangs_up(world: World) -> None:
    async with connected(world) as session:
        stream = await dial(session, "bye")
        await until(stream, "StasisStart")
        assert await until(stream, "ChannelDestroyed") == [
            "ChannelHangupRequest leg 16",
            "StasisEnd leg",
            "ChannelDestroyed leg 16",
        ]


@case
async def legs_that_cannot_be_dialled(world: World) -> None:
    async with connected(world) as session:
        channels, app = session.ari.channels, session.ari.app
        with pytest.raises(AriBadRequest):
            await channels.originate(endpoint="Local/silent@contract", channel_id="leg")
        with pytest.raises(AriServerError):
            await channels.originate(endpoint="NoSuchTech/x", app=app, channel_id="leg")
        await channels.originate(endpoint="Local/silent@contract", app=app, channel_id="leg")
        with pytest.raises(AriConflict):
            await channels.originate(endpoint="Local/silent@contract", app=app, channel_id="leg")
        await channels.hangup("leg")


# ── together ─────────────────────────────────────────────────────────────────────────────────────────


@case
async def two_in_a_bridge(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        caller = await answered_call(world, session, "c1")
        leg = await dial(session, "answer")
        await until(leg, "StasisStart")
        assert (await ari.bridges.create(bridge_id="b1", type="mixing")).id == "b1"
        with pytest.raises(AriConflict):
            await ari.bridges.create(bridge_id="b1")
        await ari.bridges.add_channel("b1", channel=["c1"])
        await ari.bridges.add_channel("b1", channel=["leg"])
        assert await until(caller, "ChannelEnteredBridge") == ["ChannelEnteredBridge c1 [c1]"]
        assert await until(leg, "ChannelEnteredBridge") == ["ChannelEnteredBridge leg [c1 leg]"]
        assert sorted((await ari.bridges.get("b1")).channels) == ["c1", "leg"]
        await ari.channels.hangup("leg")
        assert await until(leg, "ChannelDestroyed") == [
            "ChannelHangupRequest leg 32 soft",
            "ChannelLeftBridge leg [c1]",
            "StasisEnd leg",
            "ChannelDestroyed leg 16",
        ]
        await ari.bridges.remove_channel("b1", channel=["c1"])
        assert await until(caller, "ChannelLeftBridge") == ["ChannelLeftBridge c1 []"]
        with pytest.raises(AriUnprocessable):
            await ari.bridges.remove_channel("b1", channel=["c1"])
        with pytest.raises(AriBadRequest):
            await ari.bridges.add_channel("b1", channel=["nobody"])
        await ari.bridges.add_channel("b1", channel=["c1"])
        await ari.bridges.destroy("b1")
        assert await until(caller, "ChannelLeftBridge") == [
            "ChannelEnteredBridge c1 [c1]",
            "ChannelLeftBridge c1 []",
        ]
        with pytest.raises(AriNotFound):
            await ari.bridges.add_channel("no-bridge", channel=["c1"])


@case
async def one_stream_of_a_whole_call(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        stream = await answered_call(world, session, "c1")
        stream.claim("leg")
        stream.claim("b1")
        await ari.bridges.create(bridge_id="b1")
        await ari.channels.originate(
            endpoint="Local/answer@contract", app=ari.app, app_args="agent,7", channel_id="leg"
        )
        await until(stream, "StasisStart leg")
        await ari.bridges.add_channel("b1", channel=["c1", "leg"])
        assert await until(stream, "ChannelEnteredBridge leg") == [
            "ChannelEnteredBridge c1 [c1]",
            "ChannelEnteredBridge leg [c1 leg]",
        ]
        await ari.bridges.play_with_id("b1", "p1", media=[world.media["short"]])
        assert await until(stream, "PlaybackFinished") == [
            "PlaybackStarted p1 short playing",
            "PlaybackFinished p1 short done",
        ]
        await ari.bridges.destroy("b1")


# ── recordings ───────────────────────────────────────────────────────────────────────────────────────


@case
async def a_message_is_recorded_and_kept(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        stream = await answered_call(world, session, "c1")
        await ari.channels.record("c1", name="m1", format="wav")
        await until(stream, "RecordingStarted")
        assert (await ari.recordings.get_live("m1")).state == "recording"
        with pytest.raises(AriConflict):
            await ari.channels.set_channel_var("c1", variable="X", value="1")
        await ari.recordings.stop("m1")
        assert await until(stream, "RecordingFinished") == ["RecordingFinished m1 done"]
        with pytest.raises(AriNotFound):
            await ari.recordings.get_live("m1")
        await ari.recordings.copy_stored("m1", destination_recording_name="m2")
        with pytest.raises(AriConflict):
            await ari.channels.record("c1", name="m2", format="wav", if_exists="fail")
        await ari.recordings.delete_stored("m1")
        with pytest.raises(AriNotFound):
            await ari.recordings.get_stored("m1")
        assert "m2" in [recording.name for recording in await ari.recordings.list_stored()]
        await ari.channels.set_channel_var("c1", variable="X", value="1")


@case
async def a_message_ends_with_the_call_and_is_kept(world: World) -> None:
    async with connected(world) as session:
        stream = await answered_call(world, session, "c1")
        await session.ari.channels.record("c1", name="m1", format="wav")
        await until(stream, "RecordingStarted")
        await world.hang_up_far_end("c1")
        seen = await until(stream, "StasisEnd")
        assert "RecordingFinished m1 done" in seen
        assert (await session.ari.recordings.get_stored("m1")).name == "m1"


# ── the connection ───────────────────────────────────────────────────────────────────────────────────


@case
async def after_a_lost_socket_events_flow_again(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        staying = await answered_call(world, session, "c1")
        going = await answered_call(world, session, "c2")
        await world.drop(session)
        # The loss may be noticed before or after the request is sent; both fail at once.
        with pytest.raises(AriDisconnected):
            await ari.channels.get("c1")
        await world.hang_up_far_end("c2")
        await ari.wait_ready()
        assert len(session.resyncs) == 2
        resync = session.resyncs[-1]
        assert (resync.first, list(resync.ours)) == (False, ["c1"])  # type: ignore[attr-defined]
        event = await staying.next(WAIT)
        assert isinstance(event, Resynced)
        assert list(event.channels) == ["c1"]
        # The hangup of c2 may have come through before the loss was complete.
        seen = [await going.next(WAIT)]
        while not isinstance(seen[-1], Resynced):
            seen.append(await going.next(WAIT))
        assert seen[-1].gone == frozenset({"c2"})
        await world.hang_up_far_end("c1")
        assert await until(staying, "StasisEnd") == ["ChannelHangupRequest c1 16", "StasisEnd c1"]


@case
async def without_us_stasis_fails_at_once(world: World) -> None:
    async with connected(world) as session:
        await answered_call(world, session, "c1")
    await world.call_in("c2")
    assert await world.fell_through("c2")


@case
async def a_second_connection_takes_over(world: World) -> None:
    replaced: list[BaseException] = []
    try:
        async with connected(world), connected(world) as second:
            await answered_call(world, second, "c1")
    except* AriReplaced as group:
        replaced.extend(group.exceptions)
    assert len(replaced) == 1


@case
async def the_filter_keeps_noise_away(world: World) -> None:
    async with connected(world) as session:
        application = await session.ari.applications.get(session.ari.app)
        assert {"type": "ChannelVarset"} in application.events_disallowed
    async with connected(world, disallowed=("ChannelStateChange", "Dial")) as session:
        stream = await dial(session, "answer")
        seen = await until(stream, "StasisStart")
        assert not [line for line in seen if line.startswith(("Dial", "ChannelStateChange"))]


@case
async def sources_that_do_not_exist_are_refused(world: World) -> None:
    async with connected(world) as session:
        ari = session.ari
        for source in ("channel:nobody", "endpoint:PJSIP/nobody"):
            with pytest.raises(AriUnprocessable):
                await ari.applications.subscribe(ari.app, event_source=[source])
        with pytest.raises(AriNotFound):
            await ari.endpoints.get("PJSIP", "nobody")
        with pytest.raises(AriError):
            await ari.device_states.update("PJSIP/nobody", device_state="BUSY")
        await ari.device_states.update("Stasis:open", device_state="INUSE")
        assert (await ari.device_states.get("Stasis:open")).state == "INUSE"
