"""One house and one Chromium for all tests of this folder; each test gets desks of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import tool_path
from tests.browser.axe import AXE
from tests.browser.chromium import launched, write_tone
from tests.browser.desk import SIZE, Desk
from tests.support.cable import Cable, cable
from tests.support.desk_house import DeskHouse, desk_house

_PAGE = Path(__file__).parents[2] / "frontend/desk/dist/index.html"

OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture(scope="session")
def built_desk() -> None:
    """The browser side as `make setup` leaves it; in CI it may not be missing."""
    if not all(part.is_file() for part in (_PAGE, AXE)):
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse("the desk is not built; get it with: make setup")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_house(built_desk: None) -> AsyncIterator[DeskHouse]:
    async with desk_house() as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Its microphone is a tone of BROWSER_HZ."""
    program = tool_path(default_home(), "chromium")
    if program is None:
        pytest.skip("no Chromium; run .venv/bin/springline tools install chromium")
    microphone = tmp_path_factory.mktemp("microphone") / "tone.wav"
    write_tone(microphone)
    async with launched(program, microphone) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def house(whole_house: DeskHouse) -> AsyncIterator[DeskHouse]:
    """The house with nobody on duty and no call."""
    await whole_house.everybody_goes_home()
    yield whole_house
    await whole_house.leave_none()


@pytest_asyncio.fixture(loop_scope="session")
async def wire(house: DeskHouse) -> AsyncIterator[Cable]:
    """Between a desk and the house, for `desk(cable=wire)`; whole again when the desks are closed."""
    async with cable(house.settings.web_url) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def desk(house: DeskHouse, chromium: Browser) -> AsyncIterator[OpenDesk]:
    """`await desk()` opens one. A page that complained on its console fails the test."""
    opened: list[Desk] = []

    async def open_one(size: tuple[int, int] = SIZE, cable: Cable | None = None) -> Desk:
        opened.append(await Desk.open(house, chromium, size, cable))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()
    assert [problem for one in opened for problem in one.problems] == []
