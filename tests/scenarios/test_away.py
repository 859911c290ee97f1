"""Control comes back and finds what the dialplan did without it."""

import pytest

from springline.contracts.events import CallArrived, CallEnded
from springline.telephony.control.away import TAKEN_OVER, Away, AwayCall
from tests.support.exchange_house import ExchangeHouse
from tests.support.virtual_time import settle

NAME = "20260101T000100_1767225660.5_13805640001_4000564000"


async def nothing(_text: str) -> None:
    pass


def printed(variables: dict[str, str]) -> str:
    """As Asterisk's console shows them."""
    lines = [f"   {name}={value}" for name, value in variables.items()]
    return "\n".join([*lines, "", f"    -- {len(lines)} variable(s)"])


async def test_what_happened_is_told_once_and_the_devices_are_named(house: ExchangeHouse) -> None:
    async with house.control() as exchange:
        said: list[str] = []

        async def console(text: str) -> None:
            said.append(text)

        away = Away(exchange.office, lambda: [NAME, "rubbish"], console)
        assert await away.look() == 1
        await away.look()
        await settle()
        assert [one for one in said if one.startswith("database")] == [
            "database put springline ring PJSIP/agent-1001&PJSIP/agent-1002&PJSIP/agent-1003"
        ]
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


async def test_on_a_full_disk_the_engines_memory_tells_who_called(house: ExchangeHouse) -> None:
    variables = house.asterisk.globals
    variables |= {"SL_AWAY_1767225660.5": NAME, "SL_AWAY_ANY": "1"}
    asked: list[str] = []

    async def console(text: str) -> str:
        asked.append(text)
        return printed(variables) if text == "dialplan show globals" else ""

    async with house.control() as exchange:
        before = TAKEN_OVER.labels("unstored")._value.get()
        away = Away(exchange.office, list, console)
        assert await away.look() == 1
        assert await away.look() == 0
        assert variables["SL_AWAY_1767225660.5"] == ""
        assert asked.count("dialplan show globals") == 1, "nothing new: it is not asked"
        assert TAKEN_OVER.labels("unstored")._value.get() == before + 1
        later = NAME.replace("000100", "000200").replace("660.5", "720.6")
        variables |= {"SL_AWAY_1767225720.6": later, "SL_AWAY_ANY": "1"}
        assert await away.look() == 1
    async with house.control() as exchange:
        # A key as well, and the variable of a run that died before it was emptied: the ids are the same.
        variables["SL_AWAY_1767225660.5"] = NAME
        assert await Away(exchange.office, lambda: [NAME], console).look() == 1
        await settle()
    arrived = await house.events(CallArrived)
    assert [event.caller for event in arrived] == ["+8613805640001"] * 2
    assert len(await house.events(CallEnded)) == 2


async def test_a_call_that_cannot_be_told_holds_up_no_other(
    house: ExchangeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = NAME.replace("000100", "000059")
    real = Away._tell

    def tell(self: Away, call: AwayCall) -> None:
        if call.name == broken:
            raise ValueError("a fault of the program")
        real(self, call)

    monkeypatch.setattr(Away, "_tell", tell)
    async with house.control() as exchange:
        assert await Away(exchange.office, lambda: [broken, NAME], nothing).look() == 1
        await settle()
    assert len(await house.events(CallEnded)) == 1
