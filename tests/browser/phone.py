"""A courier's phone: Chromium at phone width, with a network that can be taken away; and who orders."""

from __future__ import annotations

import io
import sqlite3
import uuid
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from playwright.async_api import APIRequestContext, Browser, BrowserContext, Locator, Page, expect

from tests.browser import axe
from tests.browser.desk import WITHIN_MS
from tests.support.desk_house import DeskHouse
from tests.support.seed_home import COURIER_PASSWORD

# The caller of the demo, who has six vouchers.
WANG = "13805640001"
_AXE_RUN = """
async () => (await axe.run(document, {
  resultTypes: ['violations'],
  rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } },
})).violations.map((v) =>
  `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join('; ')}`)
"""
_SMALL = """
() => [...document.querySelectorAll('button, a, input, .choice')]
  .filter((one) => !['radio', 'checkbox', 'file'].includes(one.type))
  .filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().width < 48 || one.getBoundingClientRect().height < 48)
  .map((one) => `smaller than 48 px: ${one.outerHTML.slice(0, 120)}`)
"""
# The browser's words for what the app handles: no network, nobody signed in, a batch that is none.
_EXPECTED = ("ERR_INTERNET_DISCONNECTED", "status of 401", "status of 422", "navigator.vibrate")


def photo() -> dict[str, Any]:
    """As a camera gives it: larger than what is sent."""
    data = io.BytesIO()
    Image.new("RGB", (3000, 2000), "#4080c0").save(data, "JPEG")
    return {"name": "camera.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


@dataclass
class Phone:
    """`problems` are errors on the consoles of its pages."""

    house: DeskHouse
    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)

    @staticmethod
    async def open(house: DeskHouse, browser: Browser, script: str = "") -> Phone:
        """`script` runs before the app, such as one that takes something away from the browser."""
        context = await browser.new_context(
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=True,
            is_mobile=True,
        )
        context.set_default_timeout(WITHIN_MS)
        phone = Phone(house, context, await context.new_page())
        phone._listen(phone.page)
        await context.add_init_script(script)
        await phone.page.goto(phone.url)
        return phone

    @property
    def url(self) -> str:
        return f"{self.house.settings.web_url}/courier/"

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", lambda message: self._console(message.type, message.text))

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in _EXPECTED):
            self.problems.append(text)

    async def close(self) -> None:
        await self.context.close()

    # What a courier does

    async def sign_in(self, username: str) -> None:
        await self.page.get_by_label("用户名").fill(username)
        await self.page.get_by_label("密码", exact=True).fill(COURIER_PASSWORD)
        await self.button("登录").click()
        await self.is_at_tasks()

    async def kept(self) -> None:
        """Until the browser can open the app without a network."""
        await self.page.evaluate("navigator.serviceWorker.ready")

    async def begins_work(self) -> None:
        start = self.button("上班")
        await expect(start.or_(self.button("下班"))).to_be_visible()
        if await start.is_visible():
            await start.click()
        await expect(self.button("下班")).to_be_visible()
        await self.all_sent()

    async def ends_work(self) -> None:
        await self.tab("任务")
        await self.button("下班").click()
        await self.page.get_by_role("dialog").get_by_role("button", name="下班").click()
        await expect(self.button("上班")).to_be_visible()
        await expect(self.bar).not_to_contain_text("待同步")

    async def loses_network(self) -> None:
        await self.context.set_offline(True)

    async def finds_network(self) -> None:
        await self.context.set_offline(False)

    async def another_tab(self) -> Page:
        page = await self.context.new_page()
        self._listen(page)
        await page.goto(self.url)
        return page

    async def tab(self, name: str) -> None:
        await self.page.get_by_role("tab", name=name).click()

    # What can be seen

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def bar(self) -> Locator:
        """What it says about the line and what waits."""
        return self.page.locator(".bars")

    async def is_at_tasks(self) -> None:
        await expect(self.page.get_by_role("heading", name="我的任务")).to_be_visible()

    async def all_sent(self) -> None:
        await expect(self.bar.locator(".line")).to_have_count(0)

    async def faults(self) -> list[str]:
        """What axe finds with contrast 7:1, and what is too small for a thumb."""
        found = await axe.found(self.page, _AXE_RUN)
        small: list[str] = await self.page.evaluate(_SMALL)
        return found + small


@dataclass
class Agent:
    """Who takes orders by the API."""

    house: DeskHouse
    request: APIRequestContext

    @staticmethod
    async def open(house: DeskHouse, browser: Browser) -> Agent:
        context = await browser.new_context(base_url=house.settings.web_url, locale="zh-CN")
        agent = Agent(house, context.request)
        await context.request.get("/api/session")
        await agent.post("/api/session", username="agent1002", password=house.password("agent1002"))
        return agent

    async def post(self, path: str, **body: Any) -> Any:
        cookies = (await self.request.storage_state())["cookies"]
        token = next((one["value"] for one in cookies if one["name"] == "csrftoken"), "")
        answer = await self.request.post(path, data=body, headers={"X-CSRFToken": token})
        assert answer.ok, await answer.text()
        return await answer.json()

    async def places(self, qty: int = 2) -> dict[str, Any]:
        """王女士's order of spring water; vouchers pay as far as they go."""
        found = await (await self.request.get("/api/customers", params={"q": WANG})).json()
        draft = {"customer_id": found["items"][0]["id"], "lines": [{"sku": "SPRING-18.9", "qty": qty}]}
        order: dict[str, Any] = await self.post(
            "/api/orders", **draft, request_key=str(uuid.uuid4()), confirm_duplicate=True
        )
        return order

    async def cancels(self, order: dict[str, Any]) -> None:
        await self.post(f"/api/orders/{order['id']}/cancel", reason="customer", key=str(uuid.uuid4()))


def rows(house: DeskHouse, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Straight from the house's database."""
    with sqlite3.connect(f"file:{house.settings.db_path}?mode=ro", uri=True) as database:
        return database.execute(query, values).fetchall()
