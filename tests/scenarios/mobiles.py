"""An agent's own mobile: the config that has one, and its leg."""

import msgspec

from springline.contracts.commands import UseMobile
from springline.contracts.config import Config, OutboundConfig
from springline.contracts.mobile import MobileUse
from springline.telephony.ari.fake.channel import FakeChannel
from tests.support.exchange_house import ExchangeHouse, config, until

SHOWN, MOBILE = "05643210000", "+8613905640001"
RULES = OutboundConfig(callback_number=SHOWN, allow=("+861",))
ACCEPT = "agent.accept"


def with_mobile(
    rules: OutboundConfig | None = RULES, mobile: str | None = MOBILE, flow: str = "main.v1"
) -> Config:
    plain = config(flow=flow)
    hotline = msgspec.structs.replace(plain.hotlines[0], outbound=rules)
    first, *others = plain.agents
    first = msgspec.structs.replace(first, mobile=mobile)
    return msgspec.structs.replace(plain, hotlines=(hotline,), agents=(first, *others))


def use(how: MobileUse, agent: str = "1001") -> UseMobile:
    return UseMobile(agent=agent, use=how)


def mobile(house: ExchangeHouse) -> FakeChannel | None:
    return next((c for c in house.asterisk.channels.values() if "@trunk" in c.name), None)


async def rings(house: ExchangeHouse) -> FakeChannel:
    await until(lambda: mobile(house))
    leg = mobile(house)
    assert leg is not None
    return leg


async def asked(house: ExchangeHouse) -> tuple[FakeChannel, FakeChannel]:
    """A caller, and the mobile that was picked up and hears what to press."""
    caller = await house.call_in("12")
    leg = await rings(house)
    await house.hears(leg, ACCEPT)
    return caller, leg
