"""The real engine's words are kept from control: what it does not hear, it finds out within two looks."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from springline.contracts import subjects
from springline.contracts.agents import AgentState
from springline.contracts.events import AgentConnected, AgentLost, CallArrived, CallEnded
from springline.contracts.reconciling import DifferenceKind, DifferenceMended
from springline.telephony.ari import NOISE
from springline.telephony.control.reconciling import DEADLINE_SECONDS, LONGEST_REST
from springline.telephony.engine.config import ARI_APP
from springline.telephony.instance import engine_config
from springline.telephony.simulator import Handset
from tests.engine.talks import talk
from tests.support.call_house import CallHouse, call_house
from tests.support.house_plan import HOTLINE
from tests.support.trail import leave
from tests.support.until import until, until_true

pytestmark = [
    pytest.mark.engine,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("nobody_left"),
]

PERIOD = 2.0
# Looks that take long on a busy machine have longer rests between them, up to this.
TWO_LOOKS = 2 * (LONGEST_REST * PERIOD + DEADLINE_SECONDS)
ENDS = ("StasisEnd", "ChannelDestroyed", "ChannelHangupRequest")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallHouse]:
    home = tmp_path_factory.mktemp("house") / "home"
    async with call_house(home, reconcile_seconds=PERIOD) as house:
        yield house


def ari(house: CallHouse) -> httpx.AsyncClient:
    engine = engine_config(house.settings)
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{house.settings.asterisk_http_port}/ari",
        auth=(engine.ari_user, engine.ari_password),
        trust_env=False,
    )


@asynccontextmanager
async def unheard(house: CallHouse, *kinds: str) -> AsyncIterator[None]:
    """The engine sends control no events of these kinds."""

    async def disallow(names: list[str]) -> None:
        async with ari(house) as client:
            filters = {"disallowed": [{"type": name} for name in names]}
            answer = await client.put(f"applications/{ARI_APP}/eventFilter", json=filters)
            answer.raise_for_status()

    async with ari(house) as client:
        before = (await client.get(f"applications/{ARI_APP}")).raise_for_status().json()
    usual = [one["type"] for one in before["events_disallowed"]]
    assert set(NOISE) <= set(usual)
    await disallow([*usual, *kinds])
    try:
        yield
    finally:
        await disallow(usual)


def mended(house: CallHouse, since: int) -> list[DifferenceKind]:
    return [event.kind for event in house.journal[since:] if isinstance(event, DifferenceMended)]


async def engine_has(house: CallHouse, channel: str, app: str = "") -> bool:
    """A channel whose id begins with `channel`, or whose caller's number it is; in the application `app`."""
    async with ari(house) as client:
        channels = (await client.get("channels")).raise_for_status().json()
    return any(
        one["dialplan"]["app_name"].startswith(app)
        for one in channels
        if one["id"].startswith(channel) or one["caller"]["number"] == channel
    )


async def looked(house: CallHouse, times: int) -> bool:
    """Control, since its start, has compared itself so often."""
    figures: str = await house.bus.request(subjects.metrics_of("control"), None, str)
    families = {family.name: family for family in text_string_to_metric_families(figures)}
    samples = families["springline_reconciling_seconds"].samples
    return next(one.value for one in samples if one.name.endswith("_count")) >= times


async def hears_on(caller: Handset) -> None:
    """More sound comes: the carrier writes it in blocks of two seconds."""
    heard = caller.heard.stat().st_size
    await until(lambda: caller.heard.stat().st_size > heard, 10)


async def left(house: CallHouse, channel: str) -> None:
    """The engine is through with the channel: whoever was to hear of it has been told."""

    async def gone() -> bool:
        return not await engine_has(house, channel)

    await until_true(gone, 5.0)


async def test_a_caller_who_left_unheard_frees_the_agent(house: CallHouse) -> None:
    since = len(house.journal)
    caller, trail = await talk(house)
    async with unheard(house, *ENDS):
        await caller.hang_up()
        await caller.gone()
        await left(house, (await trail.first(CallArrived)).channel_id)
    assert not trail.all(CallEnded)
    await house.agent_is("1001", AgentState.READY, TWO_LOOKS)
    await trail.first(CallEnded)
    assert mended(house, since) == [DifferenceKind.CALLER_GONE]
    await house.empty()


async def test_an_agent_who_left_unheard_is_free_and_the_caller_talks_on(house: CallHouse) -> None:
    since = len(house.journal)
    caller, trail = await talk(house)
    async with unheard(house, *ENDS):
        await house.carrier.phones["1001"].calls[-1].handset.hang_up()
        await left(house, "agent-1001-")
    await trail.first(AgentLost, within=TWO_LOOKS)
    await trail.first(AgentConnected, within=10, count=2)
    assert mended(house, since) == [DifferenceKind.LEG_GONE]
    await leave(caller, trail)
    await house.empty()


async def test_a_leg_of_nobody_is_hung_up(house: CallHouse) -> None:
    since = len(house.journal)
    await house.on_duty("1001")
    leg = "agent-1001-0123456789ab"
    async with unheard(house, "StasisStart"), ari(house) as client:
        answer = await client.post(
            f"channels/{leg}",
            params={"endpoint": "PJSIP/agent-1001", "app": ARI_APP, "appArgs": "agent"},
            json={"variables": {"SL_ROLE": "agent", "SL_CALL": "gone", "SL_AGENT": "1001"}},
        )
        answer.raise_for_status()

        async def up() -> bool:
            return (await client.get(f"channels/{leg}")).json().get("state") == "Up"

        await until_true(up, 5.0)
        await house.empty(TWO_LOOKS)
    await until(lambda: mended(house, since) == [DifferenceKind.LEG_UNKNOWN], 5)


async def test_a_caller_of_whom_no_word_came_is_taken_in(house: CallHouse) -> None:
    await house.on_duty("1001")
    number = house.new_number()
    async with unheard(house, "StasisStart"):
        caller = await house.carrier.dial(number, HOTLINE)
        await until_true(lambda: engine_has(house, number, "Stasis"), 5.0)
    await caller.answered(TWO_LOOKS)
    await leave(caller, house.trail(number))
    await house.empty()


async def test_a_conversation_while_control_restarts_is_not_touched(house: CallHouse) -> None:
    since = len(house.journal)
    caller, trail = await talk(house)
    await house.stop_control(signal.SIGKILL)
    await hears_on(caller)
    await house.start_control()
    await until_true(lambda: looked(house, 3), 2 * TWO_LOOKS)
    await hears_on(caller)
    assert not trail.all(AgentLost)
    assert mended(house, since) == []
    await house.agent_is("1001", AgentState.TALKING)
    await leave(caller, trail)
    await house.empty()
