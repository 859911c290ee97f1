"""What the engine tests share: a configuration on free ports, and SIP spoken by hand over a socket."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest

from springline.platform.supervisor import free_port, free_range
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.home import find_engine


def config_on_free_ports(directory: Path, **options: object) -> EngineConfig:
    """An instance on loopback that nobody may call, unless `options` says otherwise."""
    engine = find_engine()
    if engine is None:
        pytest.skip("no engine; run make setup")
    first, last = free_range(40)
    settings: dict[str, object] = {
        "directory": directory,
        "engine": engine,
        "ari_password": secrets.token_hex(16),
        "sip_bind": "127.0.0.1",
        "sip_port": free_port("udp"),
        "rtp_start": first,
        "rtp_end": last,
        "http_port": free_port(),
    }
    return EngineConfig(**(settings | options))  # type: ignore[arg-type]


@dataclass(frozen=True)
class SipReply:
    status: int
    text: str

    def header(self, name: str) -> str:
        match = re.search(rf"^{name}: (.*)$", self.text, re.MULTILINE | re.IGNORECASE)
        return match[1].strip() if match else ""


class SipSocket(asyncio.DatagramProtocol):
    """A UDP socket that sends one request and hands over what comes back."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[SipReply] = asyncio.Queue()
        self.requests: asyncio.Queue[str] = asyncio.Queue()
        self.call_id = secrets.token_hex(8)

    @classmethod
    async def open(cls, host: str) -> tuple[SipSocket, asyncio.DatagramTransport]:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(cls, local_addr=(host, 0))
        return protocol, transport

    def datagram_received(self, data: bytes, _addr: object) -> None:
        text = data.decode(errors="replace").replace("\r\n", "\n")
        match = re.match(r"SIP/2\.0 (\d{3})", text)
        if match:
            self.replies.put_nowait(SipReply(int(match[1]), text))
        else:
            self.requests.put_nowait(text)

    async def final(self, timeout: float = 5.0) -> SipReply:
        """The first reply that is not provisional."""
        async with asyncio.timeout(timeout):
            while True:
                reply = await self.replies.get()
                if reply.status >= 200:
                    return reply


def request(
    socket: SipSocket,
    transport: asyncio.DatagramTransport,
    method: str,
    uri: str,
    *,
    user: str,
    cseq: int = 1,
    extra: str = "",
    body: str = "",
) -> bytes:
    """A SIP request as bytes, with a fresh branch; `extra` are whole header lines that end in CRLF."""
    host, port = transport.get_extra_info("sockname")
    to = f"sip:{user}@{host}" if method == "REGISTER" else uri
    content = "Content-Type: application/sdp\r\n" if body else ""
    return (
        f"{method} {uri} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
        f"From: <sip:{user}@{host}>;tag=t1\r\nTo: <{to}>\r\n"
        f"Call-ID: {socket.call_id}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n"
        f"Contact: <sip:{user}@{host}:{port}>\r\n{extra}{content}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def authorization(reply: SipReply, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization header that answers the challenge in `reply` (RFC 2617, with qop=auth)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', reply.header("WWW-Authenticate")))
    cnonce = secrets.token_hex(4)

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    first = md5(f"{user}:{given['realm']}:{password}")
    second = md5(f"{method}:{uri}")
    response = md5(f"{first}:{given['nonce']}:00000001:{cnonce}:auth:{second}")
    opaque = f', opaque="{given["opaque"]}"' if "opaque" in given else ""
    return (
        f'Authorization: Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", '
        f'uri="{uri}", '
        f'response="{response}", algorithm=MD5, cnonce="{cnonce}", nc=00000001, qop=auth{opaque}\r\n'
    )


def offer(host: str, port: int) -> str:
    """An SDP offer of A-law at this address."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    )
