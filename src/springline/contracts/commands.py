"""What a person asks the live floor to do: request and reply over the bus (`subjects.CONTROL_COMMANDS`)."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from springline.contracts.agents import AgentState
from springline.contracts.live import LiveSnapshot
from springline.contracts.mobile import MobileUse
from springline.contracts.ringing import Check, RingingFacts, Verdict
from springline.contracts.supervision import SuperviseWay


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class SignIn(Command, frozen=True, kw_only=True, tag=True):
    """The agent starts to work, paused until SetReady."""

    agent: str


class SignOut(Command, frozen=True, kw_only=True, tag=True):
    """Refused with `busy` while the agent rings or talks."""

    agent: str


class SetReady(Command, frozen=True, kw_only=True, tag=True):
    """Also ends wrap-up early. While talking it takes effect after the call's wrap-up."""

    agent: str


class SetPaused(Command, frozen=True, kw_only=True, tag=True):
    """`reason` is a pause code. While ringing or talking it takes effect after the call."""

    agent: str
    reason: str


class UseMobile(Command, frozen=True, kw_only=True, tag=True):
    """From now on until the agent signs out. Refused with `no_mobile`, `not_signed_in`, `outbound_off`,
    `number_not_allowed`, `daily_cap`, `spend_cap`."""

    agent: str
    use: MobileUse


class HangUp(Command, frozen=True, kw_only=True, tag=True):
    call_id: str


class PlaceCall(Command, frozen=True, kw_only=True, tag=True):
    """Ring the agent's device, then call `number` (E.164) through the trunk of `hotline` and join both.

    `call_id` is the new call's, chosen by who asks; `first_call`: the call that is called back.
    """

    call_id: str
    agent: str
    number: str
    hotline: str
    first_call: str | None = None


class Unban(Command, frozen=True, kw_only=True, tag=True):
    """Listen to the SIP of this address again. Refused with `not_banned`."""

    address: str


class Transfer(Command, frozen=True, kw_only=True, tag=True):
    """The talking `agent` gives the caller away at once: to `to_agent` first if named, else to whose turn it
    is in `queue`, or to the outside `number` (E.164) if a rule allows it; whom nobody there takes is
    back in the queue. One of the three is given."""

    call_id: str
    agent: str
    queue: str | None = None
    to_agent: str | None = None
    number: str | None = None


class Consult(Command, frozen=True, kw_only=True, tag=True):
    """The talking `agent` asks `to_agent`, or an outside `number`, while the caller hears music. Refused with
    `colleague_busy`, and for a number as PlaceCall."""

    call_id: str
    agent: str
    to_agent: str | None = None
    number: str | None = None


class ConsultWay(StrEnum):
    """What follows a consultation: back to the caller, the colleague takes over, or all three talk."""

    RETURN = "return"
    COMPLETE = "complete"
    JOIN = "join"


class GoOnFromConsult(Command, frozen=True, kw_only=True, tag=True):
    """Refused with `no_consult`, and with `not_answered` while the colleague rings unless they are let be."""

    call_id: str
    agent: str
    way: ConsultWay


class Supervise(Command, frozen=True, kw_only=True, tag=True):
    """`supervisor`'s device rings, and they are in the conversation that way; asked again, another way.
    Without `way`: not any more. Refused with `no_conversation`, `own_call`, `no_supervision`."""

    call_id: str
    supervisor: str
    way: SuperviseWay | None = None


class Warn(Command, frozen=True, kw_only=True, tag=True):
    """Have the caller told to be civil. Refused with `held`, `warned`, `not_talking`, `consulting`."""

    call_id: str
    agent: str


class Dismiss(Command, frozen=True, kw_only=True, tag=True):
    """Have the closing words said, with which the call ends. Refused with `not_warned`, and as Warn."""

    call_id: str
    agent: str


class DeskSeen(Command, frozen=True, kw_only=True, tag=True):
    """The agent's desk is open in a browser; `tab` tells several apart. Not `open`: it is being closed.

    `said`: the words of a tab are numbered, because the last but one may come after the last.
    """

    agent: str
    tab: str
    open: bool = True
    said: int = 0


class WhyNotRinging(Command, frozen=True, kw_only=True, tag=True):
    """Answered by Ringing. Refused with `unknown_agent`."""

    agent: str


class ResetAgent(Command, frozen=True, kw_only=True, tag=True):
    """Drop what keeps the agent busy, and put them where their devices and desk say they are. Answered by
    WasReset. Refused with `unknown_agent`, and `in_conversation` unless `end_conversation`."""

    agent: str
    end_conversation: bool = False


class GetSnapshot(Command, frozen=True, kw_only=True, tag=True):
    pass


class CheckFlow(Command, frozen=True, kw_only=True, tag=True):
    """Validate a flow document against the prompts and queues in force."""

    document: str


class Done(Command, frozen=True, kw_only=True, tag=True):
    pass


class Refused(Command, frozen=True, kw_only=True, tag=True):
    """`code` is stable (unknown_agent, not_signed_in, busy, unknown_call, device_away, outbound_off,
    number_not_allowed, daily_cap, spend_cap, not_banned, not_talking, colleague_busy, no_consult,
    not_answered, unknown_queue, consulting, no_conversation, own_call, no_supervision, held, warned,
    not_warned, no_mobile, in_conversation); texts are for people."""

    code: str
    message_zh: str
    message_en: str


class Snapshot(Command, frozen=True, kw_only=True, tag=True):
    live: LiveSnapshot


class FlowReport(Command, frozen=True, kw_only=True, tag=True):
    """Empty `errors`: the document is good."""

    errors: tuple[str, ...]


class Ringing(Command, frozen=True, kw_only=True, tag=True):
    """`checks`: the most decisive first. `reset`: a forced reset would help."""

    verdict: Verdict
    checks: tuple[Check, ...]
    reset: bool
    facts: RingingFacts


class WasReset(Command, frozen=True, kw_only=True, tag=True):
    """`legs`: channels that were ended. `dropped`: a call that nobody looked after was let go. `later`: the
    engine was away; control has let go, the `legs` end and devices are asked when it is back."""

    state: AgentState
    legs: int
    dropped: bool
    later: bool = False


AnyCommand: TypeAlias = (
    SignIn
    | SignOut
    | SetReady
    | SetPaused
    | UseMobile
    | HangUp
    | PlaceCall
    | Transfer
    | Consult
    | GoOnFromConsult
    | Supervise
    | Warn
    | Dismiss
    | Unban
    | DeskSeen
    | WhyNotRinging
    | ResetAgent
    | GetSnapshot
    | CheckFlow
)
AnyReply: TypeAlias = Done | Refused | Snapshot | FlowReport | Ringing | WasReset
