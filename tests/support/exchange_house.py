"""Control on a fake Asterisk in virtual time: callers and agents are played by the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from springline.contracts import codec, subjects
from springline.contracts.agents import AgentState
from springline.contracts.commands import AnyCommand, AnyReply, Done, SetReady, SignIn
from springline.contracts.config import (
    AgentConfig,
    Config,
    Device,
    FlowConfig,
    HotlineConfig,
    QueueConfig,
    ServiceHours,
)
from springline.contracts.event import CallEvent
from springline.contracts.events import AnyEvent
from springline.contracts.live import AgentRow, CallRow, LiveEvent, LiveSnapshot
from springline.telephony import prompts
from springline.telephony.ari.fake import ANY_EXTENSION, Dialplan, FakeAsterisk, Phone
from springline.telephony.ari.fake.channel import FakeChannel
from springline.telephony.ari.fake.link import Reply
from springline.telephony.control.commands import Commands
from springline.telephony.control.daily_limits import stored_day
from springline.telephony.control.exchange import Exchange
from springline.telephony.control.journal import Journal
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.pointers import stored_pointers
from springline.telephony.control.spool import NAME as SPOOL_NAME
from springline.telephony.flow import shipped
from tests.support.at_once import AtOnce
from tests.support.faulty_bus import FaultyBus
from tests.support.until import until as wait_until
from tests.support.virtual_time import settle

DID = "4000564000"
QUEUE_IDS = ("city", "huoshan", "shucheng", "other", "aftersale", "enterprise", "complaint", "pool")
SKILLS = {"1001": ("city", "huoshan", "pool"), "1002": ("city", "pool"), "1003": ("huoshan", "pool")}
EVERYBODY_CITY = {"1001": ("city",), "1002": ("city",), "1003": ("city",)}
PROMPTS = set(prompts.all_ids())


def config(
    version: int = 1,
    wrap_up: float = 5.0,
    max_wait: float = 600.0,
    skills: dict[str, tuple[str, ...]] | None = None,
    queues: tuple[str, ...] = QUEUE_IDS,
    flow: str = "main.v1",
    hours: ServiceHours | None = None,
    **rules: Any,
) -> Config:
    """`rules` go to every queue."""
    document = FlowConfig(version=flow, document=shipped(flow))
    return Config(
        version=version,
        hotlines=(HotlineConfig(number=DID, dids=(DID,), flow=document, hours=hours),),
        queues=tuple(
            QueueConfig(id=queue, name=queue, wrap_up=wrap_up, max_wait=max_wait, **rules) for queue in queues
        ),
        agents=tuple(
            AgentConfig(id=agent, name=f"坐席{agent}", queues=known, device=Device.SIP, sip_password="x" * 24)
            for agent, known in (skills or SKILLS).items()
        ),
    )


class ExchangeHouse:
    """`asterisk` and `bus` outlive a run of control; `control()` is one run.

    `live` holds what the board published, of all runs. `broken_sounds` are prompts whose look-up raises.
    `disk_full`: nothing can be spooled. `sound_flows` names agents' legs whose device sends RTP: its counter
    grows with the time.
    """

    def __init__(self, recordings: Path) -> None:
        self.bus = FaultyBus()
        self.asterisk = FakeAsterisk(channelvars=("SL_ROLE", "SL_CALL", "SL_AGENT"))
        self.asterisk.recordings = recordings
        self.asterisk.dialplan["record", ANY_EXTENSION] = Dialplan(stasis_args=("queue",), retry=0.5)
        self.recordings = recordings
        self.config = config()
        self.live: list[LiveEvent] = []
        self.snapshots: list[LiveSnapshot] = []
        self.broken_sounds: set[str] = set()
        self.disk_full = False
        self.look_every = 10.0
        self.silent_devices: set[str] = set()
        self.asterisk._rest._routes["GET"]["channels", "{}", "rtp_statistics"] = self._rtp_statistics
        for agent in SKILLS:
            self.asterisk.phones[f"PJSIP/agent-{agent}"] = Phone(answers_after=2.0)

    @asynccontextmanager
    async def control(self) -> AsyncIterator[Exchange]:
        """One run of control; leaving the block is its death: nothing is tidied up."""
        journal, self.board = Journal(self.bus, self.spool, disk=AtOnce()), LiveBoard(self.bus)
        self.journal = journal
        await journal.tell_what_waited(10.0)
        self.snapshots.append(self.board.snapshot())
        self.exchange = exchange = Exchange(
            self.bus,
            self.asterisk.connect,
            journal,
            self.board,
            self._sound,
            self.recordings,
            await stored_pointers(self.bus),
            day_out=await stored_day(self.bus),
            look_every=self.look_every,
            aside=self.asterisk.connect_aside,
        )
        listening = asyncio.create_task(self._listen())
        await settle()
        assert exchange.configure(self.config, PROMPTS)
        await exchange.restore_agents()
        commands = Commands(
            exchange.switchboard,
            self.board,
            lambda: PROMPTS,
            lambda: set(QUEUE_IDS),
            exchange.place,
            journal.stored,
            exchange.supervisors.supervise,
            exchange.calls_out,
            exchange.resetting,
        )
        await self.bus.respond(subjects.CONTROL_COMMANDS, commands.handle)
        work = (journal.run(), journal.keep_checkpoint(), self.board.run(), exchange.run())
        jobs = [asyncio.create_task(job) for job in work]
        if not self.asterisk.refuses_connections:
            await exchange.ari.wait_ready()
        try:
            yield exchange
        finally:
            await settle()
            exchange.abandon()
            for job in (*jobs, listening):
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            # Its timers would go on otherwise: in a test the loop outlives the process.
            if (timer := exchange.switchboard._timer) is not None:
                timer.cancel()
            self.asterisk.drop(refuse=self.asterisk.refuses_connections)

    @property
    def spool(self) -> Path:
        """Where nothing can be written when the disk is full."""
        return self.recordings / ("full" if self.disk_full else "") / SPOOL_NAME

    async def _listen(self) -> None:
        async for data in self.bus.subscribe(subjects.LIVE_EVENTS):
            self.live.append(codec.decode(data, LiveEvent))

    def _sound(self, prompt: str) -> Path:
        if prompt in self.broken_sounds:
            raise FileNotFoundError(prompt)
        return Path(f"/prompts/{prompt}.wav")

    def _rtp_statistics(self, call: object) -> Reply:
        channel = self.asterisk.channels.get(call.ids[0])  # type: ignore[attr-defined]
        if channel is None:
            return Reply(404, {"message": "Channel not found"})
        agent = channel.variables.get("SL_AGENT", "")
        packets = 7 if agent in self.silent_devices else int(self.asterisk.now * 50)
        numbers = dict.fromkeys(
            ("txcount", "txploss", "rxploss", "local_ssrc", "remote_ssrc", "txoctetcount", "rxoctetcount"), 0
        )
        return Reply(200, {**numbers, "rxcount": packets, "channel_uniqueid": channel.id})

    # What people do

    async def ask(self, command: AnyCommand) -> AnyReply:
        reply: AnyReply = await self.bus.request(subjects.CONTROL_COMMANDS, command, AnyReply)
        return reply

    async def work(self, *agents: str) -> None:
        """These agents sign in and are ready."""
        for agent in agents:
            assert await self.ask(SignIn(agent=agent)) == Done()
            assert await self.ask(SetReady(agent=agent)) == Done()

    def call(self, caller: str = "13805640001", dialled: str = DID) -> FakeChannel:
        return self.asterisk.call("inbound", dialled, caller=caller, context="inbound")

    async def call_in(self, keys: str = "11", caller: str = "13805640001") -> FakeChannel:
        """A call that has gone through the menus by `keys` and entered its queue."""
        channel = self.call(caller)
        for key, menu in zip(keys, ("ivr.main", "ivr.order.region"), strict=False):
            await self.hears(channel, menu)
            channel.press(key)
        await until(lambda: self.row_of(channel) is not None and self.row_of(channel).queue is not None)
        return channel

    async def talk_in(self, keys: str = "11", caller: str = "13805640001") -> tuple[FakeChannel, FakeChannel]:
        """A call that talks: its channel and its agent's leg."""
        channel = await self.call_in(keys, caller)
        await until(lambda: channel.bridge_id is not None)
        await settle()
        return channel, self.partner(channel)

    def partner(self, caller: FakeChannel) -> FakeChannel:
        members = self.asterisk.bridges[caller.bridge_id or ""].channels
        [leg] = [self.asterisk.channels[i] for i in members if i != caller.id]
        return leg

    async def hears(self, caller: FakeChannel, prompt: str, seconds: float = 120.0) -> None:
        """Wait until this prompt is being said."""
        await until(lambda: self.said_now(caller) == prompt, seconds)

    def said_now(self, caller: FakeChannel) -> str | None:
        if not caller.heard or caller.heard[-1].ended is not None:
            return None
        return prompt_of(caller.heard[-1].media)

    def heard(self, caller: FakeChannel) -> list[str]:
        return [prompt_of(one.media) for one in caller.heard]

    def phone(self, agent: str, **behaviour: object) -> None:
        """How the agent's phone behaves from the next ring on."""
        name = f"PJSIP/agent-{agent}"
        phone = self.asterisk.phones.get(name, Phone(answers_after=2.0))
        self.asterisk.phones[name] = replace(phone, **behaviour)  # type: ignore[arg-type]

    def register(self, agent: str, registered: bool) -> None:
        self.asterisk.set_registered(f"PJSIP/agent-{agent}", registered)

    def agent_leg(self, agent: str) -> FakeChannel | None:
        name = f"PJSIP/agent-{agent}-"
        return next((c for c in self.asterisk.channels.values() if c.name.startswith(name)), None)

    # What can be seen

    async def events(self, kind: type | None = None) -> list[AnyEvent]:
        entries = await self.bus.journal_read(subjects.JOURNAL_ALL)
        events: list[AnyEvent] = [codec.decode_any(entry.data, AnyEvent) for entry in entries]
        return [event for event in events if kind is None or isinstance(event, kind)]

    async def names(self) -> list[str]:
        """Names of the events of calls, in order."""
        return [type(event).__name__ for event in await self.events() if isinstance(event, CallEvent)]

    def snapshot(self) -> LiveSnapshot:
        return self.board.snapshot()

    def call_rows(self) -> list[CallRow]:
        return [row for row in self.snapshot().rows if isinstance(row, CallRow)]

    def row_of(self, channel: FakeChannel) -> CallRow | None:
        call = next((c for c in self.exchange._calls.values() if c.facts.channel_id == channel.id), None)
        return None if call is None else self.board.get("call", call.facts.call_id)  # type: ignore[return-value]

    def agent(self, agent: str) -> AgentRow:
        row = self.board.get("agent", agent)
        assert isinstance(row, AgentRow)
        return row

    async def agent_is(self, agent: str, state: AgentState, seconds: float = 60.0) -> None:
        await until(lambda: self.agent(agent).state is state, seconds)


def prompt_of(media: str) -> str:
    return media.removeprefix("sound:/prompts/")


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """In the loop's time, which is virtual here: a minute costs nothing. Raises TimeoutError."""
    await wait_until(condition, seconds, every=0.05)


async def never(condition: Callable[[], object], seconds: float) -> None:
    """For this long `condition` does not come to hold."""
    with suppress(TimeoutError):
        await until(condition, seconds)
        raise AssertionError("it happened")
