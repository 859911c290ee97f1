"""Cases of the ARI contract: legs we dial, bridges, recordings."""

from __future__ import annotations

import pytest

from springline.telephony.ari import (
    AriBadRequest,
    AriConflict,
    AriNotFound,
    AriServerError,
    AriUnprocessable,
)

from .ari_case_tools import answered_call, case, dial, until
from .ari_worlds import World, connected

# ── a leg of ours ────────────────────────────────────────────────────────────────────────────────────


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


@case
async def a_message_may_lie_in_a_folder(world: World) -> None:
    async with connected(world) as session:
        ari, name = session.ari, "2026-11-26/m1"
        stream = await answered_call(world, session, "c1")
        await ari.channels.record("c1", name=name, format="wav", terminate_on="#")
        await until(stream, "RecordingStarted")
        await ari.recordings.stop(name)
        assert await until(stream, "RecordingFinished") == [f"RecordingFinished {name} done"]
        assert (await ari.recordings.get_stored(name)).name == name
