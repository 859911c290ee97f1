"""The way from this process to control: one bus connection, made in the background and kept."""

import asyncio
import threading
from typing import TypeVar

import structlog
from asgiref.sync import async_to_sync
from prometheus_client import Counter

from springline.contracts import subjects
from springline.contracts.codec import BadMessage
from springline.contracts.commands import AnyCommand, AnyReply, Refused
from springline.platform.bus import AnyBus, Bus, BusError
from springline.platform.settings import Settings

log = structlog.get_logger("web")
T = TypeVar("T")

ANSWER_SECONDS = 2.0
RETRY_SECONDS = 1.0

LOST = Counter("springline_messages_lost_total", "What one process wanted to tell others and could not")


class ControlAway(Exception):
    """Control, or the bus, did not answer."""


class CommandRefused(Exception):
    def __init__(self, reply: Refused) -> None:
        super().__init__(reply.code)
        self.reply = reply


class Link:
    """Holds the bus of this process once there is one; requests before that fail with ControlAway.

    `name`: of this process, on the bus and in the figures.
    """

    def __init__(self, name: str = "web") -> None:
        self.name = name
        self.bus: AnyBus | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._guard = threading.Lock()
        self._told: list[tuple[str, object]] = []

    async def connect(self, settings: Settings, name: str) -> AnyBus:
        """Wait for nats-server as long as it takes; logs the first failure only."""
        said = False
        self.name = name
        self._loop = asyncio.get_running_loop()
        with self._guard:
            # What a loop that is closed was to tell: nobody would be sent for what comes now.
            self._told = []
        while True:
            try:
                self.bus = await Bus.connect(settings, name)
            except BusError as error:
                if not said:
                    log.warning("bus_away", error=str(error))
                said = True
                await asyncio.sleep(RETRY_SECONDS)
            else:
                log.info("bus_connected")
                return self.bus

    async def close(self) -> None:
        bus, self.bus = self.bus, None
        if bus is not None:
            await bus.close()

    async def ask(self, command: AnyCommand, kind: type[T], timeout: float = ANSWER_SECONDS) -> T:
        """Control's reply. Raises ControlAway, or CommandRefused with control's reason."""
        if self.bus is None:
            raise ControlAway("no bus")
        try:
            reply = await self.bus.request(subjects.CONTROL_COMMANDS, command, AnyReply, timeout)  # type: ignore[arg-type]
        except (BusError, BadMessage) as error:
            raise ControlAway(type(error).__name__) from error
        if isinstance(reply, Refused):
            raise CommandRefused(reply)
        if not isinstance(reply, kind):
            raise ControlAway(f"unexpected {type(reply).__name__}")
        return reply

    def tell(self, subject: str, message: object) -> None:
        """Publish from any thread, without waiting; without a bus it is lost."""
        bus, loop = self.bus, self._loop
        if bus is None or loop is None or loop.is_closed():
            return
        with self._guard:
            first = not self._told
            self._told.append((subject, message))
        # What one transaction tells goes out together: to wake the loop costs more than a message.
        if first:
            asyncio.run_coroutine_threadsafe(self._publish(bus), loop)

    async def _publish(self, bus: AnyBus) -> None:
        with self._guard:
            told, self._told = self._told, []
        for subject, message in told:
            try:
                await bus.publish(subject, message)
            except BusError as error:
                LOST.inc()
                log.info("message_lost", subject=subject, error=type(error).__name__)
            except Exception as error:  # the job boundary: one that cannot be told must not cost the others
                LOST.inc()
                log.error("message_failed", subject=subject, exc_info=error)

    def ask_sync(self, command: AnyCommand, kind: type[T], timeout: float = ANSWER_SECONDS) -> T:
        """`ask` for views, which run in threads; the request itself runs on the loop of the bus."""
        if self._loop is None:
            return async_to_sync(self.ask)(command, kind, timeout)
        asked = asyncio.run_coroutine_threadsafe(self.ask(command, kind, timeout), self._loop)
        return asked.result()


link = Link()
