"""The whole house over https, as browsers on the local network reach it."""

from __future__ import annotations

import ssl

import httpx
import pytest
from websockets.asyncio.client import connect

from springline.platform import tls
from tests.support.desk_house import desk_house

pytestmark = pytest.mark.engine


async def test_sign_in_and_softphone_socket_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPRINGLINE_TLS_NAMES", "localhost")
    async with desk_house() as house:
        url = f"https://localhost:{house.settings.web_port}"
        verify = tls.client_context(house.settings)
        assert isinstance(verify, ssl.SSLContext)
        async with httpx.AsyncClient(base_url=url, verify=verify, trust_env=False) as browser:
            health = (await browser.get("/api/health")).json()
            assert set(health.values()) & {"up"}
            assert b"BEGIN CERTIFICATE" in (await browser.get("/ca.crt")).content
            credentials = {"username": "agent1001", "password": house.password("agent1001")}
            answer = await browser.post("/api/session", json=credentials, headers={"Origin": url})
            assert answer.status_code == 200
            cookies = answer.headers.get_list("set-cookie")
            assert cookies
            assert all("Secure" in cookie for cookie in cookies)
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        async with connect(
            f"wss://localhost:{house.settings.web_port}/sip",
            ssl=verify,
            subprotocols=["sip"],
            origin=url,
            additional_headers={"Cookie": cookie},
            proxy=None,
        ) as socket:
            assert socket.subprotocol == "sip"
        async with httpx.AsyncClient(verify=True, trust_env=False) as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(f"{url}/api/health")
