"""Every event to its call, in order, and no call waits for another."""

import asyncio

import pytest

from springline.telephony.ari import StreamClosed
from springline.telephony.ari.dispatch import CALLBACK_FAILURES, UNCLAIMED, object_ids
from springline.telephony.ari.generated import events as ev
from springline.telephony.ari.generated.models import Playback
from tests.support.virtual_time import settle


async def test_a_slow_call_delays_no_other(wired):
    async with wired() as w:
        slow, quick = w.ari.subscribe("slow"), w.ari.subscribe("quick")
        calls = {name: w.fake.call("inbound", channel_id=name) for name in ("slow", "quick")}
        await settle()
        for call in calls.values():
            call.press("123", between=0)
        await asyncio.sleep(0.1)
        assert slow.pending() == 4
        names = [type(await quick.next(1)).__name__ for _ in range(4)]
        assert names == ["StasisStart"] + ["ChannelDtmfReceived"] * 3
        assert slow.pending() == 4
        await slow.next()
        assert "".join([(await slow.next()).digit for _ in range(3)]) == "123"


async def test_a_call_can_be_claimed_from_the_callback_without_losing_an_event(wired):
    streams = []

    def on_stasis_start(event):
        streams.append(holder["w"].ari.subscribe(event.channel.id))

    holder = {}
    async with wired(on_stasis_start=on_stasis_start) as w:
        holder["w"] = w
        w.fake.call("inbound", channel_id="c1").press("7")
        await asyncio.sleep(0.1)
        assert (await streams[0].next(1)).digit == "7"


async def test_a_callback_that_raises_stops_nothing(wired):
    def broken(event):
        raise RuntimeError("of the consumer")

    before = CALLBACK_FAILURES.labels("StasisStart")._value.get()
    async with wired(on_stasis_start=broken) as w:
        claimed = w.ari.subscribe("c2")
        w.fake.call("inbound", channel_id="c1")
        w.fake.call("inbound", channel_id="c2")
        assert type(await claimed.next(1)).__name__ == "StasisStart"
        assert w.ari.connected
    assert CALLBACK_FAILURES.labels("StasisStart")._value.get() == before + 1


async def test_next_raises_at_its_deadline_and_can_be_asked_again(wired):
    async with wired() as w:
        stream = w.ari.subscribe("c1")
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await stream.next(3)
        assert asyncio.get_running_loop().time() - began == pytest.approx(3)
        w.fake.call("inbound", channel_id="c1")
        assert (await stream.next(3)).channel.id == "c1"


async def test_a_closed_stream_ends_its_reader_and_frees_its_ids(wired):
    async with wired() as w:
        stream = w.ari.subscribe("c1")
        seen = []

        async def read():
            async for event in stream:
                seen.append(event)

        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            w.fake.call("inbound", channel_id="c1")
            await settle()
            stream.close()
        assert len(seen) == 1
        with pytest.raises(StreamClosed):
            await stream.next(1)
        w.ari.subscribe("c1").close()


async def test_an_id_belongs_to_one_stream(wired):
    async with wired() as w:
        first = w.ari.subscribe("c1")
        with pytest.raises(ValueError, match="claimed"):
            w.ari.subscribe("c1")
        first.release("c1")
        assert w.ari.subscribe("c1").ids == {"c1"}


async def test_events_of_unclaimed_channels_are_counted(wired):
    before = UNCLAIMED.labels("ChannelDtmfReceived")._value.get()
    async with wired() as w:
        w.fake.call("inbound", channel_id="c1").press("5")
        await asyncio.sleep(0.1)
        assert w.starts
    assert UNCLAIMED.labels("ChannelDtmfReceived")._value.get() == before + 1


async def test_phones_are_told_apart_from_calls(wired):
    async with wired(event_sources=("endpoint:PJSIP",)) as w:
        w.fake.set_registered("PJSIP/agent1", False)
        await settle()
        names = [type(event).__name__ for event in w.endpoint_events]
        assert names == ["ContactStatusChange", "EndpointStateChange"]
        assert w.endpoint_events[1].endpoint.state == "offline"


async def test_a_bridge_event_reaches_both_who_own_the_channel_and_the_bridge(wired):
    async with wired() as w:
        w.fake.call("inbound", channel_id="c1")
        await settle()
        of_channel, of_bridge = w.ari.subscribe("c1"), w.ari.subscribe("b1")
        await w.ari.bridges.create(bridge_id="b1")
        await w.ari.bridges.add_channel("b1", channel=["c1"])
        assert type(await of_channel.next(1)) is type(await of_bridge.next(1)) is ev.ChannelEnteredBridge


def test_the_owner_of_a_playback_is_what_it_plays_to():
    playback = Playback(id="p", media_uri="sound:x", target_uri="channel:1700.5;2", state="done")
    event = ev.PlaybackFinished(application="a", timestamp=None, playback=playback)
    assert list(object_ids(event)) == ["1700.5;2"]
