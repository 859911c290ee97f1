"""The door of the desk."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

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
