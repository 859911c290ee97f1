"""One house and one Chromium for all tests of this folder; each test gets desks of its own."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import tool_path
from tests.browser.desk import SIZE, Desk
from tests.support.desk_house import BROWSER_HZ, DeskHouse, desk_house

_RATE = 48000

OpenDesk = Callable[..., Awaitable[Desk]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_house() -> AsyncIterator[DeskHouse]:
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


def launched(program: Path, microphone: Path) -> _Launched:
    return _Launched(program, microphone)


class _Launched:
    def __init__(self, program: Path, microphone: Path) -> None:
        self._program, self._microphone = program, microphone
        self._playwright = async_playwright()

    async def __aenter__(self) -> Browser:
        playwright = await self._playwright.__aenter__()
        return await playwright.chromium.launch(
            executable_path=self._program,
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={self._microphone}",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )

    async def __aexit__(self, *error: object) -> None:
        await self._playwright.__aexit__(*error)


def write_tone(path: Path) -> None:
    times = np.arange(10 * _RATE) / _RATE
    samples = np.int16(12000 * np.sin(2 * np.pi * BROWSER_HZ * times))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())


@pytest_asyncio.fixture(loop_scope="session")
async def house(whole_house: DeskHouse) -> AsyncIterator[DeskHouse]:
    """The house with nobody on duty and no call."""
    await whole_house.everybody_goes_home()
    yield whole_house
    await whole_house.leave_none()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(house: DeskHouse, chromium: Browser) -> AsyncIterator[OpenDesk]:
    """`await desk()` opens one. A page that complained on its console fails the test."""
    opened: list[Desk] = []

    async def open_one(size: tuple[int, int] = SIZE) -> Desk:
        opened.append(await Desk.open(house, chromium, size))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()
    assert [problem for one in opened for problem in one.problems] == []
