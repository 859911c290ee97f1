"""What the trunk asks for and we do not serve is refused, outside a call and within one, and harms none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from springline.telephony.engine.process import Prepared, command, running_engine
from tests.engine.engine_helpers import SipReply, SipSocket, config_on_free_ports, offer, request

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]

TRUNK = "127.0.0.7"
_ANSWERS = "\n[from-trunk](+)\nexten => 5000,1,Answer()\n same => n,Wait(60)\n"
_HEADERS = {
    "REFER": "Refer-To: <sip:100@127.0.0.1>\r\n",
    "SUBSCRIBE": "Event: presence\r\nExpires: 60\r\n",
    "NOTIFY": "Event: presence\r\nSubscription-State: active\r\n",
    "PUBLISH": "Event: presence\r\nExpires: 60\r\n",
}
OUTSIDE = {
    **dict.fromkeys(("REFER", "NOTIFY", "INFO", "UPDATE", "PRACK", "FOO"), 501),
    "MESSAGE": 404,
    "SUBSCRIBE": 603,
    "PUBLISH": 489,
    "REGISTER": 403,
    "BYE": 481,
    "CANCEL": 481,
    "OPTIONS": 200,
}
WITHIN = {"REFER": 603, "MESSAGE": 202, "INFO": 200, "PRACK": 400, "OPTIONS": 200, "REGISTER": 403}
UNANSWERED = ("SUBSCRIBE", "NOTIFY", "PUBLISH", "FOO")
"""Asterisk answers these to nobody within a call, and knows no setting for it (res_pjsip_session)."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Prepared]:
    cfg = config_on_free_ports(
        tmp_path_factory.mktemp("methods"), trunk_allow=(f"{TRUNK}/32",), extra_dialplan=_ANSWERS
    )
    async with running_engine(cfg) as prepared:
        yield prepared


@dataclass
class Talk:
    """One call, led by hand."""

    engine: Prepared
    socket: SipSocket
    transport: asyncio.DatagramTransport
    to: str = ""
    contact: str = ""
    cseq: int = 1

    @property
    def uri(self) -> str:
        return f"sip:5000@127.0.0.1:{self.engine.cfg.sip_port}"

    def send(self, method: str, body: str = "", kind: str = "") -> None:
        """Within the call as soon as there is one."""
        if method not in {"ACK", "INVITE"}:
            self.cseq += 1
        text = request(
            self.socket,
            self.transport,
            method,
            self.contact or self.uri,
            user="13800000000",
            cseq=self.cseq,
            extra=_HEADERS.get(method, ""),
            body=body,
        ).decode()
        if self.to:
            text = re.sub(r"To: <.*>\r\n", f"To: {self.to}\r\n", text)
        if kind:
            text = text.replace("application/sdp", kind)
        self.transport.sendto(text.encode(), ("127.0.0.1", self.engine.cfg.sip_port))

    async def ask(self, method: str) -> SipReply:
        self.send(method, *(("hello", "text/plain") if method == "MESSAGE" else ()))
        while True:
            reply = await self.socket.final()
            if reply.header("CSeq") == f"{self.cseq} {method}":
                return reply

    async def begin(self) -> None:
        self.send("INVITE", offer(TRUNK, 40000))
        accepted = await self.socket.final()
        self.to = accepted.header("To")
        self.contact = accepted.header("Contact").strip("<>")
        self.send("ACK")


@pytest_asyncio.fixture(loop_scope="module")
async def talk(engine: Prepared) -> AsyncIterator[Talk]:
    socket, transport = await SipSocket.open(TRUNK)
    yield Talk(engine, socket, transport)
    transport.close()


@pytest.mark.parametrize("method", OUTSIDE)
async def test_outside_a_call(talk: Talk, method: str) -> None:
    """A text from outside is no call: the ways of the calls are not its own."""
    assert (await talk.ask(method)).status == OUTSIDE[method]
    assert "0 calls processed" in await command(talk.engine.cfg, "core show channels")


async def test_within_a_call(talk: Talk) -> None:
    """Whatever is asked, the call goes on, nobody is transferred, and its end is answered."""
    await talk.begin()
    for method in UNANSWERED:
        talk.send(method)
    assert {method: (await talk.ask(method)).status for method in WITHIN} == WITHIN
    assert "1 active channel" in await command(talk.engine.cfg, "core show channels")
    assert (await talk.ask("BYE")).status == 200
