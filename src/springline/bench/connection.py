"""HTTP/1.1 by hand: a library's client would take as much processor time as the server."""

from __future__ import annotations

import asyncio

from springline.platform.settings import Settings


class Connection:
    """To the web process of a home, for JSON posted to one path."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        self._reader, self._writer, self._head = reader, writer, head

    @classmethod
    async def open(cls, settings: Settings, token: str, path: str) -> Connection:
        """Raises OSError."""
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.web_port)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nAccept-Language: zh-hans\r\nContent-Length: "
        )
        return cls(reader, writer, head)

    @property
    def closed(self) -> bool:
        return self._reader.at_eof()

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Status and body. Raises OSError, EOFError when the server went away."""
        self._writer.write(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        answer = await self._reader.readexactly(length)
        return int(head.split(" ", 2)[1]), answer

    def close(self) -> None:
        self._writer.close()


def open_still(idle: list[Connection]) -> Connection | None:
    """The server closes what was idle for some seconds."""
    while idle:
        if not (connection := idle.pop()).closed:
            return connection
    return None
