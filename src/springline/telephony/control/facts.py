"""What is known of one call: the fold of its events. A call that control meets again after a restart is
rebuilt by the same fold from the journal."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from springline.contracts.events import (
    AgentConnected,
    AgentLost,
    AgentOffered,
    AnyCallEvent,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerQuality,
    CallerResolved,
    CallHeld,
    CallOutcome,
    CallOverflowed,
    CallPlaced,
    CallQueued,
    CallUnheld,
    HangupBy,
    MenuEntered,
    NoticePlayed,
    OfferEnded,
    OfferOutcome,
    RecordingFinished,
    RecordingStarted,
)
from springline.contracts.handovers import (
    OUTSIDE,
    CallTransferred,
    ConsultAnswered,
    ConsultEnded,
    ConsultJoined,
    ConsultStarted,
)
from springline.contracts.live import CallPhase, CallRow, ConsultPhase
from springline.contracts.routing import Certainty, PlaceLevel
from springline.contracts.supervision import SuperviseWay, SupervisionChanged
from springline.contracts.voicemail import (
    CallbackNumberGiven,
    MessageFinished,
    MessageOffered,
    MessageStarted,
)
from springline.contracts.warnings import CallerDismissed, CallerWarned
from springline.telephony.control.clock_steps import elapsed

IN, OUT = "in", "out"


@dataclass(frozen=True)
class Consult:
    """The colleague who is asked; `channel_id` is their leg."""

    to_agent: str
    channel_id: str
    number: str | None = None
    phase: ConsultPhase = ConsultPhase.RINGING


LEAST_MESSAGE_SECONDS = 1.0
"""A shorter one is a click and a breath: nobody left a message."""


@dataclass
class Facts:
    """`agent` rings or talks, `connected_at` tells which; `talk_before` are the seconds with agents whose
    devices were lost. `resolved`: what the records knew of the caller. `if_left`: what the call was,
    should it end where it is now. `waiting_since`: of the present wait, or of that before the present
    conversation; `waited_before`: seconds of those before it. `wanted`: the agent to whom the call
    was handed. `message`: the path of the message's file. `recordings` counts the files of conversations,
    `recording` is the newest; those of `unfinished` are not told to be whole yet. `dismissed`: the closing
    words after a warning were begun."""

    call_id: str
    channel_id: str
    arrived_at: datetime
    hotline: str
    dialled: str
    caller: str | None
    caller_raw: str
    caller_quality: CallerQuality
    phase_since: datetime
    direction: str = IN
    first_call: str | None = None
    answered_at: datetime | None = None
    notice_played: bool = False
    resolved: CallerResolved | None = None
    node: str | None = None
    if_left: CallOutcome | None = None
    queue: str | None = None
    queued_at: datetime | None = None
    waiting_since: datetime | None = None
    waited_before: float = 0.0
    intent: str | None = None
    region: str | None = None
    region_source: str | None = None
    overflowed: bool = False
    message_reason: str | None = None
    callback_number: str | None = None
    message: str | None = None
    message_seconds: float | None = None
    agent: str | None = None
    offer_open: bool = False
    connected_at: datetime | None = None
    held: bool = False
    consult: Consult | None = None
    supervisors: dict[str, SuperviseWay] = field(default_factory=dict)
    mobile: bool = False
    outside_number: str | None = None
    warned_at: datetime | None = None
    dismissed: bool = False
    wanted: str | None = None
    talk_before: float = 0.0
    handled: bool = False
    recording: str | None = None
    recordings: int = 0
    unfinished: tuple[str, ...] = ()
    ended: bool = False

    @classmethod
    def of(cls, first: CallArrived) -> "Facts":
        return cls(
            call_id=first.call_id,
            channel_id=first.channel_id,
            arrived_at=first.at,
            hotline=first.hotline,
            dialled=first.dialled,
            caller=first.caller,
            caller_raw=first.caller_raw,
            caller_quality=first.caller_quality,
            phase_since=first.at,
        )

    @classmethod
    def placed(cls, first: CallPlaced) -> "Facts":
        """Of a call that an agent makes: `caller` is who is called."""
        return cls(
            call_id=first.call_id,
            channel_id=first.channel_id,
            arrived_at=first.at,
            hotline=first.hotline,
            dialled=first.presented,
            caller=first.number,
            caller_raw=first.number,
            caller_quality=CallerQuality.REAL,
            phase_since=first.at,
            direction=OUT,
            first_call=first.first_call,
            # The agent says so, as the first thing.
            notice_played=True,
        )

    @property
    def phase(self) -> CallPhase:
        if self.connected_at is not None:
            return CallPhase.TALKING
        if self.agent is not None:
            return CallPhase.RINGING
        if self.message_reason is not None:
            return CallPhase.MESSAGE
        return CallPhase.MENU if self.queue is None else CallPhase.QUEUED

    @property
    def over_trunk(self) -> bool:
        """Whoever talks with the caller was called for it."""
        return self.mobile or self.agent == OUTSIDE

    @property
    def complete(self) -> bool:
        """Nothing more will be told of the call."""
        return self.ended and not self.unfinished

    @property
    def certain_region(self) -> str | None:
        """The caller's county where the records are sure of it (H1)."""
        found = self.resolved
        return found.region if found is not None and found.certainty == Certainty.HIGH else None

    @property
    def outside(self) -> bool:
        """A stranger from another city (H2): never a customer, a hidden number or an unknown one."""
        found = self.resolved
        return (
            found is not None
            and found.level == PlaceLevel.OUTSIDE
            and not found.known
            and self.caller_quality is CallerQuality.REAL
        )

    def talk_seconds(self, now: datetime) -> float:
        """Agent answer → hang-up, holds included (requirements §1.3)."""
        current = elapsed(self.connected_at, now) if self.connected_at else 0.0
        return round(self.talk_before + current, 3)

    def offer_ended(self, outcome: OfferOutcome, now: datetime) -> OfferEnded:
        """The end of the offer that is open: `agent` rings since the phase began."""
        assert self.agent is not None
        return OfferEnded(
            at=now,
            call_id=self.call_id,
            agent=self.agent,
            outcome=outcome,
            ring_seconds=round(elapsed(self.phase_since, now), 3),
        )

    def supervision_ended(self, now: datetime) -> list[SupervisionChanged]:
        """What a control that starts has to say of its predecessor's: their legs are ended as strays."""
        return [
            SupervisionChanged(at=now, call_id=self.call_id, supervisor=who, agent=self.agent or "")
            for who in self.supervisors
        ]

    def outcome(self, by: HangupBy) -> CallOutcome:
        if self.handled:
            return CallOutcome.HANDLED
        if self.direction == OUT:
            return CallOutcome.NOT_REACHED
        if self.callback_number is not None or (self.message_seconds or 0.0) >= LEAST_MESSAGE_SECONDS:
            return CallOutcome.MESSAGE
        if by is HangupBy.ENGINE:
            return CallOutcome.LOST
        if self.if_left is not None:
            return self.if_left
        if by is HangupBy.SYSTEM:
            return CallOutcome.UNSERVED
        return CallOutcome.ABANDONED_MENU if self.queue is None else CallOutcome.ABANDONED_QUEUE

    def apply(self, event: AnyCallEvent) -> None:
        before = self.phase
        match event:
            case CallAnswered():
                self.answered_at = event.at
            case NoticePlayed():
                self.notice_played = True
            case CallerResolved():
                self.resolved = event
                self._locate(event.region, event.source)
            case MenuEntered():
                self.node, self.if_left = event.node, event.outcome
            case CallQueued():
                self.queue, self.intent, self.if_left = event.queue, event.intent, None
                self._locate(event.region, "menu")
                self.queued_at = self.queued_at or event.at
                self.waiting_since = self.waiting_since or event.at
            case CallOverflowed():
                self.overflowed = True
            case MessageOffered():
                self.message_reason, self.if_left = event.reason, None
                self.intent = self.intent or event.intent
                self._locate(event.region, "menu")
            case CallbackNumberGiven():
                self.callback_number = event.number
            case MessageStarted():
                self.message = event.path
            case MessageFinished():
                self.message_seconds = event.seconds
            case AgentOffered():
                self.agent, self.offer_open = event.agent, True
            case OfferEnded():
                self.offer_open = False
                if event.outcome is not OfferOutcome.ANSWERED:
                    self.agent = None
                    # Nobody outside took them: whoever has the skill does.
                    self.wanted = None if event.agent == OUTSIDE else self.wanted
            case AgentConnected():
                self.agent, self.connected_at, self.handled = event.agent, event.at, True
                self.wanted, self.mobile = None, event.mobile
            case RecordingStarted():
                self.recording, self.recordings = event.path, self.recordings + 1
                self.unfinished = (*self.unfinished, event.path)
            case CallHeld() | CallUnheld():
                self.held = isinstance(event, CallHeld)
            case AgentLost():
                self._wait_anew(event.at)
                self.agent, self.connected_at, self.held, self.consult = None, None, False, None
            case CallTransferred():
                self._wait_anew(event.at)
                self.agent, self.connected_at, self.held, self.consult = None, None, False, None
                self.queue, self.wanted, self.outside_number = event.queue, event.to_agent, event.number
            case ConsultStarted():
                self.consult, self.held = Consult(event.to_agent, event.channel_id, event.number), False
                # Its file is closed: the recorder stopped when the caller stepped aside.
                self.recording = None
            case ConsultAnswered():
                self._consult_is(ConsultPhase.ASKED)
            case ConsultJoined():
                self._consult_is(ConsultPhase.JOINED)
            case ConsultEnded():
                self.consult = None
            case SupervisionChanged():
                others = {who: way for who, way in self.supervisors.items() if who != event.supervisor}
                self.supervisors = others if event.way is None else {**others, event.supervisor: event.way}
            case CallerWarned():
                self.warned_at = self.warned_at or event.at
            case CallerDismissed():
                self.dismissed = True
            case RecordingFinished():
                self.unfinished = tuple(path for path in self.unfinished if path != event.path)
            case CallEnded():
                self.ended = True
            case _:
                pass
        if self.phase is not before:
            self.phase_since = event.at

    def _wait_anew(self, now: datetime) -> None:
        """The agent is gone from the call; whoever comes next finds its wait to begin here."""
        self.talk_before = self.talk_seconds(now)
        if self.waiting_since is not None and self.connected_at is not None:
            self.waited_before += elapsed(self.waiting_since, self.connected_at)
        self.waiting_since = now

    def _consult_is(self, phase: ConsultPhase) -> None:
        if self.consult is not None:
            self.consult = replace(self.consult, phase=phase)

    def _locate(self, region: str | None, source: str) -> None:
        """A key that names several counties does not blur the one that is known."""
        if region is not None and (self.region is None or self.region not in region.split("+")):
            self.region, self.region_source = region, source

    def row(self) -> CallRow:
        return CallRow(
            id=self.call_id,
            phase=self.phase,
            since=self.phase_since,
            arrived_at=self.arrived_at,
            caller=self.caller,
            caller_raw=self.caller_raw,
            caller_quality=self.caller_quality,
            hotline=self.hotline,
            queue=self.queue,
            queued_at=self.queued_at,
            waiting_since=self.waiting_since,
            waited_before=round(self.waited_before, 3),
            intent=self.intent,
            region=self.region,
            region_source=self.region_source,
            direction=self.direction,
            known=self.resolved is not None and self.resolved.known,
            agent=self.agent,
            held=self.held,
            consult=self.consult.to_agent if self.consult else None,
            consult_phase=self.consult.phase if self.consult else None,
            supervisors=self.supervisors,
            warned_at=self.warned_at,
            mobile=self.mobile and self.connected_at is not None,
        )
