"""Whatever nats-py raises, callers see a BusError and the next question is answered."""

from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
import pytest

from springline.platform.bus import Bus, BusError
from springline.platform.bus.nats import FAILED_ANSWERS


class Client:
    """As much of nats-py's as these need; `fault` is raised by all of it."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.closed = False
        self.ask: Callable[[Any], Awaitable[None]] | None = None

    def jetstream(self, timeout: float) -> None:
        return None

    async def subscribe(self, _subject: str, queue: str = "", cb: Any = None) -> None:
        self.ask = cb

    async def flush(self, timeout: float = 0) -> None:
        assert self.fault is not None
        raise self.fault

    async def close(self) -> None:
        self.closed = True
        assert self.fault is not None
        raise self.fault

    async def publish(self, _subject: str, _data: bytes) -> None:
        assert self.fault is not None
        raise self.fault


class Question:
    data = b"?"

    def __init__(self, fault: Exception | None = None) -> None:
        self.answers: list[bytes] = []
        self.fault = fault

    async def respond(self, answer: bytes) -> None:
        if self.fault is not None:
            raise self.fault
        self.answers.append(answer)


def bus_over(client: Client) -> Bus:
    return Bus(client)  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [nats.errors.FlushTimeoutError(), nats.errors.ConnectionClosedError()])
async def test_a_subscription_that_cannot_be_made_is_a_bus_error(fault: Exception) -> None:
    with pytest.raises(BusError):
        await anext(bus_over(Client(fault)).subscribe("s"))


@pytest.mark.parametrize(
    "fault", [nats.errors.ConnectionClosedError(), ConnectionResetError(), TimeoutError()]
)
async def test_the_end_of_a_bus_whose_server_ended_first_is_no_fault(fault: Exception) -> None:
    client = Client(fault)
    await bus_over(client).close()
    assert client.closed


async def test_a_message_that_is_too_large_is_a_bus_error_and_one_without_a_connection_is_lost() -> None:
    with pytest.raises(BusError):
        await bus_over(Client(nats.errors.MaxPayloadError())).publish("s", "word")
    await bus_over(Client(nats.errors.ConnectionClosedError())).publish("s", "word")


async def test_a_handler_that_fails_is_counted_and_the_next_question_is_answered() -> None:
    client = Client()
    faults = [ValueError("a fault of the program")]

    async def handler(_data: bytes) -> bytes:
        if faults:
            raise faults.pop()
        return b"!"

    await bus_over(client).respond("s", handler)
    assert client.ask is not None
    failed = FAILED_ANSWERS._value.get()
    await client.ask(Question())
    assert FAILED_ANSWERS._value.get() == failed + 1
    question = Question()
    await client.ask(question)
    assert question.answers == [b"!"]
    await client.ask(Question(nats.errors.ConnectionClosedError()))
    assert FAILED_ANSWERS._value.get() == failed + 1
