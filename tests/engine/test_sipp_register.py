"""SIPp's phones register with a registrar that is slow, or that does not know them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from springline.platform.supervisor import free_port, free_range
from springline.telephony.simulator.sipp import SippJob, require_sipp, run_sipp

pytestmark = pytest.mark.load


class Registrar(asyncio.DatagramProtocol):
    """Asks for a password, and once more for the request it heard twice; then takes it if `knows`."""

    def __init__(self, knows: bool) -> None:
        self._knows = knows
        self._first = b""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if b"CSeq: 1 " in data:
            self._first = data
            self._answer(data, "401 Unauthorized", address)
            return
        self._answer(self._first, "401 Unauthorized", address)
        self._answer(self._first, "401 Unauthorized", address)
        self._answer(data, "200 OK" if self._knows else "401 Unauthorized", address)

    def _answer(self, request: bytes, status: str, address: tuple[str, int]) -> None:
        kept = re.findall(
            r"^(?:Via|From|To|Call-ID|CSeq): .*?$", request.decode().replace("\r", ""), re.MULTILINE
        )
        ask = 'WWW-Authenticate: Digest realm="springline",nonce="1",algorithm=MD5,qop="auth"'
        lines = [f"SIP/2.0 {status}", *kept, ask, "Content-Length: 0", "", ""]
        self._transport.sendto("\r\n".join(lines).encode(), address)


@pytest.mark.parametrize("knows", [True, False])
async def test_a_request_that_was_answered_twice_is_registered_and_a_wrong_password_is_not(
    knows: bool, tmp_path: Path
) -> None:
    loop, port = asyncio.get_running_loop(), free_port("udp")
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Registrar(knows), local_addr=("127.0.0.1", port)
    )
    job = SippJob(
        "register", tmp_path, f"127.0.0.1:{port}", free_port("udp"), free_range(4)[0], calls=1,
        rows=["agent-2001;[authentication username=agent-2001 password=secret]"],
    )  # fmt: skip
    try:
        result = await run_sipp(require_sipp(), job, within=30)
    finally:
        transport.close()
    assert (result.stats.successful, result.stats.failed) == ((1, 0) if knows else (0, 1))
