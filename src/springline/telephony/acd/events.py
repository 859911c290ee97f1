"""What happens to the queues: commands of agents, devices, calls, the passing of time.

An event that comes too late (an answer after the ring time, the end of a call already ended) is no
error: legs and events cross on the wire, and the law is that the later word about the same thing is ignored.
"""

from typing import TypeAlias

import msgspec

from springline.contracts.events import OfferOutcome
from springline.contracts.mobile import MobileUse


class SignIn(msgspec.Struct, frozen=True):
    """Starts to work: paused until SetReady. Again while signed in: nothing (a reloaded page)."""

    agent: str


class SignOut(msgspec.Struct, frozen=True):
    """Refused with `busy` while ringing or talking."""

    agent: str


class SetReady(msgspec.Struct, frozen=True):
    """Ends a pause or a wrap-up; while ringing or talking it takes back a pause asked for."""

    agent: str


class SetPaused(msgspec.Struct, frozen=True):
    """While ringing or talking it takes effect after the call (`pause_after`)."""

    agent: str
    reason: str


class DeviceUp(msgspec.Struct, frozen=True):
    """The agent's device registered; also without being signed in."""

    agent: str


class DeviceDown(msgspec.Struct, frozen=True):
    """The last contact of the agent's device is gone. A talking agent keeps talking until CallFinished or
    CallReturned: media may outlive the registration."""

    agent: str


class UseMobile(msgspec.Struct, frozen=True):
    """Whether the agent's own mobile rings: then they can be reached without a device. Refused with
    not_signed_in; signing out ends it."""

    agent: str
    use: MobileUse


class CallWaiting(msgspec.Struct, frozen=True):
    """A call entered a queue. `since` (monotonic seconds) is its place in line, which a call resumed after
    a restart keeps; `front` puts it before all that are not, and its `max_wait` counts from now.

    `head_start`: it stands in line as if it had waited so many seconds longer; nobody is overtaken for ever.
    `wanted`: the agent who talked with this caller last, asked first where the queue has it so; or the one
    to whom the caller was `handed`, asked first in any case.
    """

    call: str
    queue: str
    since: float
    front: bool = False
    head_start: float = 0.0
    wanted: str | None = None
    handed: bool = False


class CallLeft(msgspec.Struct, frozen=True):
    """The caller is gone, in whatever state; may be sent for every call that ends."""

    call: str


class OfferAccepted(msgspec.Struct, frozen=True):
    """The agent answered. If the offer is no longer in force the reply is another Withdraw."""

    call: str
    agent: str


class OfferFailed(msgspec.Struct, frozen=True):
    """The device refused, failed or gave up by itself. Ring time-out is the ACD's own business."""

    call: str
    agent: str
    outcome: OfferOutcome


class CallFinished(msgspec.Struct, frozen=True):
    """The conversation ended; wrap-up begins."""

    call: str
    agent: str


class CallReturned(msgspec.Struct, frozen=True):
    """The agent's leg vanished in the conversation: the caller goes to the head of the same queue."""

    call: str
    agent: str


class AgentAdopted(msgspec.Struct, frozen=True):
    """After a restart of control: this agent was found talking. Signs the agent in; wishes are not known
    (send SetPaused after it to bring back `pause_after`)."""

    agent: str
    call: str
    queue: str


class AgentDials(msgspec.Struct, frozen=True):
    """The agent calls somebody: taken like a conversation, with a wrap-up after CallFinished. What the agent
    wants (ready, paused) stays. Refused with not_signed_in, busy, device_away or no_queue. `found`: after a
    restart of control the agent was found talking, and so is signed in."""

    agent: str
    call: str
    found: bool = False


class ConsultOver(msgspec.Struct, frozen=True):
    """The agent was asked by a colleague (AgentDials) and is free again, without a wrap-up."""

    call: str
    agent: str


class Reset(msgspec.Struct, frozen=True):
    """Whatever holds the agent is let go: a call that rings lines up again, any other is forgotten here; no
    wrap-up and no rest after a missed offer. What the agent wants (ready, paused) stays."""

    agent: str


class Tick(msgspec.Struct, frozen=True):
    """Nothing but time passed (`Acd.next_wake`)."""


AcdEvent: TypeAlias = (
    SignIn
    | SignOut
    | SetReady
    | SetPaused
    | DeviceUp
    | DeviceDown
    | UseMobile
    | CallWaiting
    | CallLeft
    | OfferAccepted
    | OfferFailed
    | CallFinished
    | CallReturned
    | ConsultOver
    | AgentAdopted
    | AgentDials
    | Reset
    | Tick
)
