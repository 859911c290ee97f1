"""Calls that nobody took, told event by event, and their call-backs."""

from datetime import timedelta

from django.utils import timezone

from springline.business.calls import projector
from springline.business.calls.callbacks import tasks
from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.models import Call
from springline.contracts import codec, events, voicemail
from springline.contracts.event import CallEvent
from springline.platform.bus import JournalEntry

CALLER, OTHER = "+8613800012345", "+8613900054321"


class Story:
    """One call that nobody took, told event by event."""

    def __init__(self, call_id: str = "c1", caller: str | None = CALLER, ago: float = 60.0) -> None:
        self.call_id, self.at = call_id, timezone.now() - timedelta(seconds=ago)
        self.told: list[CallEvent] = []
        quality = events.CallerQuality.REAL if caller else events.CallerQuality.ANONYMOUS
        self.tell(
            events.CallArrived, channel_id="x", dialled="4000564000", hotline="4000564000",
            caller_raw="", caller=caller, caller_quality=quality,
        )  # fmt: skip

    def tell(self, kind: type[CallEvent], **fields: object) -> "Story":
        self.told.append(kind(at=self.at, call_id=self.call_id, **fields))  # type: ignore[call-arg]
        return self

    def queued(self) -> "Story":
        return self.tell(events.CallQueued, queue="city", via="key", intent="订水", region="341502+341503")

    def offered(self, reason: str = "busy") -> "Story":
        return self.tell(voicemail.MessageOffered, reason=reason)

    def message(self, seconds: float = 12.0, kept: bool = True) -> "Story":
        path = f"2026-11-23/{self.call_id}-message.wav"
        self.tell(voicemail.MessageStarted, path=path)
        size = int(16000 * seconds)
        return self.tell(voicemail.MessageFinished, path=path, seconds=seconds, size=size, kept=kept)

    def ends(self, outcome: events.CallOutcome = events.CallOutcome.MESSAGE, after: float = 20.0) -> Call:
        self.at += timedelta(seconds=after)
        self.tell(events.CallEnded, by=events.HangupBy.CALLER, outcome=outcome, cause=16, talk_seconds=0.0)
        start = projector.applied()
        projector.apply_batch(
            [
                JournalEntry(seq=start + n, subject="journal.call.x", data=codec.encode(e), at=e.at)
                for n, e in enumerate(self.told, 1)
            ]
        )
        return Call.objects.get(pk=self.call_id)


def left(call_id: str = "c1", caller: str | None = CALLER, ago: float = 60.0) -> CallbackTask:
    """A message, and its call-back."""
    Story(call_id, caller, ago).queued().offered().message().ends()
    tasks.follow_calls()
    return CallbackTask.objects.get(call_id=call_id)
