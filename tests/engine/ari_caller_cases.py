"""Cases of the ARI contract: a caller, prompts, the dialplan and back."""

from __future__ import annotations

import asyncio

import pytest

from springline.telephony.ari import AriConflict, AriNotFound, AriUnprocessable

from .ari_case_tools import WAIT, answered_call, case, nothing_more, until
from .ari_worlds import World, connected

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
        with pytest.raises(AriNotFound):
            await ari.playbacks.stop("p1")


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
        assert await world.hears_nothing("c1")
        await session.ari.channels.start_moh("c1")
        assert await world.hears("c1")
        await session.ari.channels.play_with_id("c1", "p1", media=[world.media["short"]])
        await until(stream, "PlaybackFinished")
        assert await world.hears_nothing("c1")
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
