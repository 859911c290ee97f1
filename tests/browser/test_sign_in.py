"""The door of the desk."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import OpenDesk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_wrong_password_is_told_and_the_right_one_opens(desk: OpenDesk) -> None:
    one = await desk()
    await one.sign_in("agent1001", "wrong")
    await expect(one.page.get_by_role("alert")).to_have_text("用户名或密码不正确，请检查大小写后重试。")
    await expect(one.page.get_by_label("密码", exact=True)).to_be_focused()
    await one.type(one.house.password("agent1001"))
    await one.key("Enter")
    await one.shows_state("暂停")
    await expect(one.page.get_by_text("坐席小安")).to_be_visible()
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()


async def test_speaks_both_languages_and_remembers_the_choice(desk: OpenDesk) -> None:
    one = await desk()
    await one.page.get_by_role("button", name="English").click()
    await expect(one.page.get_by_label("User name")).to_be_visible()
    await one.name_field.focus()
    await one.sign_in("agent1002")
    await expect(one.page.get_by_role("button", name="Sign out")).to_be_visible()
    # Names of pause reasons come from the server, which has to speak the same language.
    await one.key("Control+b")
    await expect(one.page.get_by_role("button", name="Meal")).to_be_visible()
    await one.key("Escape")
    await one.page.reload()
    await expect(one.page.get_by_role("button", name="Sign out")).to_be_visible()
    await one.page.get_by_role("button", name="中文").click()
    await expect(one.page.get_by_role("button", name="退出")).to_be_visible()
    await expect(one.page.locator("html")).to_have_attribute("lang", "zh-CN")


async def test_signing_out_ends_the_work_and_the_session(desk: OpenDesk) -> None:
    one = await desk()
    await one.on_duty("1001")
    await one.page.get_by_role("button", name="退出").click()
    await expect(one.name_field).to_be_visible()
    assert (await one.house.agent("1001")).state == "offline"
    await one.page.reload()
    await expect(one.name_field).to_be_visible()


async def test_the_softphone_s_password_is_kept_nowhere_and_asked_for_again(desk: OpenDesk) -> None:
    one = await desk()
    tickets: list[str] = []

    async def keep(route: Route) -> None:
        answer = await route.fetch()
        tickets.append((await answer.json())["password"])
        await route.fulfill(response=answer)

    await one.page.route("**/api/softphone", keep)
    await one.sign_in("agent1001")
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    await one.page.reload()
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    assert len(tickets) == 2
    kept = await one.page.evaluate(
        """async () => JSON.stringify([
          {...localStorage}, {...sessionStorage}, document.cookie, await caches.keys(),
          (await indexedDB.databases()).map((one) => one.name), document.documentElement.outerHTML,
        ])"""
    )
    assert not any(ticket in kept for ticket in tickets)


async def test_a_ticket_that_is_too_old_is_replaced_without_anybody_s_doing(desk: OpenDesk) -> None:
    one = await desk()
    asked = 0

    async def too_old(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await route.fulfill(json={"password": "of-yesterday", "expires_at": "2026-01-01T00:00:00Z"})
        else:
            await route.continue_()

    await one.page.route("**/api/softphone", too_old)
    await one.sign_in("agent1001")
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()
    assert asked == 2


async def test_a_denied_microphone_is_said_with_its_remedy(desk: OpenDesk) -> None:
    one = await desk()
    await one.page.evaluate(
        """() => {
          const devices = navigator.mediaDevices
          devices.granted = devices.getUserMedia
          devices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
        }"""
    )
    await one.sign_in("agent1001")
    await expect(one.page.get_by_text("没有可用的麦克风，暂不接收来电")).to_be_visible()
    await expect(one.page.get_by_text("浏览器不允许使用麦克风。请点地址栏左侧的图标")).to_be_visible()
    assert not (await one.house.agent("1001")).device_online
    await one.page.evaluate("() => { navigator.mediaDevices.getUserMedia = navigator.mediaDevices.granted }")
    await one.page.get_by_role("button", name="重试").click()
    await expect(one.page.get_by_text("软电话已注册")).to_be_visible()


async def test_the_desk_of_who_takes_no_calls_is_no_error(desk: OpenDesk) -> None:
    one = await desk()
    await one.sign_in("finance")
    await expect(one.page.get_by_text("查客户、水票与对账")).to_be_visible()
    await expect(one.page.get_by_role("tab", name=re.compile("对账"))).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(one.page.get_by_role("link", name="管理后台")).to_be_visible()
    await expect(one.banner).to_have_count(0)
    await one.key("/")
    await one.type("0001")
    await one.key("Enter")
    await expect(one.customer).to_contain_text("王女士")
    for name in ("再来一单", "新增地址", "下单"):
        await expect(one.page.get_by_role("button", name=re.compile(f"^{name}"))).to_have_count(0)
    # What a browser says of each answer 403: reading live calls is asked for once.
    one.problems[:] = [problem for problem in one.problems if "status of 403" not in problem]


async def test_a_supervisor_is_shown_no_door_that_is_shut(desk: OpenDesk) -> None:
    one = await desk()
    await one.sign_in("monitor")
    await expect(one.page.get_by_role("link", name="热线大屏")).to_be_visible()
    await expect(one.page.get_by_role("link", name="管理后台")).to_have_count(0)


async def test_a_courier_at_the_desk_comes_to_the_couriers_app(desk: OpenDesk) -> None:
    one = await desk()
    await one.sign_in("courier01")
    await expect(one.page).to_have_url(re.compile("/courier/$"))
    one.problems[:] = [problem for problem in one.problems if "status of 403" not in problem]
