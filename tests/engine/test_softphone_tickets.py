"""A browser's SIP through the whole house: whose ticket registers at the real engine, and for how long."""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.support.desk_house import DeskHouse, desk_house
from tests.unit.business.sip_words import digest, register

pytestmark = pytest.mark.engine
WITHIN = 10.0


class Session:
    """A signed-in browser without a screen."""

    def __init__(self, house: DeskHouse, agent: str) -> None:
        self.house, self.agent, self.endpoint = house, agent, f"agent-{agent}"
        self.http = httpx.AsyncClient(base_url=house.settings.web_url, trust_env=False)
        # The engine takes a branch that it knows for a repeated request.
        self._cseq, self._call = 0, uuid.uuid4().hex

    async def sign_in(self) -> Session:
        name = f"agent{self.agent}"
        body = {"username": name, "password": self.house.password(name)}
        answer = await self.http.post(
            "/api/session", json=body, headers={"Origin": self.house.settings.web_url}
        )
        assert answer.status_code == 200
        self.http.headers["X-CSRFToken"] = self.http.cookies["csrftoken"]
        self.http.headers["Origin"] = self.house.settings.web_url
        return self

    @property
    def key(self) -> str:
        return self.http.cookies[f"springline_{self.house.settings.web_port}"]

    async def ticket(self) -> str:
        answer = await self.http.post("/api/softphone", json={})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["password"])

    async def ticket_of(self, days_ago: int) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.old_ticket"),
            *(str(self.house.home), f"agent{self.agent}", self.key, str(days_ago)),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        return output.decode().split()[-1]

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[ClientConnection]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        async with connect(
            self.house.settings.web_url.replace("http", "ws") + "/sip",
            subprotocols=[Subprotocol("sip")],
            origin=Origin(self.house.settings.web_url),
            additional_headers={"Cookie": cookie},
            proxy=None,
        ) as socket:
            yield socket

    async def registers(self, socket: ClientConnection, password: str, endpoint: str = "") -> int:
        """The status of the answer to a registration that proves `password`."""
        name = endpoint or self.endpoint
        challenge = await self._say(socket, register(name, cseq=self._next(), call=self._call))
        nonce = re.search(r'nonce="([^"]+)"', challenge)
        assert nonce, challenge
        proof = digest(name, password, "REGISTER", nonce=nonce[1])
        opaque = re.search(r'opaque="[^"]+"', challenge)
        if opaque:
            proof += f", {opaque[0]}"
        return int(
            (await self._say(socket, register(name, proof, cseq=self._next(), call=self._call))).split()[1]
        )

    def _next(self) -> int:
        self._cseq += 1
        return self._cseq

    async def _say(self, socket: ClientConnection, message: str) -> str:
        await socket.send(message)
        async with asyncio.timeout(WITHIN):
            # The engine asks the contact for its options in between.
            while not (said := str(await socket.recv())).startswith("SIP/2.0 "):
                pass
        return said


async def test_whose_ticket_registers_and_for_how_long() -> None:
    async with desk_house() as house:
        mine = await Session(house, "1001").sign_in()
        other = await Session(house, "1002").sign_in()
        async with mine.socket() as socket, other.socket() as neighbour:
            config = await house._config()
            agent = next(one for one in config.agents if one.id == "1001")
            foreign = await other.ticket()
            for password in (await mine.ticket_of(1), foreign, agent.sip_password, agent.softphone_secret):
                assert await mine.registers(socket, password) == 403
            assert await mine.registers(socket, foreign, other.endpoint) == 403

            ticket = await mine.ticket()
            assert await mine.registers(socket, ticket) == 200
            assert await mine.registers(socket, ticket) == 200
            assert await other.registers(neighbour, foreign) == 200

            assert (await mine.http.delete("/api/session")).status_code == 200
            async with asyncio.timeout(WITHIN):
                await socket.wait_closed()
            assert socket.close_code == 1008
            with pytest.raises(InvalidStatus):
                async with mine.socket():
                    pass
            again = await Session(house, "1001").sign_in()
            async with again.socket() as fresh:
                assert await again.registers(fresh, ticket) == 403
                assert await again.registers(fresh, await again.ticket()) == 200
            assert await other.registers(neighbour, foreign) == 200
