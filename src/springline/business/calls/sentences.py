"""One readable sentence for each step of a call, in the language of the request."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from springline.contracts.handovers import OUTSIDE

# {agent}, {queue} and {place} are names; other fields are the event's own.
_SENTENCES: dict[str, str] = {
    "CallArrived": noop("Call to {dialled} arrived"),
    "CallPlaced": noop("{agent} calls out"),
    "CallRejected": noop("Refused: {reason}"),
    "CallAnswered": noop("The system answered"),
    "CallerResolved": noop("Region looked up"),
    "NoticePlayed": noop("The recording notice was played"),
    "MenuEntered": noop("Menu “{place}”"),
    "InputMissed": noop("No key in “{place}”"),
    "CallQueued": noop("Waits in queue {queue}"),
    "CallOverflowed": noop("Other queues help"),
    "MessageStarted": noop("Leaves a message"),
    "AgentOffered": noop("Rings at {agent} (offer {attempt})"),
    "AgentConnected": noop("{agent} answered after {wait_seconds:.0f} s of waiting"),
    "RecordingStarted": noop("Recording began"),
    "CallHeld": noop("{agent} put the caller on hold"),
    "CallUnheld": noop("{agent} took the caller off hold"),
    "AgentLost": noop("The device of {agent} was lost; the caller waits again"),
    "ConsultStarted": noop("{agent} asks {colleague}; the caller hears music"),
    "ConsultAnswered": noop("{colleague} answered the colleague"),
    "ConsultJoined": noop("All three talk, with {colleague}"),
    "CallerWarned": noop("{agent} had the caller warned: civil words, or the call ends"),
    "CallerDismissed": noop("{agent} ended the call after the warning"),
    "RecordingFinished": noop("Recording closed"),
}
_MESSAGES = {
    "busy": noop("Nobody was free: asked for a message"),
    "closed": noop("Closed: asked for a message"),
    "asked": noop("Would rather leave a message"),
}
_KEPT = {
    True: noop("Left a message of {seconds:.0f} s"),
    False: noop(
        "Only {seconds:.0f} s of the message could be kept: the disk is full, or the recorder failed"
    ),
}
_NUMBERS = {
    True: noop("Typed another number to be called back"),
    False: noop("Confirmed the number to be called back"),
}
_KEYS = {
    True: noop("Pressed {key} in “{place}”"),
    False: noop("Pressed {key} in “{place}”, which is not offered"),
}
_OFFERS = {
    "answered": noop("{agent} took the offer"),
    "no_answer": noop("{agent} did not answer within {ring_seconds:.0f} s"),
    "refused": noop("{agent} refused"),
    "failed": noop("The device of {agent} could not be reached"),
    "caller_left": noop("The caller left while {agent} rang"),
    "interrupted": noop("The offer to {agent} was interrupted"),
}
_TRANSFERS = {
    (True, True): noop("{agent} handed the caller over to {colleague}"),
    (False, True): noop("{agent} gave the caller to {colleague}"),
    (False, False): noop("{agent} gave the caller to queue {queue}"),
}
_SUPERVISIONS = {
    "listen": noop("{supervisor} listens to {agent}"),
    "whisper": noop("{supervisor} whispers to {agent}"),
    "barge": noop("{supervisor} joins the conversation"),
    None: noop("{supervisor} left the conversation"),
}
_CONSULTS = {
    "returned": noop("{agent} is back with the caller"),
    "transferred": noop("{colleague} takes over"),
    "no_answer": noop("{colleague} did not answer the colleague"),
    "refused": noop("{colleague} refused"),
    "failed": noop("The device of {colleague} could not be reached"),
    "left": noop("{colleague} left"),
    "caller_left": noop("The caller left meanwhile"),
}
_ENDS = {
    "caller": noop("The caller hung up"),
    "agent": noop("The agent hung up"),
    "system": noop("The system ended the call"),
    "engine": noop("The telephone engine ended the call"),
}


def sentence(kind: str, data: Mapping[str, Any], agents: Mapping[str, str], queues: Mapping[str, str]) -> str:
    """`data`: the event's fields as stored. A kind without a sentence is its own name."""
    template = _template(kind, data)
    if template is None:
        return kind
    agents = {**agents, OUTSIDE: _("the outside number")}
    names = {
        "agent": agents.get(data.get("agent", ""), data.get("agent", "")),
        "colleague": agents.get(data.get("to_agent") or "", data.get("to_agent")),
        "supervisor": agents.get(data.get("supervisor", ""), data.get("supervisor", "")),
        "queue": queues.get(data.get("queue", ""), data.get("queue", "")),
        "place": data.get("title") or queues.get(data.get("node", ""), data.get("node", "")),
    }
    try:
        return _(template).format(**{**data, **names})
    except (KeyError, ValueError):
        return kind


def _template(kind: str, data: Mapping[str, Any]) -> str | None:
    if kind == "KeyPressed":
        return _KEYS[bool(data.get("accepted"))]
    if kind == "MessageOffered":
        return _MESSAGES.get(str(data.get("reason")))
    if kind == "MessageFinished":
        return _KEPT[bool(data.get("kept", True))]
    if kind == "CallbackNumberGiven":
        return _NUMBERS[bool(data.get("entered"))]
    if kind == "OfferEnded":
        return _OFFERS.get(str(data.get("outcome")))
    if kind == "CallTransferred":
        return _TRANSFERS.get((bool(data.get("attended")), data.get("to_agent") is not None))
    if kind == "ConsultEnded":
        return _CONSULTS.get(str(data.get("outcome")))
    if kind == "SupervisionChanged":
        return _SUPERVISIONS.get(data.get("way"))
    if kind == "CallEnded":
        return _ENDS.get(str(data.get("by")))
    return _SENTENCES.get(kind)
