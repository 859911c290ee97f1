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


OFFER = offer(TRUNK, 40000)
_ONLY_G729 = OFFER.replace("RTP/AVP 8 101", "RTP/AVP 18").replace("a=rtpmap:101 telephone-event/8000\r\n", "")
OFFERS: dict[str, tuple[str, int, str]] = {
    "hold": (OFFER + "a=sendonly\r\n", 200, "a=recvonly"),
    "nothing either way": (OFFER + "a=inactive\r\n", 200, "a=inactive"),
    "hold as of old": (OFFER.replace(f"c=IN IP4 {TRUNK}", "c=IN IP4 0.0.0.0"), 200, "a=recvonly"),
    "back": (OFFER, 200, "a=sendrecv"),
    "another port": (OFFER.replace("40000", "40010"), 200, "a=sendrecv"),
    "ours is asked for": ("", 200, "a=sendrecv"),
    "a picture too": (OFFER + "m=video 40020 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n", 200, "m=video 0"),
    "no codec of ours": (_ONLY_G729, 488, ""),
    "a fax": (_ONLY_G729.replace("audio 40000 RTP/AVP 18", "image 40000 udptl t38"), 488, ""),
    "no sound": (OFFER.replace("m=audio 40000", "m=audio 0"), 488, ""),
    "encrypted only": (OFFER.replace("RTP/AVP", "RTP/SAVP"), 488, ""),
}
"""What is offered within a call, one after the other; the status, and a line of the answer."""


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
        accepted = await self.offer(OFFER)
        self.to = accepted.header("To")
        self.contact = accepted.header("Contact").strip("<>")
        self.send("ACK")

    async def offer(self, body: str) -> SipReply:
        """An INVITE with this body; within the call, the next one, its answer acknowledged."""
        if self.to:
            self.cseq += 1
        self.send("INVITE", body)
        reply = await self.socket.final()
        if self.to:
            self.send("ACK")
        return reply


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


async def test_offers_within_a_call(talk: Talk) -> None:
    """What cannot be is refused, and the call goes on as it was."""
    await talk.begin()
    for name, (body, status, line) in OFFERS.items():
        reply = await talk.offer(body)
        assert (name, reply.status) == (name, status)
        assert line in reply.text, name
    assert "a=sendrecv" in (await talk.offer(OFFER)).text
    assert "1 active channel" in await command(talk.engine.cfg, "core show channels")
    assert (await talk.ask("BYE")).status == 200
