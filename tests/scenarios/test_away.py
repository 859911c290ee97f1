"""Control comes back and finds what the dialplan did without it."""

from springline.contracts.events import CallArrived, CallEnded
from springline.telephony.control.away import Away
from tests.support.exchange_house import ExchangeHouse
from tests.support.virtual_time import settle

NAME = "20260101T000100_1767225660.5_13805640001_4000564000"


async def nothing(_text: str) -> None:
    pass


async def test_what_happened_is_told_once_and_the_devices_are_named(house: ExchangeHouse) -> None:
    async with house.control() as exchange:
        said: list[str] = []

        async def console(text: str) -> None:
            said.append(text)

        away = Away(exchange.office, lambda: [NAME, "rubbish"], console)
        assert await away.look() == 1
        await away.look()
        await settle()
        assert said == ["database put springline ring PJSIP/agent-1001&PJSIP/agent-1002&PJSIP/agent-1003"]
        assert f"DB_DELETE(away/{NAME})" in house.asterisk.globals
        assert "DB_DELETE(away/rubbish)" in house.asterisk.globals
    assert len(await house.events(CallArrived)) == 1
    [ended] = await house.events(CallEnded)
    assert ended.call_id == (await house.events(CallArrived))[0].call_id


async def test_a_caller_who_is_still_there_is_left_alone(house: ExchangeHouse) -> None:
    async with house.control() as exchange:
        caller = house.call()
        await settle()
        name = f"20260101T000100_{caller.id}_13805640001_4000564000"
        assert await Away(exchange.office, lambda: [name], nothing).look() == 0
        assert f"DB_DELETE(away/{name})" not in house.asterisk.globals
        caller.hang_up()
        await settle()
