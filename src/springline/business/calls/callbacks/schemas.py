"""What the API says of a call-back."""

from datetime import datetime

from ninja import Field, Schema

from springline.business.calls.callbacks.states import Result


class CallbackAttemptOut(Schema):
    """`result`: reached, no_answer, busy, off, wrong, failed; empty while the call is being made."""

    at: datetime
    by: str
    result: str
    note: str


class CallbackOut(Schema):
    """`number` is E.164, null when it is unknown or the viewer may not see it. `place_at`: waiting since.

    `known`: there is a number to call. `escalation`: 1 from `warn_at` on, 2 from `due_at` on; `in_time`: null
    while it still can be.
    """

    id: int
    kind: str
    state: str
    version: int
    number: str | None
    number_display: str
    known: bool
    call_id: str
    calls: int
    region: str
    intent: str
    place_at: datetime
    begins_at: datetime
    warn_at: datetime
    due_at: datetime
    escalation: int
    in_time: bool | None
    taken_by: str | None
    mine: bool
    attempts: list[CallbackAttemptOut]
    message_url: str | None
    message_seconds: float | None
    note: str
    closed_at: datetime | None


class CallbacksOut(Schema):
    """`server_now`: what countdowns count against."""

    server_now: datetime
    items: list[CallbackOut]


class CallbackAttemptIn(Schema):
    result: Result
    note: str = Field("", max_length=200)


class CallbackNumberIn(Schema):
    number: str = Field(min_length=3, max_length=40)


class GiveUpIn(Schema):
    note: str = Field("", max_length=500)
