"""The socket itself, against a real WebSocket server on this machine."""

import asyncio
import contextlib

import pytest
from websockets.asyncio.server import serve

from springline.telephony.ari import AriBadRequest, AriDisconnected, WebSocketConnector


@pytest.fixture
def event_loop_policy():
    return asyncio.DefaultEventLoopPolicy()


@contextlib.asynccontextmanager
async def server(handler, **options):
    async with serve(handler, "127.0.0.1", 0, **options) as listening:
        yield listening.sockets[0].getsockname()[1]


def connector(port, silence=5.0):
    return WebSocketConnector(f"http://127.0.0.1:{port}/ari", "springline", "user", "秘密", silence=silence)


class Peer:
    """What the client's callbacks got."""

    def __init__(self):
        self.texts = asyncio.Queue()
        self.lost = asyncio.Event()

    async def connect(self, port, silence=5.0):
        return await connector(port, silence)(self.texts.put_nowait, self.lost.set)


async def test_it_asks_for_the_application_with_credentials_and_carries_texts():
    asked = {}

    async def handler(socket):
        asked["path"] = socket.request.path
        asked["authorization"] = socket.request.headers["Authorization"]
        async for text in socket:
            await socket.send(text.upper())

    async with server(handler) as port:
        peer = Peer()
        link = await peer.connect(port)
        link.send("ping 中".encode())
        assert await asyncio.wait_for(peer.texts.get(), 5) == "PING 中".encode()
        link.close()
    assert asked == {"path": "/ari/events?app=springline", "authorization": "Basic dXNlcjrnp5jlr4Y="}
    assert not peer.lost.is_set()


async def test_fragments_and_large_texts_are_put_together():
    async def handler(socket):
        await socket.send(["one ", "two ", "three"])
        await socket.send("x" * 3_000_000)
        await socket.wait_closed()

    async with server(handler) as port:
        peer = Peer()
        link = await peer.connect(port)
        assert await asyncio.wait_for(peer.texts.get(), 5) == b"one two three"
        assert len(await asyncio.wait_for(peer.texts.get(), 5)) == 3_000_000
        link.close()


async def test_a_closed_server_side_is_reported_and_sending_refused():
    async def handler(socket):
        await socket.close()

    async with server(handler) as port:
        peer = Peer()
        link = await peer.connect(port)
        await asyncio.wait_for(peer.lost.wait(), 5)
        with pytest.raises(AriDisconnected):
            link.send(b"{}")


async def test_a_server_that_falls_silent_is_given_up():
    """A frozen Asterisk keeps its sockets open; only the missing pong tells."""
    frozen = asyncio.Event()

    async def mute(reader, writer):
        from websockets.server import ServerProtocol

        protocol = ServerProtocol()
        while not (events := protocol.events_received()):
            protocol.receive_data(await reader.read(4096))
        protocol.send_response(protocol.accept(events[0]))
        writer.write(b"".join(protocol.data_to_send()))
        await frozen.wait()
        writer.close()

    listening = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with listening:
        peer = Peer()
        await peer.connect(listening.sockets[0].getsockname()[1], silence=0.1)
        await asyncio.wait_for(peer.lost.wait(), 5)
        frozen.set()


async def test_a_quiet_but_living_server_is_kept():
    async def handler(socket):
        await socket.wait_closed()

    async with server(handler) as port:
        peer = Peer()
        link = await peer.connect(port, silence=0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.lost.wait(), 0.6)
        link.close()


async def test_refusals_are_told_apart():
    def refuse(connection, request):
        return connection.respond(401, "no")

    async with server(lambda socket: None, process_request=refuse) as port:
        with pytest.raises(AriBadRequest) as caught:
            await Peer().connect(port)
        assert caught.value.status == 401
    with pytest.raises(OSError, match="Connect"):
        await Peer().connect(port)
