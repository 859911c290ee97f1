"""Calls of the trunk that the engine refuses by itself leave a trace: the journal counts them by reason."""

from __future__ import annotations

from collections import Counter

import pytest

from springline.contracts.house_events import CallsTurnedAway, TurnedAwayFor
from tests.engine.engine_helpers import SipSocket, offer, request
from tests.support.call_house import CallHouse
from tests.support.house_plan import HOTLINE
from tests.support.trail import leave
from tests.support.until import until

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

TRUNK = "127.0.0.1"
GOOD = offer(TRUNK, 40000)
REFUSED = {
    TurnedAwayFor.CODEC: (HOTLINE, GOOD.replace("RTP/AVP 8 101", "RTP/AVP 18"), 488),
    TurnedAwayFor.TRANSPORT: (HOTLINE, GOOD.replace("RTP/AVP", "RTP/SAVP"), 488),
    TurnedAwayFor.OFFER: (HOTLINE, GOOD.replace("o=- 1 1 IN IP4", "o="), 400),
    TurnedAwayFor.NUMBER: ("%20", GOOD, 404),
}


async def _status(house: CallHouse, user: str, body: str) -> int:
    socket, transport = await SipSocket.open(TRUNK)
    try:
        port = house.settings.sip_port
        uri = f"sip:{user}@127.0.0.1:{port}"
        invite = request(socket, transport, "INVITE", uri, user="13800000000", body=body)
        transport.sendto(invite, ("127.0.0.1", port))
        return (await socket.final()).status
    finally:
        transport.close()


async def test_each_reason_is_counted_once(house: CallHouse) -> None:
    """A good call is none of them, nor is a picture beside the sound, which is declined and no more."""
    good, trail = await house.caller_for_huoshan()
    await leave(good, trail)
    assert (
        await _status(house, HOTLINE, GOOD + "m=video 40020 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n") == 200
    )
    for user, body, status in REFUSED.values():
        assert await _status(house, user, body) == status

    def told() -> Counter[TurnedAwayFor]:
        events = [e for e in house.journal if isinstance(e, CallsTurnedAway)]
        return Counter(
            {reason: sum(e.count for e in events if e.reason is reason) for reason in TurnedAwayFor}
        )

    await until(lambda: told().total() >= len(REFUSED), 30)
    assert told() == Counter(REFUSED.keys())
