"""Control on a fake Asterisk in virtual time: callers and agents are played by the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from springline.contracts import codec, subjects
from springline.contracts.commands import AnyCommand, AnyReply
from springline.contracts.config import AgentConfig, Config, Device, FlowConfig, HotlineConfig, QueueConfig
from springline.contracts.events import AnyEvent, CallEvent
from springline.contracts.live import LiveSnapshot
from springline.platform.bus import MemoryBus
from springline.telephony.ari.fake import Dialplan, FakeAsterisk, Phone
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.control.commands import Commands
from springline.telephony.control.exchange import Exchange, stored_pointers
from springline.telephony.control.journal import Journal
from springline.telephony.control.live import LiveBoard
from springline.telephony.flow import shipped
from tests.support.virtual_time import settle

DID = "4000564000"
QUEUE_IDS = ("city", "huoshan", "shucheng", "other", "aftersale", "enterprise", "complaint", "pool")
SKILLS = {"1001": ("city", "huoshan", "pool"), "1002": ("city", "pool"), "1003": ("huoshan", "pool")}
PROMPTS = {
    "welcome.day", "notice.record", "ivr.main", "ivr.repeat", "ivr.order.region", "ivr.invalid",
    "ivr.noinput", "queue.wait", "outarea.bye",
    *(f"route.transfer.{name}" for name in ("urban", "huoshan", "shucheng", "other", "agent")),
}  # fmt: skip


def config(version: int = 1, wrap_up: float = 5.0, max_wait: float = 600.0) -> Config:
    flow = FlowConfig(version="main.v1", document=shipped())
    return Config(
        version=version,
        hotlines=(HotlineConfig(number=DID, dids=(DID,), flow=flow),),
        queues=tuple(
            QueueConfig(id=queue, name=queue, wrap_up=wrap_up, max_wait=max_wait) for queue in QUEUE_IDS
        ),
        agents=tuple(
            AgentConfig(
                id=agent, name=f"坐席{agent}", queues=skills, device=Device.SIP, sip_password="x" * 24
            )
            for agent, skills in SKILLS.items()
        ),
    )


class ExchangeHouse:
    """`asterisk` and `bus` outlive a run of control; `control()` is one run."""

    def __init__(self, recordings: Path) -> None:
        self.bus = MemoryBus()
        self.asterisk = FakeAsterisk(channelvars=("SL_ROLE", "SL_CALL"))
        self.asterisk.dialplan["record", "s"] = Dialplan(stasis_args=("queue",))
        self.recordings = recordings
        self.config = config()
        for agent in SKILLS:
            self.asterisk.phones[f"PJSIP/agent-{agent}"] = Phone(answers_after=2.0)

    @asynccontextmanager
    async def control(self) -> AsyncIterator[Exchange]:
        """One run of control; leaving the block is its death: nothing is tidied up."""
        journal, self.board = Journal(self.bus), LiveBoard(self.bus)
        exchange = Exchange(
            self.bus,
            self.asterisk.connect,
            journal,
            self.board,
            lambda prompt: Path(f"/prompts/{prompt}.wav"),
            self.recordings,
            await stored_pointers(self.bus),
        )
        assert exchange.configure(self.config, PROMPTS)
        await exchange.restore_agents()
        commands = Commands(exchange.switchboard, self.board, lambda: PROMPTS, lambda: set(QUEUE_IDS))
        await self.bus.respond(subjects.CONTROL_COMMANDS, commands.handle)
        jobs = [asyncio.create_task(job) for job in (journal.run(), self.board.run(), exchange.run())]
        await exchange.ari.wait_ready()
        try:
            yield exchange
        finally:
            await settle()
            exchange.abandon()
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            self.asterisk.drop()

    async def ask(self, command: AnyCommand) -> AnyReply:
        reply: AnyReply = await self.bus.request(subjects.CONTROL_COMMANDS, command, AnyReply)
        return reply

    def call(self, caller: str = "13805640001", dialled: str = DID) -> FakeChannel:
        return self.asterisk.call("inbound", dialled, caller=caller, context="inbound")

    async def events(self, kind: type | None = None) -> list[AnyEvent]:
        entries = await self.bus.journal_read(subjects.JOURNAL_ALL)
        events: list[AnyEvent] = [codec.decode_any(entry.data, AnyEvent) for entry in entries]
        return [event for event in events if kind is None or isinstance(event, kind)]

    async def names(self) -> list[str]:
        """Names of the events of calls, in order."""
        return [type(event).__name__ for event in await self.events() if isinstance(event, CallEvent)]

    def snapshot(self) -> LiveSnapshot:
        return self.board.snapshot()

    def agent_leg(self, agent: str) -> FakeChannel | None:
        name = f"PJSIP/agent-{agent}-"
        return next((c for c in self.asterisk.channels.values() if c.name.startswith(name)), None)


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait, in the loop's time, until `condition` holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)
