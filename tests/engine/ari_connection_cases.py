"""Cases of the ARI contract: the connection, lost, taken over and filtered."""

from __future__ import annotations

import pytest

from springline.telephony.ari import (
    AriDisconnected,
    AriError,
    AriNotFound,
    AriReplaced,
    AriUnprocessable,
    Resynced,
)

from .ari_case_tools import WAIT, answered_call, case, dial, until
from .ari_worlds import World, connected


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
