"""The exchange: takes calls in, knows them all, and finds them again after a restart."""

import asyncio
import uuid
from collections.abc import Collection, Coroutine, Iterator
from datetime import datetime
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from springline.contracts.commands import PlaceCall
from springline.contracts.config import Config, HotlineConfig
from springline.contracts.event import utcnow
from springline.contracts.events import CallArrived, CallPlaced, CallRejected, HangupBy
from springline.contracts.house_events import ConfigApplied, ConfigRefused, EngineChanged, EngineStatus
from springline.contracts.live import EngineRow
from springline.platform.bus import AnyBus, BusError
from springline.platform.settings import HANG_UP_CAUSES
from springline.telephony.acd import Acd, AgentDials, Refuse
from springline.telephony.ari import Ari, Connector, Resync
from springline.telephony.ari.generated.events import StasisStart
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control import recovery
from springline.telephony.control.call import Call
from springline.telephony.control.caller import identify
from springline.telephony.control.calls_out import CallsOut
from springline.telephony.control.configuration import NO_PLAN, BadConfig, plan_of
from springline.telephony.control.daily_limits import DailyLimits, DayOut, store_day
from springline.telephony.control.devices import Devices
from springline.telephony.control.facts import Facts
from springline.telephony.control.journal import Journal
from springline.telephony.control.line import Sounds
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.locating import Locator
from springline.telephony.control.office import Office
from springline.telephony.control.outbound import OutboundCall
from springline.telephony.control.outbox import Outbox
from springline.telephony.control.pointers import Pointers
from springline.telephony.control.presence import Presence
from springline.telephony.control.reconciling import LOOK_EVERY_SECONDS, Reconciler
from springline.telephony.control.repeats import Repeats
from springline.telephony.control.resetting import Resetting
from springline.telephony.control.ringing import Watch
from springline.telephony.control.strays import Strays
from springline.telephony.control.supervision import Supervisors
from springline.telephony.control.switchboard import Switchboard
from springline.telephony.control.takeover import Takeover
from springline.telephony.control.unheard import UNHEARD
from springline.telephony.flow import Flow

log = structlog.get_logger("exchange")

APP = "springline"
INBOUND_ARGUMENT = "inbound"
UNALLOCATED, BUSY = "1", "17"

_CALL_IDS = uuid.UUID("5b0d2a52-6f43-4c8e-9f2b-0b8b1f6a0e01")

CALLS = Counter("springline_calls_total", "Calls that arrived", ["result"])
LIVE_CALLS = Gauge("springline_calls_live", "Calls in the house now")
FAILED_TASKS = Counter("springline_tasks_failed_total", "Tasks beside the calls that ended by a fault")
FAILED_CALLS = Counter("springline_calls_failed_total", "Call tasks that ended by a fault of the program")


def call_id_of(channel: Channel) -> str:
    """The same channel always gives the same id, so that a restart cannot make two calls of one."""
    return uuid.uuid5(_CALL_IDS, f"{channel.id} {channel.creationtime.isoformat()}").hex


class Exchange:
    """`pointers` and `day_out` come from the run before; `pointers` go to the bus after `gather` seconds.
    Control and the engine are compared each `look_every` seconds.

    `run` keeps the link to the engine.
    """

    def __init__(
        self,
        bus: AnyBus,
        connector: Connector,
        journal: Journal,
        board: LiveBoard,
        sounds: Sounds,
        recordings: Path,
        pointers: dict[str, str],
        devices: Devices | None = None,
        day_out: DayOut | None = None,
        gather: float = 0.0,
        look_every: float = LOOK_EVERY_SECONDS,
        hang_up_causes: Collection[int] = HANG_UP_CAUSES,
        aside: Connector | None = None,
    ) -> None:
        self._bus = bus
        self._journal = journal
        self._devices = devices
        self._pointers = Pointers(bus, gather)
        self.switchboard = Switchboard(Acd((), (), pointers), board, journal.write, self._pointers.moved)
        self._presence = Presence(self.switchboard)
        self._calls: dict[str, Call | OutboundCall] = {}
        self._day_out: Outbox[DayOut] = Outbox("day_out", lambda changes: store_day(bus, changes))
        self._limits = DailyLimits(day_out, self._day_out.put)
        self.calls_out = CallsOut(self._limits, lambda: self.office.plan, self.switchboard, self._talking_out)
        self.ari = Ari(
            connector,
            APP,
            aside=aside,
            on_stasis_start=self._entered,
            on_resync=self._resynced,
            on_endpoint_event=self._presence.event,
            disallowed=UNHEARD,
        )
        self.office = Office(
            ari=self.ari,
            board=board,
            switchboard=self.switchboard,
            journal=journal.write,
            sounds=sounds,
            recordings=recordings,
            plan=NO_PLAN,
            locator=Locator(bus),
            spawn=self._spawn,
            calls_out=self.calls_out,
            reach=self._presence.reach,
            hang_up_causes=frozenset(hang_up_causes),
        )
        self._strays = Strays(self.ari)
        self._repeats = Repeats()
        self._takeover = Takeover(bus, journal, self.office, self._strays, self, call_id_of)
        self._tasks: set[asyncio.Task[None]] = set()
        self.supervisors = Supervisors(
            self.ari, self.switchboard, self._calls, self._presence.reach, self._spawn
        )
        self.reconciler = Reconciler(
            self.office,
            self._calls,
            self.supervisors,
            self._presence,
            self._strays,
            self._takeover,
            look_every,
        )
        watch = Watch(self.office, self._calls, self._owned, self.reconciler.last)
        self.resetting = Resetting(watch, self._presence, self._strays)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pointers.run())
            group.create_task(self._day_out.run())
            group.create_task(self.ari.run())
            group.create_task(self.reconciler.run())

    def configure(self, config: Config, prompts: set[str]) -> bool:
        """Put a config in force; a bad one is journaled and refused."""
        try:
            self.office.plan = plan_of(config, prompts)
        except BadConfig as bad:
            log.error("config_refused", version=bad.version, errors=bad.errors)
            self._journal.write(ConfigRefused(at=utcnow(), version=bad.version, errors=bad.errors))
            return False
        if self._devices is not None:
            self._devices.want(config.agents)
        self.switchboard.reconfigure(config.queues, config.agents)
        self.calls_out.reconfigured()
        self._journal.write(ConfigApplied(at=utcnow(), version=config.version))
        return True

    def place(self, command: PlaceCall) -> str | None:
        """Make a call for an agent; the code of the refusal, None when it is on its way."""
        rules = self.calls_out.rules_of(command.hotline)
        code = self.calls_out.refusal(command.number, rules)
        if code is not None or rules is None:
            return code
        for decision in self.switchboard.tell(AgentDials(command.agent, command.call_id)):
            if isinstance(decision, Refuse):
                return decision.code
        self._limits.count(utcnow())
        placed = CallPlaced(
            at=utcnow(),
            call_id=command.call_id,
            channel_id=f"out-{command.call_id}",
            agent=command.agent,
            number=command.number,
            presented=rules.callback_number,
            hotline=command.hotline,
            first_call=command.first_call,
        )
        self._journal.write(placed)
        self.go_on_outgoing(Facts.placed(placed), command.agent)
        return None

    def _talking_out(self, now: datetime) -> Iterator[float]:
        """Seconds so far of each call that an agent makes."""
        return (c.facts.talk_seconds(now) for c in self._calls.values() if isinstance(c, OutboundCall))

    async def refresh_devices(self) -> None:
        """Make the engine know the agents' devices as configured, and ask which are there."""
        if self._devices is not None:
            await self._devices.reload(self.ari)
        await self._presence.refresh(self.ari)

    async def restore_agents(self) -> None:
        """Bring every agent back to where the run before left them."""
        agents = [agent.id for agent in self.office.plan.config.agents]
        try:
            states = await recovery.last_states(self._bus, agents)
        except BusError as error:
            log.warning("agents_unknown", error=str(error))
            return
        with self.switchboard.restoring(states):
            for last in states.values():
                for step in recovery.steps_back(last):
                    self.switchboard.tell(step)

    def abandon(self) -> None:
        """Let go of every call without touching it: the next run takes them over."""
        for task in self._tasks:
            task.cancel()

    def _entered(self, event: StasisStart) -> None:
        self.enter(event.channel, event.args)

    def enter(self, channel: Channel, arguments: list[str], found: recovery.Found | None = None) -> None:
        if arguments[:1] == [INBOUND_ARGUMENT]:
            self._take(channel, arguments[1] if len(arguments) > 1 else "", found)
        else:
            # A leg of a call that ended while it was on its way.
            self._spawn("stray", self._strays.drop(channel.id))

    def _take(self, channel: Channel, dialled: str, found: recovery.Found | None) -> None:
        known = self.office.plan.reached_by(dialled)
        call_id = call_id_of(channel)
        if known is None:
            CALLS.labels("rejected").inc()
            self._journal.write(
                CallRejected(
                    # A channel can be met twice, listed at the connect and as an event: told once.
                    id=call_id,
                    at=utcnow(),
                    call_id=call_id,
                    dialled=dialled[:80],
                    caller_raw=channel.caller.number[:80],
                    reason="unknown_number" if self.office.plan.by_did else "no_flow",
                )
            )
            self._spawn("reject", self._strays.drop(channel.id, UNALLOCATED))
            return
        if self._repeats.is_one(channel):
            CALLS.labels("repeated").inc()
            log.warning("invite_repeated", channel=channel.id)
            self._spawn("repeat", self._strays.drop(channel.id, BUSY))
            return
        CALLS.labels("taken").inc()
        hotline, flow = known
        caller = identify(channel.caller.number, hotline.area_code, frozenset(hotline.masked_callers))
        arrived = CallArrived(
            at=utcnow(),
            call_id=call_id,
            channel_id=channel.id,
            dialled=dialled,
            hotline=hotline.number,
            caller_raw=caller.raw,
            caller=caller.e164,
            caller_quality=caller.quality,
        )
        self._journal.write(arrived)
        facts = Facts.of(arrived)
        self._repeats.note(channel, facts)
        self.go_on(facts, hotline, flow, found)

    def go_on(
        self,
        facts: Facts,
        hotline: HotlineConfig,
        flow: Flow,
        found: recovery.Found | None = None,
    ) -> None:
        self._run(Call(self.office, facts, hotline, flow), found)

    def go_on_outgoing(self, facts: Facts, agent: str, found: recovery.Found | None = None) -> None:
        self._run(OutboundCall(self.office, facts, agent), found)

    def _run(self, call: Call | OutboundCall, found: recovery.Found | None) -> None:
        self._calls[call.facts.call_id] = call
        if found is not None:
            for ended in call.facts.supervision_ended(utcnow()):
                call.record(ended)
        if found is not None and isinstance(call, Call):
            call.claim(found)
        LIVE_CALLS.set(len(self._calls))
        self._spawn(f"call {call.facts.call_id}", self._guarded(call, found))

    async def _guarded(self, call: Call | OutboundCall, found: recovery.Found | None) -> None:
        try:
            await call.run(found)
        except Exception:  # the edge of one call: its fault must not touch the others
            FAILED_CALLS.inc()
            log.exception("call_failed", call=call.facts.call_id)
            await self._strays.drop(call.facts.channel_id)
            await call.end(HangupBy.SYSTEM, 0)
        finally:
            self._calls.pop(call.facts.call_id, None)
            if isinstance(call, OutboundCall):
                self.spent(call.facts, call.facts.talk_seconds(utcnow()))
            LIVE_CALLS.set(len(self._calls))

    def spent(self, facts: Facts, talk_seconds: float) -> None:
        rules = self.calls_out.rules_of(facts.hotline)
        self._limits.spend(utcnow(), talk_seconds, rules.rate if rules is not None else 0)

    async def _resynced(self, resync: Resync) -> None:
        self.reconciler.forget()
        found = recovery.survey(resync)
        await self.refresh_devices()
        adopted = 0
        if resync.first:
            adopted = await self._takeover.recover(found)
        self._engine_is_up(adopted)
        await self._strays.tidy(found, resync, self._owned)

    def _owned(self, object_id: str) -> bool:
        return self.supervisors.owns(object_id) or any(call.owns(object_id) for call in self._calls.values())

    def _engine_is_up(self, adopted: int) -> None:
        now = utcnow()
        self._journal.write(EngineChanged(at=now, status=EngineStatus.UP, adopted=adopted))
        self.office.board.put(EngineRow(status=EngineStatus.UP, since=now))

    def engine_is_down(self) -> None:
        row = self.office.board.get("engine", "engine")
        if isinstance(row, EngineRow) and row.status is EngineStatus.UP:
            self.office.link_lost_at = now = utcnow()
            self._journal.write(EngineChanged(at=now, status=EngineStatus.DOWN))
            self.office.board.put(EngineRow(status=EngineStatus.DOWN, since=now))

    def _spawn(self, name: str, coroutine: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What failed beside the calls would be told by nobody."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            FAILED_TASKS.inc()
            log.error("task_failed", task=task.get_name(), exc_info=error)
