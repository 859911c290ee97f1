"""Shapes of the complaints API. Times are UTC."""

from datetime import datetime

from ninja import Field, Schema


class ChoiceOut(Schema):
    value: str
    name: str


class QuestionOut(Schema):
    """`kind`: choice, text or date (ISO). "unknown" answers any that is not `must` of a closed list."""

    id: str
    name: str
    kind: str
    choices: list[ChoiceOut]
    must: bool


class GuideOut(Schema):
    """`say`: the sentence to the customer; `never`: what is not said. Always Chinese, as they are spoken.

    `due_at`: of one filed now, unless somebody is unwell: then it is due in `due_minutes` by the clock.
    `say_closed` replaces `say` while the clock stands still; empty while it runs.
    """

    kind: str
    name: str
    due_minutes: int
    due_at: datetime
    say_closed: str
    say: str
    never: str
    questions: list[QuestionOut]


class ComplaintClockOut(Schema):
    """`state`: running, warning, late; met or missed once answered. `left` in seconds, negative when over."""

    state: str
    left: int


class ComplaintBatchOut(Schema):
    """`id` is null where the catalogue does not know the number. `deliveries`: doors it went to, as noted.

    `told_by_courier`: the caller could not say; it is what the courier noted at the door.
    """

    id: int | None
    batch_no: str
    product: str
    produced: str
    stop_sale: bool
    complaints: int
    deliveries: int
    told_by_courier: bool


class ComplaintOut(Schema):
    id: int
    no: str
    kind: str
    kind_name: str
    level: int
    level_name: str
    state: str
    state_name: str
    customer_id: int | None
    customer_name: str
    order_id: int | None
    delivery_id: int | None
    call_id: str
    batch_no: str
    text: str
    filed_at: datetime
    due_at: datetime
    warn_at: datetime
    answered_at: datetime | None
    escalated: bool
    handler: str
    handler_id: int | None
    clock: ComplaintClockOut
    version: int


class ComplaintEventOut(Schema):
    at: datetime
    kind: str
    kind_name: str
    who: str
    note: str


class AnswerOut(Schema):
    id: str
    question: str
    answer: str


class CompensationOut(Schema):
    id: int
    complaint_id: int
    complaint_no: str
    qty: int
    product: str
    state: str
    why: str
    asked_by: str
    asked_at: datetime
    mine: bool


class ComplaintDetail(ComplaintOut):
    """`steps`: what its state allows. `limit`: how many more buckets the viewer may give alone."""

    answers: list[AnswerOut]
    events: list[ComplaintEventOut]
    compensations: list[CompensationOut]
    batch: ComplaintBatchOut | None
    steps: list[str]
    limit: int
    given: int


class CountsOut(Schema):
    running: int
    overdue: int
    mine: int
    alerts: int
    asked: int


class ComplaintPage(Schema):
    items: list[ComplaintOut]
    counts: CountsOut


class AlertOut(Schema):
    """`known`: the catalogue has the batch, so that it can be stopped at once."""

    id: int
    batch_no: str
    product: str
    produced: str
    known: bool
    opened_at: datetime
    complaints: list[ComplaintOut]


class DecisionsOut(Schema):
    """What waits for a supervisor."""

    alerts: list[AlertOut]
    compensations: list[CompensationOut]


class ComplaintIn(Schema):
    """`request_key`: the same one makes one complaint. `answers`: question id → value."""

    request_key: str = Field(min_length=8, max_length=80)
    kind: str
    answers: dict[str, str] = {}
    text: str = Field("", max_length=1000)
    customer_id: int | None = None
    order_id: int | None = None
    delivery_id: int | None = None
    call_id: str = Field("", max_length=64)


class StepIn(Schema):
    """`step`: take, answer, close, reopen, withdraw or note. `version`: what the screen showed."""

    step: str
    note: str = Field("", max_length=500)
    version: int | None = None


class LevelIn(Schema):
    level: int = Field(ge=1, le=3)
    note: str = Field(max_length=500)


class CompensateIn(Schema):
    """`sku`: of the water; without it that of the customer's newest vouchers, else the first on sale."""

    request_key: str = Field(min_length=8, max_length=80)
    qty: int = Field(ge=1, le=100)
    why: str = Field(max_length=200)
    sku: str = ""


class DecisionIn(Schema):
    accept: bool
    why: str = Field("", max_length=200)
