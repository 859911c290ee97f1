"""An agent's desk in a browser: what a person does there by keys, and what can be seen and heard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import APIResponse, Browser, BrowserContext, Locator, Page, expect

from springline.contracts.agents import AgentState
from springline.telephony.simulator.tones import Samples, read_wav
from tests.browser import axe
from tests.support.cable import Cable
from tests.support.desk_house import DeskHouse
from tests.support.until import until_true

WATCH = Path(__file__).with_name("watch.js")
CABLE = Path(__file__).with_name("cable.js")
SIZE = (1280, 800)
WITHIN_MS = 30_000
# Two machines' worth of work share a small one: what is not measured here may take its time.
expect.set_options(timeout=WITHIN_MS)

_AXE_RUN = """
async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map((v) =>
  `${v.id}: ${v.help} | ` +
  v.nodes.map((n) => `${n.target.join(' ')} (${n.any.map((c) => c.message).join('; ')})`))
"""
# The browser's words for answers the desk handles: wrong password, not signed in, control away.
_EXPECTED = ("status of 401", "status of 503", "status of 409", "status of 404")


@dataclass
class Desk:
    """`problems` are errors on the page's console."""

    house: DeskHouse
    context: BrowserContext
    page: Page
    origin: str
    problems: list[str] = field(default_factory=list)

    @staticmethod
    async def open(
        house: DeskHouse, browser: Browser, size: tuple[int, int] = SIZE, cable: Cable | None = None
    ) -> Desk:
        """`cable`: the only way to the house, if it is one that can be pulled."""
        origin = cable.url if cable is not None else house.settings.web_url
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(WITHIN_MS)
        await context.grant_permissions(["microphone", "notifications"], origin=origin)
        if cable is not None:
            await context.expose_function("soundTo", cable.sound_to)
            await context.add_init_script(f"window.cablePorts = {cable.ports}")
            await context.add_init_script(path=CABLE)
        await context.add_init_script(path=WATCH)
        page = await context.new_page()
        desk = Desk(house, context, page, origin)
        page.on("pageerror", lambda error: desk.problems.append(f"page error: {error}"))
        page.on("console", lambda message: desk._console(message.type, message.text))
        await page.goto(desk.url)
        await expect(desk.name_field).to_be_focused()
        return desk

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in _EXPECTED):
            self.problems.append(text)

    async def close(self) -> None:
        """As when a person closes the browser; the desk's last word may not wait for a test's route."""
        if not self.page.is_closed():
            await self.page.unroute_all(behavior="ignoreErrors")
        await self.context.close()

    # What a person does

    async def sign_in(self, username: str, password: str | None = None) -> None:
        """Types into the two fields; the first one has the focus."""
        await expect(self.name_field).to_be_visible()
        await self.name_field.fill("")
        await self.type(username)
        await self.key("Tab")
        await self.type(password if password is not None else self.house.password(username))
        await self.key("Enter")

    async def on_duty(self, agent: str = "1001") -> Desk:
        """Signs in, waits for the softphone and gets ready, all by keys."""
        await self.sign_in(f"agent{agent}")
        await expect(self.page.get_by_text("软电话已注册")).to_be_visible()
        await self.shows_state("暂停")
        await self.key("Control+g")
        await self.shows_state("就绪")
        await self.house.agent_is(agent, AgentState.READY)
        return self

    async def key(self, keys: str) -> None:
        await self.page.keyboard.press(keys)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def wrap_up(self, lost: str = "仅咨询") -> None:
        """Confirms what the desk guessed; a call for water that gave no order needs a reason."""
        await expect(self.page.get_by_role("button", name="保存并就绪")).to_be_enabled()
        reason = self.page.get_by_role("radio", name=lost, exact=True)
        if await reason.is_visible():
            await reason.click()
        await self.key("Control+Enter")

    async def tab_to(self, name: str, role: Any = "button", at_most: int = 60) -> None:
        """Presses Tab until that control has the focus, as a hand without a mouse does."""
        wanted = self.page.get_by_role(role, name=name, exact=True).first
        for _ in range(at_most):
            if await wanted.evaluate("one => one === document.activeElement"):
                return
            await self.key("Tab")
        raise AssertionError(f"Tab does not lead to {role} {name!r}")

    async def ask(self, method: str, path: str, body: Any = None) -> APIResponse:
        """The API as this browser's session."""
        cookies = {cookie["name"]: cookie["value"] for cookie in await self.context.cookies()}
        return await self.context.request.fetch(
            f"{self.origin}{path}",
            method=method,
            data=body,
            headers={"X-CSRFToken": cookies.get("csrftoken", ""), "Referer": self.url},
        )

    async def wear(self, scheme: Any) -> None:
        """`light` or `dark`, as the system says."""
        await self.page.emulate_media(color_scheme=scheme)
        await self.page.wait_for_function(
            "dark => document.documentElement.classList.contains('dark') === dark", arg=scheme == "dark"
        )

    # What can be seen and heard

    @property
    def url(self) -> str:
        return f"{self.origin}/desk/"

    @property
    def name_field(self) -> Locator:
        return self.page.get_by_label("用户名").or_(self.page.get_by_label("User name"))

    @property
    def call(self) -> Locator:
        return self.page.get_by_role("region", name="当前通话").first

    @property
    def steps(self) -> Locator:
        return self.page.get_by_role("region", name="通话经过")

    @property
    def customer(self) -> Locator:
        return self.page.get_by_role("region", name="客户", exact=True)

    @property
    def history(self) -> Locator:
        return self.page.get_by_role("region", name="我最近的通话")

    @property
    def banner(self) -> Locator:
        return self.page.locator(".banner.bad")

    async def shows_state(self, text: str) -> None:
        await expect(self.page.get_by_role("region", name=text).locator("#state-title")).to_have_text(text)

    async def rings(self) -> None:
        await self.shows_state("振铃中")
        await expect(self.page.get_by_role("button", name="接听")).to_be_visible()

    async def talks(self) -> None:
        await self.shows_state("通话中")
        await expect(self.page.get_by_role("button", name="保持", exact=True)).to_be_enabled()

    async def is_idle(self) -> None:
        """Ready, and nothing on the page rings or talks."""
        await self.shows_state("就绪")
        await expect(self.call).to_contain_text("等待来电")
        await expect(self.page.get_by_role("button", name="接听")).to_have_count(0)
        await expect(self.page).to_have_title("泉线 · 坐席工作台")

    async def hears(self, hz: float, within: float = 20.0) -> None:
        """Until the loudest tone that arrives is `hz`."""
        found: dict[str, float] = {}
        try:
            async with asyncio.timeout(within):
                while abs(found.get("hz", 0.0) - hz) > 15 or found["db"] < -60:
                    found = await self.page.evaluate("loudestTone()")
        except TimeoutError:
            raise AssertionError(f"the browser does not hear {hz:g} Hz but {found}") from None

    async def packets(self) -> dict[str, int]:
        counted: dict[str, int] = await self.page.evaluate("soundPackets()")
        return counted

    async def recording(self, call_id: str, part: int = 0) -> tuple[Samples, int]:
        """A recording of the call as the API gives it: samples (left caller, right agent), rate."""
        url = f"{self.origin}/api/calls/{call_id}/recording"

        async def is_there() -> bool:
            nonlocal answer
            answer = await self.context.request.get(url, params={"reason": "自查", "part": part})
            return answer.ok

        answer: APIResponse | None = None
        await until_true(is_there, 30)
        assert answer is not None
        path = self.house.settings.home / f"{call_id}.wav"
        path.write_bytes(await answer.body())
        return read_wav(path)

    async def faults(self) -> list[str]:
        """What axe finds on the page as it is when nothing moves."""
        return await axe.found(self.page, _AXE_RUN)
