"""The control process: bus, config, engine link, and everything that runs beside the calls."""

import asyncio
import gc
from collections.abc import Coroutine, Iterator

import structlog
from prometheus_client import REGISTRY

from springline.contracts import subjects
from springline.contracts.config import Config
from springline.platform import metrics
from springline.platform.bus import AnyBus, Bus, BusError
from springline.platform.settings import Settings
from springline.telephony import prompts
from springline.telephony.ari import AriError, WebSocketConnector
from springline.telephony.control import caller, configuration
from springline.telephony.control.away import Away, keys_of
from springline.telephony.control.bans import Bans
from springline.telephony.control.clock_steps import STEPS
from springline.telephony.control.commands import Commands
from springline.telephony.control.daily_limits import stored_day
from springline.telephony.control.devices import MODULE, Devices
from springline.telephony.control.engine_logs import EngineLogs
from springline.telephony.control.exchange import APP, Exchange
from springline.telephony.control.journal import Journal
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.pointers import stored_pointers
from springline.telephony.control.refused import RefusedRequests
from springline.telephony.control.spool import NAME as SPOOL_NAME
from springline.telephony.control.trunk_watch import TrunkWatch
from springline.telephony.control.turned_away import TurnedAway
from springline.telephony.engine.figures import EngineFigures
from springline.telephony.engine.pjsip import render_bans
from springline.telephony.engine.process import command
from springline.telephony.engine.render import BANS_FILE, write_private
from springline.telephony.instance import bans_file, engine_config

log = structlog.get_logger("control")

# An application without channels: its socket carries the requests that wait for a channel's thread.
ASIDE = f"{APP}-aside"
BUS_RETRY_SECONDS = 0.5
CONFIG_RETRY_SECONDS = 0.3
TOLD_SECONDS = 10.0
# Steps of a call come in bursts; what leaves together, journal and live rows too, costs about as much as one.
GATHER_SECONDS = 0.02

# A call's objects die with their references; the rare cycle can wait for so many new objects.
COLLECT_AFTER = (20_000, 10, 10)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Until `stop` is set. Calls that are in the house stay there: the next run takes them over."""
    bus = await _bus(settings)
    try:
        await Control(settings, bus).run(stop)
    finally:
        await bus.close()


class Control:
    def __init__(self, settings: Settings, bus: AnyBus) -> None:
        self._settings = settings
        self._bus = bus
        self._copy = settings.state_dir / "config.json"
        self._engine = engine_config(settings)
        self._journal = Journal(bus, settings.state_dir / SPOOL_NAME, GATHER_SECONDS)
        self._board = LiveBoard(bus, GATHER_SECONDS)

    def _connector(self, app: str) -> WebSocketConnector:
        engine = self._engine
        return WebSocketConnector(engine.ari_url, app, engine.ari_user, engine.ari_password)

    async def run(self, stop: asyncio.Event) -> None:
        await self._journal.tell_what_waited(TOLD_SECONDS)
        config = await self._first_config()
        caller.warm_up()
        # What was loaded stays; looking through all of it again would hold up a call for about 80 ms.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        self._devices = Devices(self._engine)
        self._exchange = exchange = Exchange(
            self._bus,
            self._connector(APP),
            self._journal,
            self._board,
            lambda prompt: prompts.resolve(self._settings.home, prompt),
            self._settings.recordings_dir,
            await stored_pointers(self._bus),
            self._devices,
            await stored_day(self._bus),
            GATHER_SECONDS,
            self._settings.reconcile_seconds,
            self._settings.trunk_hang_up_causes,
            self._connector(ASIDE),
        )
        if not await self._apply(config) and (old := configuration.last_good(self._copy)) is not None:
            await self._apply(old)
        await exchange.restore_agents()
        bans = Bans(
            bans_file(self._settings),
            (*self._settings.trunk_allow, *self._settings.ban_never),
            self._journal.write,
            self._close_out,
        )
        commands = Commands(
            exchange.switchboard,
            self._board,
            lambda: set(prompts.all_ids()),
            lambda: set(exchange.office.plan.queues),
            exchange.place,
            self._journal.stored,
            exchange.supervisors.supervise,
            exchange.calls_out,
            exchange.resetting,
            bans.lift,
        )
        # In a group, so that one command's wait for the journal holds up no other.
        await self._bus.respond(subjects.CONTROL_COMMANDS, commands.handle, "control")
        REGISTRY.register(EngineFigures(self._engine))
        await metrics.serve(self._bus, "control")
        refused = RefusedRequests(self._engine.security_log, self._journal.write, bans.refused)
        try:
            await self._work(stop, refused, bans)
        finally:
            exchange.abandon()
            self._journal.keep()

    async def _work(self, stop: asyncio.Event, refused: RefusedRequests, bans: Bans) -> None:
        logs = (self._engine.message_log, self._engine.offer_log)
        await _until(
            stop,
            self._journal.run(),
            self._journal.keep_checkpoint(),
            self._board.run(),
            self._exchange.run(),
            Away(
                self._exchange.office,
                lambda: keys_of(self._engine.database),
                lambda text: command(self._engine, text),
            ).run(),
            self._watch_config(),
            self._watch_link(),
            self._devices.keep_trying(self._refresh_devices),
            STEPS.run(),
            refused.run(),
            TurnedAway(logs, self._engine.trunk_name, self._journal.write).run(),
            bans.run(),
            *self._trunk_watch(),
            EngineLogs(self._engine.logs, self._exchange.ari).run(),
        )

    def _trunk_watch(self) -> Iterator[Coroutine[object, object, None]]:
        """A trunk that only receives has no address to be asked at, and the engine calls it offline."""
        if self._engine.trunk_contact:
            yield TrunkWatch(self._exchange.ari, self._board, self._journal.write).run()

    async def _first_config(self) -> Config:
        """Without any config no call can be taken; the dialplan is polite meanwhile."""
        waiting = False
        while (config := await configuration.latest(self._bus, self._copy)) is None:
            if not waiting:
                log.info("waiting_for_config")
                waiting = True
            await asyncio.sleep(CONFIG_RETRY_SECONDS)
        return config

    async def _apply(self, config: Config) -> bool:
        good = self._exchange.configure(config, set(prompts.all_ids()))
        if good:
            await configuration.kept(config, self._copy)
        return good

    async def _watch_config(self) -> None:
        while True:
            try:
                async for data in self._bus.kv_watch(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY):
                    config = configuration.read(data)
                    if config is not None and config.version != self._exchange.office.plan.config.version:
                        await self._apply(config)
                        await self._refresh_devices()
            except BusError as error:
                log.info("config_watch_restarts", error=str(error))
            await asyncio.sleep(BUS_RETRY_SECONDS)

    async def _refresh_devices(self) -> None:
        try:
            await self._exchange.refresh_devices()
        except AriError as error:
            # Without a link now: the next resync does it.
            log.info("devices_later", error=error.code)

    async def _close_out(self, addresses: list[str]) -> bool:
        """Give the engine its access list; False when it has to be tried again."""
        try:
            await asyncio.to_thread(write_private, self._engine.etc / BANS_FILE, render_bans(addresses))
            await self._exchange.ari.asterisk.reload_module(MODULE)
        except (AriError, OSError) as error:
            log.info("bans_later", error=type(error).__name__)
            return False
        return True

    async def _watch_link(self) -> None:
        while True:
            await self._exchange.ari.wait_ready()
            await self._exchange.ari.wait_lost()
            self._exchange.engine_is_down()


async def _until(stop: asyncio.Event, *jobs: object) -> None:
    """Run the jobs until `stop`; a job that fails ends the process, and its supervisor starts it again."""
    tasks = [asyncio.ensure_future(job) for job in jobs]  # type: ignore[call-overload]
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in (stopped, *tasks):
            task.cancel()
        await asyncio.gather(stopped, *tasks, return_exceptions=True)


async def _bus(settings: Settings) -> Bus:
    while True:
        try:
            return await Bus.connect(settings, "control")
        except BusError as error:
            log.warning("waiting_for_bus", error=str(error))
            await asyncio.sleep(BUS_RETRY_SECONDS)
