"""A caller and an agent who talk, each with a tone of their own."""

from __future__ import annotations

from springline.contracts import commands, subjects
from springline.contracts.commands import Done
from springline.contracts.events import AgentConnected
from springline.telephony.simulator import AgentPlan, Handset
from tests.support.call_house import AGENT_HZ, CallHouse
from tests.support.trail import Trail

RATE, LEFT, RIGHT = 8000, 0, 1
COLLEAGUE_HZ = 700.0
# Packets without a sound, as every telephone sends: the engine whispers into what goes by.
SILENCE = 0.0


async def tell(house: CallHouse, command: commands.AnyCommand) -> None:
    reply = await house.bus.request(subjects.CONTROL_COMMANDS, command, commands.AnyReply, timeout=5.0)
    assert reply == Done(), reply


async def talk(house: CallHouse) -> tuple[Handset, Trail]:
    """A caller who talks with 1001, each with a tone; nobody else is on duty."""
    await house.on_duty("1001")
    caller, trail = await house.caller_for_huoshan()
    await trail.first(AgentConnected)
    await caller.hears(AGENT_HZ, within=8, seconds=1.0)
    return caller, trail


async def conversation(house: CallHouse) -> tuple[Handset, Trail]:
    """`talk`, and 1002 is ready then, with another tone."""
    caller, trail = await talk(house)
    house.carrier.phones["1002"].plan = AgentPlan(answer_after=0.2, tone=COLLEAGUE_HZ)
    await house.agents.sign_in("1002")
    await house.agents.ready("1002")
    return caller, trail
