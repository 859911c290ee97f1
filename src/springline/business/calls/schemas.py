"""What the API says of a call."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from springline.business.accounts.api import NamedOut


class WrapUpOut(Schema):
    """`intent`, `outcome`, `lost_reason`: "" where nothing was said."""

    code: str
    name: str
    note: str
    at: datetime
    intent: str
    outcome: str
    lost_reason: str
    knowledge: list[str]


class RecordingOut(Schema):
    """`state`: none, pending, ready or missing. `parts`: how many files; `url` takes `part` from 0."""

    state: str
    seconds: float | None
    url: str | None
    parts: int


class CallOut(Schema):
    """`caller` is E.164, null when there is none or the viewer may not see it; durations in seconds.
    `abuse`: "", warned or ended."""

    id: str
    direction: str
    first_call: str | None
    arrived_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    caller: str | None
    caller_display: str
    caller_quality: str
    dialled: str
    hotline: str
    queue: NamedOut | None
    intent: str | None
    region: str | None
    region_source: str | None
    region_certainty: str | None
    home: str | None
    home_city: str | None
    agent: NamedOut | None
    outcome: str | None
    message_seconds: float | None
    wait_seconds: float | None
    talk_seconds: float | None
    hangup_by: str | None
    cause: int | None
    wrap_up: WrapUpOut | None
    recording: RecordingOut | None
    abuse: str
    is_test: bool


class StepOut(Schema):
    at: datetime
    type: str
    data: dict[str, Any]
    text: str


class CallWithSteps(CallOut):
    steps: list[StepOut]


class CallPage(Schema):
    """`next`: pass it as `before` for the following page; null at the end."""

    items: list[CallOut]
    next: datetime | None


class CodeOut(Schema):
    code: str
    name: str
    key: str


class CodesOut(Schema):
    pause: list[CodeOut]
    wrap_up: list[CodeOut]


class WrapUpIn(Schema):
    """With `intent` order and no order from this call, `lost_reason` is due unless they are called back."""

    code: str = Field(max_length=40)
    note: str = Field("", max_length=500)
    intent: str = Field("", pattern="^(order|urge|aftersale|voucher|enterprise|complaint|enquiry|other)?$")
    outcome: str = Field("", pattern="^(order_placed|solved|case_opened|call_back|none)?$")
    lost_reason: str = Field(
        "", pattern="^(outside|price|too_slow|out_of_stock|enquiry|repeated|hung_up|other)?$"
    )
    knowledge: list[str] = Field(default_factory=list, max_length=20)
    ready: bool = False


class CallOrderOut(Schema):
    id: int
    no: str


class GuessOut(Schema):
    """What the wrap-up screen preselects. `code` null: choose one. `lost_reason_due`: say why no order."""

    code: str | None
    intent: str
    outcome: str | None
    why: str
    orders: list[CallOrderOut]
    lost_reason_due: bool
