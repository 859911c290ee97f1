"""`python -m tests.browser.picture`: takes docs/images/desk.png, the README's picture, of a house at work.

Calls, states and recordings are real; names and numbers are fictional.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, expect

from springline.contracts import commands
from springline.telephony.engine.home import default_home
from springline.telephony.engine.tools import tool_path
from tests.browser.chromium import launched, write_tone
from tests.browser.desk import Desk
from tests.support import seeding
from tests.support.desk_house import DeskHouse, desk_house

TARGET = Path(__file__).parents[2] / "docs/images/desk.png"
# The demo's known caller: six vouchers, and a last order of two.
WANG = "13805640001"


async def busy_floor(house: DeskHouse) -> None:
    """小舒 talks, 小霍 has lunch."""
    await house.phone_on_duty("1004")
    first = await house.customer("13856412020")
    await first.press("1", "3")
    await first.connected()
    await house.tell(commands.SignIn(agent="1003"))
    await house.tell(commands.SetPaused(agent="1003", reason="meal"))


async def take(house: DeskHouse, browser: Browser) -> None:
    one = await (await Desk.open(house, browser)).on_duty("1001")
    await busy_floor(house)
    caller = await house.customer(WANG)
    await caller.press("1")
    await one.rings()
    for number, keys in (("13705648866", ("1", "1")), ("19956430012", ("2",))):
        await (await house.customer(number)).press(*keys)
    await expect(one.page.get_by_role("region", name="排队").get_by_role("listitem")).to_have_count(2)
    await one.key("Space")
    await one.talks()
    await one.key("F2")
    await expect(one.page.locator("[data-order-form]")).to_contain_text("对吗？")
    await expect(one.steps).to_contain_text("开始录音")
    await expect(one.page.locator(".el-message")).to_have_count(0)
    await one.page.screenshot(path=TARGET, animations="disabled")
    await house.leave_none()
    await one.close()


async def main() -> None:
    program = tool_path(default_home(), "chromium")
    if program is None:
        sys.exit("No Chromium; run .venv/bin/springline tools install chromium")
    with tempfile.TemporaryDirectory() as folder:
        microphone = Path(folder) / "tone.wav"
        write_tone(microphone)
        seeding.WHERE.append(Path(folder))
        async with desk_house() as house, launched(program, microphone) as browser:
            await take(house, browser)
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    asyncio.run(main())
