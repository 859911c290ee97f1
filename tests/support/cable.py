"""The cable between a browser and the house, for its pages and for its sound, which can be pulled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65536
Address = tuple[str, int]


class Cable:
    """Pulled, it carries nothing and closes nothing: what was sent over TCP arrives when it is plugged in
    again, and neither end learns before that the other one has closed; sound is gone.

    `url`: where the house's pages are to be opened. `ports`: what the browser and the engine take for the
    other's port of sound, as `cable.js` tells them; one call at a time.
    """

    url: str
    ports: dict[str, int]

    def __init__(self, to: str) -> None:
        target = urlsplit(to)
        self._target: Address = (target.hostname or "127.0.0.1", target.port or 80)
        self.sounds = True
        self._whole = asyncio.Event()
        self._whole.set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.Task[None]] = set()
        self._forgotten: set[asyncio.Task[None]] = set()
        self._dead: list[asyncio.StreamWriter] = []

    async def start(self, stack: AsyncExitStack) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        stack.callback(server.close)
        stack.push_async_callback(self._stop)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._browser, self._engine = await self._plug(stack), await self._plug(stack)
        self._browser.other, self._engine.other = self._engine, self._browser
        self.ports = {"engine": self._browser.port, "browser": self._engine.port}

    async def _plug(self, stack: AsyncExitStack) -> _Plug:
        loop = asyncio.get_running_loop()
        transport, plug = await loop.create_datagram_endpoint(lambda: _Plug(self), ("127.0.0.1", 0))
        stack.callback(transport.close)
        return plug

    def sound_to(self, host: str, port: int) -> None:
        """The engine's own port of the call that begins."""
        self._engine.far = (host, port)

    def mute(self) -> None:
        """Only sound is lost, as behind a firewall that lets nothing else through than pages."""
        self.sounds = False

    def pull(self) -> None:
        self.sounds = False
        self._whole.clear()

    def plug_in(self, forgetful: bool = False) -> None:
        """`forgetful`: what was connected before stays dead without a word: a router in between forgot it."""
        self.sounds = True
        for task in self._open if forgetful else ():
            self._forgotten.add(task)
            task.cancel()
        self._whole.set()

    async def _stop(self) -> None:
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)
        _abort(self._dead)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        task.add_done_callback(self._open.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        mine = asyncio.current_task()
        assert mine is not None
        try:
            await self._whole.wait()
            away, back = await asyncio.open_connection(*self._target)
            ends.append(back)
            self._open.add(mine)
            await asyncio.gather(_pump(reader, back, self._whole), _pump(away, writer, self._whole))
        except OSError:
            return
        finally:
            if mine in self._forgotten:
                self._dead += ends
            else:
                _abort(ends)


def _abort(ends: list[asyncio.StreamWriter]) -> None:
    for end in ends:
        end.transport.abort()


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter, whole: asyncio.Event) -> None:
    with suppress(OSError):
        while data := await source.read(CHUNK):
            await whole.wait()
            to.write(data)
            await to.drain()
    await whole.wait()
    # Nobody here goes on with half a connection.
    to.close()


class _Plug(asyncio.DatagramProtocol):
    """One end for sound: what comes in here goes out at the other one, to whoever spoke there last."""

    other: _Plug

    def __init__(self, cable: Cable) -> None:
        self.far: Address | None = None
        self._cable = cable

    @property
    def port(self) -> int:
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.far = addr
        if self._cable.sounds and self.other.far is not None:
            self.other._transport.sendto(data, self.other.far)


@asynccontextmanager
async def cable(to: str) -> AsyncIterator[Cable]:
    """`to`: the address that the browser would open without it, such as http://127.0.0.1:8000."""
    async with AsyncExitStack() as stack:
        one = Cable(to)
        await one.start(stack)
        yield one
