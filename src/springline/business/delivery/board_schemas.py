"""What the desk and the board see of delivery. Money in 分, times UTC; phone numbers masked."""

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from springline.business.delivery.schemas import (
    MONEY,
    CountOut,
    DeliverIn,
    HandoverOut,
    SignedOut,
    State,
    TaskLineOut,
)

Step = Literal["reschedule", "reassign", "return"]


class StationOut(Schema):
    id: int
    name: str
    phone: str
    county: str
    address: str
    lat: float | None
    lng: float | None
    active: bool
    couriers: int
    on_shift: int
    waiting: int


class CourierOut(Schema):
    """`load`: buckets of the open tasks; `started_at` is null while not at work."""

    id: int
    name: str
    phone: str
    station_id: int
    station: str
    capacity: int
    vehicle: str
    load: int
    open_tasks: int
    unanswered: int
    delivered_today: int
    started_at: AwareDatetime | None
    last_seen_at: AwareDatetime | None
    active: bool


class BoardTaskOut(Schema):
    """`unanswered`: the time to answer is over; `late`: the promise is missed; `conflicts`: open ones."""

    id: int
    order_id: int
    order_no: str
    state: State
    version: int
    courier_id: int
    courier: str
    station_id: int
    station: str
    qty: int
    by_hand: bool
    customer_id: int
    customer_name: str
    address: str
    county_name: str
    town_name: str
    promise_at: AwareDatetime | None
    offered_at: AwareDatetime
    ack_deadline: AwareDatetime
    accepted_at: AwareDatetime | None
    picked_at: AwareDatetime | None
    arrived_at: AwareDatetime | None
    done_at: AwareDatetime | None
    unanswered: bool
    late: bool
    urged: bool
    fail_code: str
    fail_words: str
    next_step: str
    withdrawn_why: str
    cash_fen: int
    wechat_fen: int
    due_fen: int
    vouchers: int
    empties: int
    photos: list[str]
    conflicts: int
    note: str


class WaitingOut(Schema):
    """An order without a courier. `why`: no_territory, nobody_on_shift, all_tried or all_full; empty when
    somebody could take it at this moment.
    """

    order_id: int
    order_no: str
    customer_id: int
    customer_name: str
    address: str
    county_name: str
    town_name: str
    qty: int
    promise_at: AwareDatetime | None
    waiting_since: AwareDatetime
    late: bool
    urged: bool
    tried: int
    why: str
    message: str


class BoardOut(Schema):
    """`warnings`: how many orders nobody takes, offers nobody answered, failures and conflicts are open."""

    server_now: AwareDatetime
    tasks: list[BoardTaskOut]
    waiting: list[WaitingOut]
    warnings: dict[str, int]


class AssignIn(Schema):
    """`courier_id` left out: whom the rules choose."""

    courier_id: int | None = None
    key: str = Field(min_length=8, max_length=80)


class NextIn(Schema):
    """`reschedule` needs `window_to`."""

    step: Step
    key: str = Field(min_length=8, max_length=80)
    window_from: AwareDatetime | None = None
    window_to: AwareDatetime | None = None
    note: str = Field("", max_length=200)


class TaskEventOut(Schema):
    """`client_at`: by the phone's clock, null for what no phone told."""

    kind: str
    words: str
    state: str
    at: AwareDatetime
    client_at: AwareDatetime | None
    received_at: AwareDatetime
    who: str
    facts: dict[str, Any]


class ConflictOut(Schema):
    """`payload`: what the phone reported; `applied`: it counts nevertheless; `may_count`: it still may.

    `task_id` and all of the order are empty where the phone named a task that is not its courier's.
    `decision`: accepted, corrected, dismissed or seen; empty while open.
    """

    id: int
    task_id: int | None
    order_id: int | None
    order_no: str
    order_state: str
    customer_id: int | None
    customer: str
    courier: str
    kind: str
    code: str
    message: str
    applied: bool
    at: AwareDatetime
    client_at: AwareDatetime | None
    received_at: AwareDatetime
    payload: dict[str, Any]
    facts: dict[str, Any]
    lines: list[TaskLineOut]
    photos: list[str]
    may_count: bool
    closed_at: AwareDatetime | None
    closed_by: str
    decision: str
    decision_words: str
    closing_note: str


class ResolveIn(Schema):
    """`how`: deliver (the report counts after all, `told` instead of it where corrected) or close."""

    how: Literal["deliver", "close"]
    note: str = Field(min_length=1, max_length=200)
    told: DeliverIn | None = None


class CountedIn(Schema):
    """`note` is needed when the sum differs from what was due."""

    counted_fen: int = Field(ge=0, le=MONEY)
    note: str = Field("", max_length=200)


class SignOffIn(Schema):
    """`cash_fen`, `handed_fen`: as seen by whoever signs; 409 `stale` when they changed meanwhile."""

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    cash_fen: int = Field(ge=0)
    handed_fen: int = Field(ge=0)
    note: str = Field("", max_length=200)


class UnsignedOut(Schema):
    """A day on which `couriers` took cash for which nobody signed."""

    day: str
    couriers: int
    cash_fen: int


class DayOut(Schema):
    """A courier's day in one line. `conflicts`: open ones of that day."""

    courier_id: int
    courier: str
    station: str
    delivered: int
    failed: int
    open: int
    loaded: int
    returned: int
    left: int
    unnoted: int
    buckets: int
    empties: int
    vouchers: int
    cash_due_fen: int
    cash_fen: int
    wechat_fen: int
    commission_fen: int
    handed_fen: int
    to_hand_fen: int
    products: list[CountOut]
    handovers: list[HandoverOut]
    conflicts: int
    signed: SignedOut | None


class CarrierOut(Schema):
    """Of one batch. `delivered`: as far as labels were noted at doors; `left` may still be there."""

    courier_id: int
    courier: str
    phone: str
    station: str
    loaded: int
    delivered: int
    returned: int
    left: int
    last_at: AwareDatetime | None


class CarriedOut(Schema):
    """A batch that is on vehicles, and on which: `carriers` are some of `vehicles`, `left` is on all."""

    batch_id: int
    batch_no: str
    product: str
    unit: str
    produced: str
    stopped: bool
    reason: str
    stopped_at: AwareDatetime | None
    vehicles: int
    left: int
    carriers: list[CarrierOut]
