"""An operation that waits for the channel's thread never meets a prompt there."""

import asyncio

import pytest

from springline.telephony.ari import AriConflict
from tests.support.virtual_time import settle


async def up(w, channel_id="c1"):
    w.fake.call("inbound", channel_id=channel_id)
    await settle()
    await w.ari.channels.answer(channel_id)


@pytest.mark.parametrize("with_id", [True, False])
async def test_waiting_operations_stop_all_prompts_first(wired, with_id):
    async with wired() as w:
        await up(w)
        await w.ari.bridges.create(bridge_id="b1")
        operations = (
            lambda: w.ari.channels.set_channel_var("c1", variable="X", value="1"),
            lambda: w.ari.channels.set_channel_vars("c1", variables={"X": "1"}),
            lambda: w.ari.channels.answer("c1"),
            lambda: w.ari.bridges.add_channel("b1", channel=["c1"]),
            lambda: w.ari.bridges.remove_channel("b1", channel=["c1"]),
        )
        for operation in operations:
            began = asyncio.get_running_loop().time()
            for number in range(2):
                playback_id = f"p{number}" if with_id else None
                await w.ari.channels.play("c1", media=["sound:long"], playback_id=playback_id)
            await settle()
            await operation()
            assert asyncio.get_running_loop().time() == began


async def test_without_a_prompt_no_request_is_added(wired):
    async with wired() as w:
        await up(w)
        await w.ari.channels.play_with_id("c1", "p1", media=["sound:short"])
        await asyncio.sleep(2)
        before = len(w.fake.requests)
        await w.ari.channels.set_channel_var("c1", variable="X", value="1")
        assert w.fake.requests[before:] == [("POST", "channels/c1/variable")]


async def test_a_stopped_prompt_is_not_stopped_twice(wired):
    async with wired() as w:
        await up(w)
        await w.ari.channels.play_with_id("c1", "p1", media=["sound:long"])
        await w.ari.playbacks.stop("p1")
        before = len(w.fake.requests)
        await w.ari.channels.set_channel_var("c1", variable="X", value="1")
        assert len(w.fake.requests) == before + 1


async def test_prompts_of_other_channels_go_on(wired):
    async with wired() as w:
        await up(w, "c1")
        await up(w, "c2")
        await w.ari.channels.play_with_id("c2", "p2", media=["sound:long"])
        await w.ari.channels.set_channel_var("c1", variable="X", value="1")
        assert (await w.ari.playbacks.get("p2")).state == "playing"


async def test_a_recording_channel_refuses_and_is_free_again_afterwards(wired):
    async with wired() as w:
        await up(w)
        await w.ari.channels.record("c1", name="message 1", format="wav")
        with pytest.raises(AriConflict):
            await w.ari.channels.set_channel_var("c1", variable="X", value="1")
        await w.ari.recordings.stop("message 1")
        await w.ari.channels.set_channel_var("c1", variable="X", value="1")


async def test_nothing_is_remembered_of_channels_that_ended(wired):
    async with wired() as w:
        await up(w)
        await w.ari.channels.play_with_id("c1", "p1", media=["sound:long"])
        await w.ari.channels.hangup("c1")
        await settle()
        assert w.ari._guard._playing == {}
        await up(w, "c2")
        await w.ari.channels.play_with_id("c2", "p2", media=["sound:long"])
        w.fake.drop(refuse=True)
        w.fake.channels["c2"].hang_up()
        w.fake.accept()
        await settle()
        await w.ari.wait_ready()
        assert w.ari._guard._playing == {}
