"""Deadlines, loss and return of the connection."""

import asyncio

import pytest

from springline.telephony.ari import (
    Ari,
    AriDisconnected,
    AriNotFound,
    AriReplaced,
    AriServerError,
    AriTimeout,
    Backoff,
    Resynced,
)
from springline.telephony.ari.fake import FakeAsterisk
from tests.support.virtual_time import settle


def now():
    return asyncio.get_running_loop().time()


async def test_a_request_without_answer_ends_at_its_deadline(wired):
    async with wired() as w:
        w.fake.fail_next("GET", "asterisk/ping", None)
        began = now()
        with pytest.raises(AriTimeout):
            await w.ari.asterisk.ping(deadline=2.0)
        assert now() - began == pytest.approx(2.0)


async def test_a_connection_that_does_not_answer_for_five_seconds_is_given_up(wired):
    async with wired() as w:
        w.fake.fail_next("GET", "asterisk/ping", None)
        began = now()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(_outcome(w.ari.asterisk.ping()))
            await asyncio.sleep(3)
            second = group.create_task(_outcome(w.ari.channels.list()))
        assert [first.result(), second.result()] == [AriDisconnected] * 2
        assert now() - began == pytest.approx(5.0)
        await w.ari.wait_ready()
        assert (await w.ari.asterisk.ping()).ping == "pong"


async def test_who_waits_for_a_channel_s_thread_holds_up_nobody_else(wired):
    async with wired() as w:
        w.fake.fail_next("POST", "channels/busy/answer", None)
        async with asyncio.TaskGroup() as group:
            waits = group.create_task(_outcome(w.ari.channels.answer("busy")))
            await settle()
            began = now()
            assert (await w.ari.asterisk.ping()).ping == "pong"
            assert now() == began
            assert not waits.done()
        # It stays a request like any other: without an answer the connection is given up.
        assert waits.result() is AriDisconnected
        await w.ari.wait_ready()


@pytest.mark.parametrize("lost", [0, 1])
async def test_both_sockets_are_lost_together(wired, lost):
    async with wired() as w:
        links = list(w.fake._links)
        links[lost].drop()
        await settle()
        assert not w.ari.connected
        assert not any(link.open for link in links)
        await w.ari.wait_ready()
        assert len(w.resyncs) == 2


async def test_a_stopped_engine_is_found_again_when_it_goes_on(wired):
    async with wired() as w:
        w.fake.stall()
        assert await _outcome(w.ari.asterisk.ping()) is AriDisconnected
        await asyncio.sleep(20)
        assert not w.ari.connected
        w.fake.resume()
        await w.ari.wait_ready()
        assert (await w.ari.asterisk.ping()).ping == "pong"


@pytest.mark.parametrize(
    ("status", "error"), [(404, AriNotFound), (500, AriServerError), (503, AriServerError)]
)
async def test_a_status_becomes_an_error_with_code_and_message(wired, status, error):
    async with wired() as w:
        w.fake.fail_next("GET", "asterisk/ping", status)
        with pytest.raises(error) as caught:
            await w.ari.asterisk.ping()
        assert (caught.value.status, caught.value.message) == (status, "made to fail by the test")
        assert caught.value.code.startswith("ari.")


async def test_a_lost_connection_fails_every_pending_request_at_once(wired):
    async with wired() as w:
        w.fake.fail_next("GET", "asterisk/ping", None)
        began = now()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_outcome(w.ari.asterisk.ping())) for _ in range(3)]
            await settle()
            w.fake.drop(refuse=True)
        assert [task.result() for task in tasks] == [AriDisconnected] * 3
        assert now() == began
        with pytest.raises(AriDisconnected):
            await w.ari.asterisk.ping()
        assert now() == began


async def _outcome(request):
    try:
        await request
    except AriDisconnected as failure:
        return type(failure)


async def test_attempts_become_rarer_up_to_the_cap_and_the_connection_returns(wired):
    async with wired() as w:
        attempts = _count_attempts(w.fake, w.ari)
        w.fake.drop(refuse=True)
        await asyncio.sleep(60)
        # 0.1 + 0.2 + … + 3.2 s, then one every 5 s.
        assert 15 <= len(attempts) <= 18
        assert max(b - a for a, b in zip(attempts, attempts[1:], strict=False)) == pytest.approx(5.0)
        w.fake.accept()
        await w.ari.wait_ready()
        assert (await w.ari.asterisk.ping()).ping == "pong"


async def test_a_connection_that_falls_at_once_again_and_again_does_not_spin(wired):
    async with wired() as w:
        attempts = _count_attempts(w.fake, w.ari)
        for _ in range(5000):
            w.fake.drop()
            await asyncio.sleep(0.01)
        assert len(attempts) < 20


def _count_attempts(fake, ari):
    attempts = []
    connect = fake.connect

    async def counted(on_text, on_lost):
        attempts.append(now())
        return await connect(on_text, on_lost)

    ari.connection._connectors = (counted,)
    return attempts


async def test_the_jitter_shortens_the_pause_by_up_to_half():
    assert Backoff(first=1.0, jitter=lambda: 0.0).next() == 0.5
    assert Backoff(first=1.0, jitter=lambda: 1.0).next() == 1.0
    backoff = Backoff(first=1.0, cap=5.0, jitter=lambda: 1.0)
    assert [backoff.next() for _ in range(5)] == [1, 2, 4, 5, 5]


async def test_events_wait_for_the_resync_and_come_in_order(wired):
    fake = FakeAsterisk()
    order = []
    gate = asyncio.Event()

    async def on_resync(resync):
        fake.call("inbound", channel_id="c1")
        fake.call("inbound", channel_id="c2")
        await settle()
        order.append("resync begins")
        await gate.wait()
        order.append("resync ends")

    ari = Ari(
        fake.connect,
        "springline",
        on_stasis_start=lambda event: order.append(event.channel.id),
        on_resync=on_resync,
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(ari.run())
        await asyncio.sleep(1)
        assert order == ["resync begins"]
        gate.set()
        await ari.wait_ready()
        task.cancel()
    assert order == ["resync begins", "resync ends", "c1", "c2"]


async def test_events_of_a_lost_connection_are_lost_and_the_streams_are_told(wired):
    async with wired() as w:
        stays = w.fake.call("inbound", channel_id="stays")
        goes = w.fake.call("inbound", channel_id="goes")
        streams = {channel.id: w.ari.subscribe(channel.id) for channel in (stays, goes)}
        await settle()
        w.fake.drop(refuse=True)
        await asyncio.sleep(1)
        goes.hang_up()
        stays.press("1")
        w.fake.accept()
        await w.ari.wait_ready()
        for stream in streams.values():
            while not isinstance(event := await stream.next(1), Resynced):
                assert type(event).__name__ == "StasisStart"
            assert event.gone == ({"goes"} if "goes" in stream.ids else set())
        assert not w.resyncs[-1].first
        assert list(w.resyncs[-1].ours) == ["stays"]


async def test_a_call_that_comes_while_we_are_away_falls_through(wired):
    async with wired() as w:
        w.fake.drop(refuse=True)
        await settle()
        assert w.fake.call("inbound").fell_through


async def test_a_failing_resync_is_tried_again(wired):
    async with wired() as w:
        w.fake.fail_next("GET", "channels", 500)
        w.fake.drop()
        await settle()
        await w.ari.wait_ready()
        assert w.ari.connected
        assert len(w.resyncs) == 2


async def test_another_controller_ends_ours():
    fake = FakeAsterisk()
    ari = Ari(fake.connect, "springline", on_stasis_start=lambda event: None)
    asyncio.get_running_loop().call_later(1, fake.replace_app)
    with pytest.raises(AriReplaced):
        await ari.run()
    assert now() == pytest.approx(1)


async def test_the_filter_and_the_sources_are_set_again_after_every_connect(wired):
    async with wired(event_sources=("endpoint:PJSIP",)) as w:
        w.fake.disallowed.clear()
        w.fake.event_sources.clear()
        w.fake.drop()
        await settle()
        await w.ari.wait_ready()
        assert "ChannelVarset" in w.fake.disallowed
        assert w.fake.event_sources == {"endpoint:PJSIP"}
