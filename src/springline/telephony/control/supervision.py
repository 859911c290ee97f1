"""A supervisor's ear and voice in a conversation. The call itself knows nothing of it until they barge in.

The engine copies what the agent says and hears into a channel that stands with the supervisor's in a bridge
of their own; what the supervisor says there is whispered to the agent. While they only listen, they are mute.
A lost link or a restart of control ends the supervision, never the conversation.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol, cast

import msgspec
import structlog

from springline.contracts.commands import Supervise
from springline.contracts.event import new_id, utcnow
from springline.contracts.events import AnyCallEvent
from springline.contracts.supervision import SuperviseWay, SupervisionChanged
from springline.telephony.acd import AgentDials, ConsultOver, Refuse
from springline.telephony.ari import Ari, AriConflict, AriError, EventStream, Resynced, StreamEvent
from springline.telephony.ari.generated.events import ChannelDestroyed, StasisEnd, StasisStart
from springline.telephony.control.agent_leg import SUPERVISOR_ROLE, AgentLeg, originate
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import bridge_of
from springline.telephony.control.reach import Reach
from springline.telephony.control.switchboard import Switchboard, consult_id

log = structlog.get_logger("supervision")

RINGS_SECONDS = 20


class Supervisable(Protocol):
    """A call. `talking`: the leg of the agent in conversation now."""

    facts: Facts

    @property
    def talking(self) -> AgentLeg | None: ...

    @property
    def expected(self) -> frozenset[str]: ...

    def record(self, event: AnyCallEvent) -> None: ...


class _WayAsked(msgspec.Struct, frozen=True):
    way: SuperviseWay


class _LeaveAsked(msgspec.Struct, frozen=True):
    pass


class _Over(Exception):
    """A leg, the link or the wish to listen is gone."""


class Supervision:
    """Of one supervisor in one call, from ringing their device to the end."""

    def __init__(
        self,
        ari: Ari,
        call: Supervisable,
        agent: AgentLeg,
        supervisor: str,
        endpoint: str,
        way: SuperviseWay,
    ) -> None:
        self.call_id = call.facts.call_id
        self._agent = agent.agent
        self._ari = ari
        self._call = call
        self._spied = agent.channel
        self._supervisor = supervisor
        self._endpoint = endpoint
        self._way = way
        self._mute = False
        self._barged = False
        name = new_id()[:12]
        self._leg, self._ear = f"supervisor-{supervisor}-{name}", f"ear-{supervisor}-{name}"
        self._room = f"supervision-{name}"
        self._made: set[str] = set()
        self._inbox: EventStream = ari.subscribe(self._leg)
        self._inbox.claim(self._ear)

    @property
    def held(self) -> frozenset[str]:
        """Its legs and its bridge."""
        return frozenset({self._leg, self._ear, self._room})

    def owns(self, object_id: str) -> bool:
        return object_id in self.held

    @property
    def expected(self) -> frozenset[str]:
        """The channels that were made for it."""
        return frozenset(self._made)

    def wish(self, way: SuperviseWay | None) -> None:
        self._inbox.put(cast(StreamEvent, _LeaveAsked() if way is None else _WayAsked(way)))

    async def run(self) -> None:
        """Until the supervisor, the agent or the link to the engine is gone."""
        try:
            await originate(
                self._ari,
                self._leg,
                f"PJSIP/{self._endpoint}",
                self._agent,
                SUPERVISOR_ROLE,
                RINGS_SECONDS,
                self.call_id,
                self._supervisor,
            )
            self._made.add(self._leg)
            await self._arrives(self._leg)
            await self._attach()
            while True:
                message = await self._next()
                if isinstance(message, _WayAsked) and message.way is not self._way:
                    await self._go(message.way)
        except _Over:
            return
        except AriError as error:
            log.info("supervision_broken", call=self.call_id, supervisor=self._supervisor, error=error.code)
        finally:
            await self._clear_up()

    async def _next(self) -> StreamEvent | _WayAsked:
        """Raises _Over when it is."""
        message: StreamEvent | _WayAsked | _LeaveAsked = await self._inbox.next()
        if isinstance(message, StasisEnd | ChannelDestroyed | Resynced | _LeaveAsked):
            raise _Over
        return message

    async def _arrives(self, leg: str) -> None:
        """Wait for a leg in our application: nothing can be done with it before."""
        while True:
            message = await self._next()
            if isinstance(message, StasisStart) and message.channel.id == leg:
                return
            if isinstance(message, _WayAsked):
                self._way = message.way

    async def _attach(self) -> None:
        channels, bridges = self._ari.channels, self._ari.bridges
        await channels.snoop_channel_with_id(
            self._spied, self._ear, app=self._ari.app, app_args=SUPERVISOR_ROLE, spy="both", whisper="out"
        )
        self._made.add(self._ear)
        await self._arrives(self._ear)
        await bridges.create_with_id(self._room, type="mixing")
        await self._mute_leg(True)
        await bridges.add_channel(self._room, channel=[self._leg, self._ear])
        await self._go(self._way)

    async def _go(self, way: SuperviseWay) -> None:
        """A supervisor is muted before, and heard only after, they are where they should be."""
        await self._mute_leg(True)
        barges = way is SuperviseWay.BARGE
        if barges is not self._barged:
            bridge = bridge_of(self.call_id) if barges else self._room
            try:
                await self._ari.bridges.add_channel(bridge, channel=[self._leg])
            except AriConflict:
                # Their device hung up at this moment: its end is on its way.
                return
            self._barged = barges
        await self._mute_leg(way is SuperviseWay.LISTEN)
        self._way = way
        self._record(way)

    async def _mute_leg(self, mute: bool) -> None:
        # The engine counts, so that twice muted wants to be twice unmuted.
        if mute is self._mute:
            return
        self._mute = mute
        request = self._ari.channels.mute if mute else self._ari.channels.unmute
        await request(self._leg, direction="in")

    async def _clear_up(self) -> None:
        self._inbox.close()
        if self._supervisor in self._call.facts.supervisors:
            self._record(None)
        ends = (
            self._ari.channels.hangup(self._leg),
            self._ari.channels.hangup(self._ear),
            self._ari.bridges.destroy(self._room),
        )
        for end in ends:
            try:
                await end
            except AriError as error:
                log.debug("not_cleared_up", call=self.call_id, error=error.code)

    def _record(self, way: SuperviseWay | None) -> None:
        if not self._call.facts.ended:
            self._call.record(
                SupervisionChanged(
                    at=utcnow(),
                    call_id=self.call_id,
                    supervisor=self._supervisor,
                    agent=self._agent,
                    way=way,
                )
            )


class Supervisors:
    """Who is in whose conversation. For the queues a supervisor in one is busy, as if consulted."""

    def __init__(
        self,
        ari: Ari,
        switchboard: Switchboard,
        calls: Mapping[str, Supervisable],
        reach: Reach,
        spawn: Callable[[str, Coroutine[object, object, None]], None],
    ) -> None:
        self._ari = ari
        self._switchboard = switchboard
        self._calls = calls
        self._reach = reach
        self._spawn = spawn
        self._running: dict[str, Supervision] = {}

    def owns(self, object_id: str) -> bool:
        return any(one.owns(object_id) for one in self._running.values())

    def held(self) -> set[str]:
        return {one for running in self._running.values() for one in running.held}

    def expected(self) -> dict[str, frozenset[str]]:
        """The channels that must be there, by what the queues know the supervisor's part by."""
        running = self._running.items()
        return {consult_id(one.call_id, supervisor): one.expected for supervisor, one in running}

    def end(self, part: str) -> None:
        """Something of it is gone unheard."""
        for supervisor, one in self._running.items():
            if consult_id(one.call_id, supervisor) == part:
                one.wish(None)

    def supervise(self, command: Supervise) -> str | None:
        """The code of the refusal; None: it is on its way."""
        running = self._running.get(command.supervisor)
        if running is not None and running.call_id == command.call_id:
            if self._parted(command):
                return "consulting"
            running.wish(command.way)
            return None
        if command.way is None:
            return "no_supervision"
        return self._begin(command, command.way)

    def _begin(self, command: Supervise, way: SuperviseWay) -> str | None:
        call = self._calls.get(command.call_id)
        if call is None:
            return "unknown_call"
        leg = call.talking
        if leg is None:
            return "no_conversation"
        if leg.agent == command.supervisor:
            return "own_call"
        if self._parted(command):
            return "consulting"
        if not self._reach.there(command.supervisor) and self._switchboard.agent(command.supervisor):
            # A mobile is for callers.
            return "device_away"
        part = consult_id(command.call_id, command.supervisor)
        for decision in self._switchboard.tell(AgentDials(command.supervisor, part)):
            if isinstance(decision, Refuse):
                return decision.code
        endpoint = self._reach.best(command.supervisor)
        one = Supervision(self._ari, call, leg, command.supervisor, endpoint, way)
        self._running[command.supervisor] = one
        self._spawn(f"supervision {command.supervisor}", self._run(one, command.supervisor, part))
        return None

    def _parted(self, command: Supervise) -> bool:
        """Who barges in would find the agent with a colleague, and the caller beside them."""
        call = self._calls.get(command.call_id)
        return command.way is SuperviseWay.BARGE and call is not None and call.facts.consult is not None

    async def _run(self, one: Supervision, supervisor: str, part: str) -> None:
        try:
            await one.run()
        finally:
            self._running.pop(supervisor, None)
            self._switchboard.tell(ConsultOver(part, supervisor))
