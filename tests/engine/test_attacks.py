"""The trunk's port under attack: torture messages, floods, scanners, while a customer talks with an agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from springline.contracts import commands
from springline.contracts.events import AgentConnected
from springline.contracts.house_events import AddressBanned, AddressUnbanned, TrunkRefused
from springline.telephony import bans
from springline.telephony.control.bans import BAN_AFTER
from springline.telephony.simulator import Handset
from tests.engine.engine_helpers import SipSocket, request
from tests.support.call_house import AGENT_HZ, CallHouse
from tests.support.house_plan import HOTLINE
from tests.support.torture import CASES, datagrams
from tests.support.until import until, until_true

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

TRUNK, SCANNER, FLOODER, AGAIN = "127.0.0.1", "127.0.0.9", "127.0.0.10", "127.0.0.11"


@pytest_asyncio.fixture(loop_scope="module")
async def talking(house: CallHouse) -> AsyncIterator[Handset]:
    """A customer and an agent who go on hearing each other, whatever comes."""
    await house.on_duty("1001")
    handset, trail = await house.caller_for_huoshan()
    await trail.first(AgentConnected)
    yield handset
    assert not handset.ended
    await handset.hears(AGENT_HZ, within=10, seconds=1.0)
    await handset.hang_up()
    await handset.gone()
    await handset.close()


async def _one_more_call(house: CallHouse) -> None:
    """The hotline still takes calls from the trunk."""
    number = house.new_number()
    handset = await house.carrier.dial(number, HOTLINE)
    await handset.answered()
    await handset.hang_up()
    await handset.gone()
    await handset.close()


async def _send(house: CallHouse, source: str, messages: list[bytes], every: int = 20) -> None:
    _protocol, transport = await SipSocket.open(source)
    try:
        for number, message in enumerate(messages):
            transport.sendto(message, ("127.0.0.1", house.settings.sip_port))
            if number % every == every - 1:
                await asyncio.sleep(0.005)
    finally:
        transport.close()


def _torture(house: CallHouse, user: str = HOTLINE) -> list[bytes]:
    return [data for _name, data in datagrams(f"127.0.0.1:{house.settings.sip_port}", user)]


async def _options_status(house: CallHouse, source: str) -> int | None:
    """What an OPTIONS from there is answered with; None: nothing."""
    protocol, transport = await SipSocket.open(source)
    try:
        uri = f"sip:{HOTLINE}@127.0.0.1:{house.settings.sip_port}"
        transport.sendto(
            request(protocol, transport, "OPTIONS", uri, user="100"), ("127.0.0.1", house.settings.sip_port)
        )
        return (await protocol.final(2.0)).status
    except TimeoutError:
        return None
    finally:
        transport.close()


async def test_torture_messages_of_the_trunk_itself_harm_no_call(house: CallHouse, talking: Handset) -> None:
    """Sent twice, so that each also comes as a replay. What is valid in them becomes a call, and ends."""
    pid = house.engine_pid
    messages = _torture(house)
    assert len(messages) == len(CASES) > 50
    await _send(house, TRUNK, [*messages, *messages])
    await _one_more_call(house)
    assert house.engine_pid == pid
    assert await _options_status(house, TRUNK) == 200
    assert not any(isinstance(e, AddressBanned) for e in house.journal)


async def test_a_scanner_is_refused_counted_banned_and_lifted(house: CallHouse, talking: Handset) -> None:
    protocol, transport = await SipSocket.open(SCANNER)
    uri = f"sip:{HOTLINE}@127.0.0.1:{house.settings.sip_port}"
    methods = ("INVITE", "REGISTER", "OPTIONS")
    scan = [
        request(protocol, transport, methods[n % 3], uri, user=str(100 + n), cseq=n + 1)
        for n in range(BAN_AFTER * 3)
    ]
    transport.close()
    await _send(house, SCANNER, scan)
    await until(lambda: any(isinstance(e, AddressBanned) for e in house.journal), 20)
    await until(lambda: any(isinstance(e, TrunkRefused) for e in house.journal), 20)
    banned = {e.address for e in house.journal if isinstance(e, AddressBanned)}
    assert banned == {SCANNER}
    await until_true(lambda: _is(house, SCANNER, 403), 20)
    await _one_more_call(house)
    assert set(bans.active_now(house.settings)) == {SCANNER}
    assert isinstance(await bans.lift(house.settings, SCANNER), commands.Done)
    assert isinstance(await bans.lift(house.settings, SCANNER), commands.Refused)
    await until_true(lambda: _is(house, SCANNER, 401), 20)
    assert any(isinstance(e, AddressUnbanned) for e in house.journal)


async def _is(house: CallHouse, source: str, status: int) -> bool:
    return await _options_status(house, source) == status


async def test_a_flood_from_outside_costs_no_conversation(house: CallHouse, talking: Handset) -> None:
    """Torture messages and INVITEs, thousands in a few seconds, and the engine stays the same process."""
    pid = house.engine_pid
    await _send(house, FLOODER, _torture(house, "100") * 60, every=10)
    await _one_more_call(house)
    assert house.engine_pid == pid
    await until(lambda: any(isinstance(e, AddressBanned) and e.address == FLOODER for e in house.journal), 30)


async def test_a_ban_outlives_control_and_the_trunk_is_never_in_it(house: CallHouse) -> None:
    await _send(house, AGAIN, _torture(house, "100") * 10)
    await until(lambda: any(isinstance(e, AddressBanned) and e.address == AGAIN for e in house.journal), 30)
    await house.stop_control()
    await house.start_control()
    assert AGAIN in bans.active_now(house.settings)
    await until_true(lambda: _is(house, AGAIN, 403), 20)
    await until_true(lambda: _is(house, TRUNK, 200), 20)
