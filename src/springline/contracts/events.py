"""What happened: the journal's events, past tense, frozen, append-only.

Every event has a unique `id` (the bus drops a second copy with the same id), the UTC time `at` it
happened, and the schema version `v`. A call's events fold into its row (business/calls) and into its
live state after a restart of control (telephony/control), by the same order.
"""

from enum import StrEnum
from typing import TypeAlias

from springline.contracts.agents import AgentStateChanged
from springline.contracts.event import CallEvent
from springline.contracts.handovers import (
    CallTransferred,
    ConsultAnswered,
    ConsultEnded,
    ConsultJoined,
    ConsultStarted,
)
from springline.contracts.house_events import (
    AddressBanned,
    AddressUnbanned,
    CallsTurnedAway,
    ConfigApplied,
    ConfigRefused,
    EngineChanged,
    TrunkChanged,
    TrunkRefused,
)
from springline.contracts.reconciling import DifferenceMended
from springline.contracts.supervision import SupervisionChanged
from springline.contracts.voicemail import (
    CallbackNumberGiven,
    MessageFinished,
    MessageOffered,
    MessageStarted,
)
from springline.contracts.warnings import CallerDismissed, CallerWarned


class CallerQuality(StrEnum):
    """How far the caller's number can be trusted (requirements §2.3)."""

    REAL = "real"
    MASKED = "masked"
    ANONYMOUS = "anonymous"
    SHORT = "short"
    INVALID = "invalid"


class CallArrived(CallEvent, frozen=True, kw_only=True, tag=True):
    """An INVITE of the trunk entered control; nothing has been answered yet.

    `caller` is E.164 and set only when `caller_quality` is REAL or MASKED; `caller_raw` is what the
    trunk sent, cut to 80 characters.
    """

    channel_id: str
    dialled: str
    hotline: str
    caller_raw: str
    caller: str | None
    caller_quality: CallerQuality
    trunk: str = "trunk"
    is_test: bool = False


class CallerResolved(CallEvent, frozen=True, kw_only=True, tag=True):
    """What the records know of the caller (contracts.routing), told once, before the menus depend on it.

    `level`: county, city, outside or unknown; `region`: an adcode, at level county only; `source` and
    `certainty` say why and how sure. `known`, `open_order`, `repeated`: as in CallerFound.
    """

    level: str
    region: str | None = None
    city: str | None = None
    source: str = "none"
    certainty: str = "none"
    known: bool = False
    open_order: bool = False
    repeated: int = 0
    last_agent: str | None = None


class CallPlaced(CallEvent, frozen=True, kw_only=True, tag=True):
    """An agent calls out: the first event of such a call. The agent's device rings first.

    `number` is E.164, `presented` what the called party sees (never a 400 number); `first_call`: the call
    that is called back. `channel_id`: of the called party's leg, once there is one.
    """

    channel_id: str
    agent: str
    number: str
    presented: str
    hotline: str
    first_call: str | None = None


class CallRejected(CallEvent, frozen=True, kw_only=True, tag=True):
    """Refused before it was answered. `reason`: unknown_number, no_flow, draining."""

    dialled: str
    caller_raw: str
    reason: str


class CallAnswered(CallEvent, frozen=True, kw_only=True, tag=True):
    """Our side answered (the carrier's meter runs); an agent comes later: AgentConnected."""


class NoticePlayed(CallEvent, frozen=True, kw_only=True, tag=True):
    """The recording notice ended; recording is allowed from here on (requirements E4)."""

    prompt: str


class MenuEntered(CallEvent, frozen=True, kw_only=True, tag=True):
    """`title` is what people call the node, if the flow says so. `outcome`: what the call was, should it end
    here without anything else."""

    node: str
    flow_version: str
    title: str | None = None
    outcome: "CallOutcome | None" = None


class KeyPressed(CallEvent, frozen=True, kw_only=True, tag=True):
    """A DTMF key. `node` is where the caller was; `accepted` is False for a wrong or late key."""

    node: str
    key: str
    accepted: bool
    title: str | None = None


class InputMissed(CallEvent, frozen=True, kw_only=True, tag=True):
    """No key within the menu's time."""

    node: str
    title: str | None = None


class CallQueued(CallEvent, frozen=True, kw_only=True, tag=True):
    """Entered the waiting line of a queue. `via`: key, default, retries (too many wrong or missing keys),
    region (the caller's county is known), requeued (an agent's device was lost), resumed (control was
    restarted)."""

    queue: str
    via: str
    intent: str | None = None
    region: str | None = None


class AgentOffered(CallEvent, frozen=True, kw_only=True, tag=True):
    """The agent's device is asked to ring. `attempt` counts the offers of this call from 1."""

    agent: str
    queue: str
    attempt: int


class OfferOutcome(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    FAILED = "failed"
    CALLER_LEFT = "caller_left"
    INTERRUPTED = "interrupted"


class OfferEnded(CallEvent, frozen=True, kw_only=True, tag=True):
    agent: str
    outcome: OfferOutcome
    ring_seconds: float


class AgentConnected(CallEvent, frozen=True, kw_only=True, tag=True):
    """Caller and agent are in one bridge. `wait_seconds` counts from CallQueued, or from when the agent
    before was lost or gave the caller away. `mobile`: by the agent's own over the trunk."""

    agent: str
    queue: str
    wait_seconds: float
    mobile: bool = False


class RecordingStarted(CallEvent, frozen=True, kw_only=True, tag=True):
    """Two channels (caller left, agent right), 8 kHz signed 16 bit little-endian, interleaved, no header.

    `path` is relative to the recordings folder of the home.
    """

    path: str


class CallOverflowed(CallEvent, frozen=True, kw_only=True, tag=True):
    """The caller waits for the agents of these queues as well, besides those of the queue entered."""

    queues: tuple[str, ...]


class CallHeld(CallEvent, frozen=True, kw_only=True, tag=True):
    agent: str


class CallUnheld(CallEvent, frozen=True, kw_only=True, tag=True):
    agent: str


class AgentLost(CallEvent, frozen=True, kw_only=True, tag=True):
    """The agent's device, or the way to it, vanished in the conversation; the caller goes back to the head of
    the queue. `cause`: Q.850, of the leg's end; 44 where its sound stopped, None where nobody told."""

    agent: str
    cause: int | None = None


class HangupBy(StrEnum):
    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"
    ENGINE = "engine"


class CallOutcome(StrEnum):
    HANDLED = "handled"
    ABANDONED_MENU = "abandoned_menu"
    ABANDONED_QUEUE = "abandoned_queue"
    OUT_OF_AREA = "out_of_area"
    MESSAGE = "message"
    NOT_REACHED = "not_reached"
    UNSERVED = "unserved"
    REJECTED = "rejected"
    LOST = "lost"


class RecordingFinished(CallEvent, frozen=True, kw_only=True, tag=True):
    """The engine closed the file. `size` in bytes (0: the file is missing or empty)."""

    path: str
    size: int


class CallEnded(CallEvent, frozen=True, kw_only=True, tag=True):
    """The caller's leg is gone: the last event of a call but for RecordingFinished.

    `cause` is the Q.850 cause of the leg; `talk_seconds` is agent answer → hang-up, holds included.
    OUT_OF_AREA: told that we do not deliver there, and left it at that; MESSAGE: left a message or asked for
    a call back; NOT_REACHED: of an outgoing call; UNSERVED: we ended it because nobody could serve; LOST: the
    engine died under it.
    """

    by: HangupBy
    outcome: CallOutcome
    cause: int
    talk_seconds: float


AnyCallEvent: TypeAlias = (
    CallArrived
    | CallPlaced
    | CallerResolved
    | CallRejected
    | CallAnswered
    | NoticePlayed
    | MenuEntered
    | KeyPressed
    | InputMissed
    | CallQueued
    | AgentOffered
    | OfferEnded
    | AgentConnected
    | RecordingStarted
    | CallOverflowed
    | MessageOffered
    | CallbackNumberGiven
    | MessageStarted
    | MessageFinished
    | CallHeld
    | CallUnheld
    | AgentLost
    | CallTransferred
    | ConsultStarted
    | ConsultAnswered
    | ConsultJoined
    | SupervisionChanged
    | CallerWarned
    | CallerDismissed
    | ConsultEnded
    | RecordingFinished
    | CallEnded
)
AnyEvent: TypeAlias = (
    AnyCallEvent
    | AgentStateChanged
    | TrunkRefused
    | AddressBanned
    | AddressUnbanned
    | CallsTurnedAway
    | EngineChanged
    | TrunkChanged
    | ConfigApplied
    | ConfigRefused
    | DifferenceMended
)
