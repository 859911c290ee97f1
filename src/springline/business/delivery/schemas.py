"""What the courier's phone and the desk send and get. Money in 分, times UTC, phone numbers E.164."""

from typing import Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

State = Literal["offered", "accepted", "picked_up", "arrived", "delivered", "failed", "withdrawn"]
FailureCode = Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7"]
MONEY = 10**7
PRINTABLE = r"^[\x21-\x7e]+$"


class CourierStationOut(Schema):
    id: int
    name: str
    phone: str


class ShiftOut(Schema):
    """`started_at` is null while not at work."""

    started_at: AwareDatetime | None


class MeOut(Schema):
    id: int
    name: str
    station: CourierStationOut
    shift: ShiftOut


class ShiftIn(Schema):
    on: bool
    key: str = Field(min_length=8, max_length=80)


class TaskAddressOut(Schema):
    """`floor`, `lat` and `lng` are null while unknown; `lift`: yes, no or unknown."""

    text: str
    building: str
    floor: int | None
    lift: str
    notes: str
    county_name: str
    town_name: str
    lat: float | None = None
    lng: float | None = None


class CourierBatchOut(Schema):
    """`stopped`: its sale is stopped (`reason`), and it must not be left with a customer."""

    batch_no: str
    stopped: bool
    reason: str


class TaskLineOut(Schema):
    """`vouchers`: how many of `qty` vouchers pay for; the rest is paid as `pay_by` says.

    `delivered`: how many were left, null until then. `batches`: those the label may name, the newest first.
    """

    id: int
    product_id: int
    sku: str
    name: str
    unit: str
    qty: int
    delivered: int | None
    pay_by: Literal["voucher", "cash", "wechat", "monthly"]
    vouchers: int
    bucket_type_id: int | None
    bucket_name: str
    batches: list[CourierBatchOut]


class TaskOut(Schema):
    """`tel` only while the task is open. `position`: place in the suggested round from 1; 0 when closed.

    `cash_due_fen`: all that is to be paid in money at the door, `deposit_due_fen` of it for buckets.
    `withdrawn_why`: refused, unanswered, reassigned, cancelled, moved or done_elsewhere, with words for it.
    """

    id: int
    order_no: str
    state: State
    version: int
    position: int
    promise_at: AwareDatetime | None
    window_from: AwareDatetime | None
    window_to: AwareDatetime | None
    assigned_at: AwareDatetime
    ack_deadline: AwareDatetime
    done_at: AwareDatetime | None
    urged: bool
    customer_name: str
    phone_masked: str
    tel: str | None
    address: TaskAddressOut
    lines: list[TaskLineOut]
    cash_due_fen: int
    deposit_due_fen: int
    vouchers_due: int
    empties_expected: int
    note: str
    fail_code: str
    withdrawn_why: str
    withdrawn_words: str


class LoadGoodOut(Schema):
    """What can be loaded. `batches`: the newest first."""

    sku: str
    name: str
    unit: str
    batches: list[CourierBatchOut]


class CourierLoadOut(Schema):
    """What became of buckets of a batch on this courier's vehicle; `key` as the phone gave it, else empty.

    `delivered`: what labels at the doors said, which not every courier notes.
    """

    key: str
    move: Literal["loaded", "delivered", "returned"]
    sku: str
    name: str
    unit: str
    batch_no: str
    stopped: bool
    reason: str
    qty: int
    at: AwareDatetime


class CourierLoadsOut(Schema):
    loads: list[CourierLoadOut]


class TasksOut(Schema):
    """Open tasks in the order of the round, then today's closed ones.

    `loads`: today's, and earlier ones of batches whose sale is stopped; without those taken back.
    """

    server_now: AwareDatetime
    tasks: list[TaskOut]
    loads: list[CourierLoadOut]
    goods: list[LoadGoodOut]


class ActionIn(Schema):
    """`at`: when it happened by the phone's clock.

    `payload` by kind: RefuseIn, DeliverIn, FailIn; HereIn or {} for arrive; {} for the others.
    """

    key: str = Field(min_length=8, max_length=80, pattern=PRINTABLE)
    task_id: int = Field(ge=0, lt=2**63)
    kind: Literal["accept", "refuse", "pick_up", "arrive", "deliver", "fail"]
    at: AwareDatetime
    payload: dict[str, Any] = {}


class SyncIn(Schema):
    """`sent_at`: the phone's clock at the moment of sending, which corrects every `at`."""

    device_id: str = Field(min_length=1, max_length=80, pattern=PRINTABLE)
    sent_at: AwareDatetime
    actions: list[ActionIn] = Field(max_length=200)


class ResultOut(Schema):
    """`task` as it is now, so that a conflict can be shown; null when there is no such task of this courier.

    `conflict`: noted, and a person will look at it; `code` `applied_…` says that it counts all the same.
    """

    key: str
    status: Literal["done", "repeated", "conflict", "rejected"]
    code: str
    message: str
    task: TaskOut | None


class SyncOut(Schema):
    server_now: AwareDatetime
    results: list[ResultOut]


class RefuseIn(Schema):
    reason: str = Field("", max_length=200)


class LeftIn(Schema):
    """`batch_no`: of the bucket's label, where the courier noted it."""

    id: int
    qty: int = Field(ge=0, le=10_000)
    batch_no: str = Field("", max_length=40)


class EmptyIn(Schema):
    bucket_type_id: int
    qty: int = Field(ge=0, le=10_000)


class HereIn(Schema):
    """Where the phone is at the door, if it knows: WGS 84 degrees. It helps the next round."""

    lat: float | None = Field(None, ge=-90, le=90)
    lng: float | None = Field(None, ge=-180, le=180)


class DeliverIn(HereIn):
    """`vouchers` left out: as ordered."""

    lines: list[LeftIn] = Field(max_length=20)
    empties: list[EmptyIn] = Field(default_factory=list, max_length=10)
    cash_fen: int = Field(0, ge=0, le=MONEY)
    wechat_fen: int = Field(0, ge=0, le=MONEY)
    vouchers: int | None = Field(None, ge=0, le=10_000)
    photo_ids: list[str] = Field(default_factory=list, max_length=10)
    note: str = Field("", max_length=200)


class FailIn(Schema):
    code: FailureCode
    note: str = Field("", max_length=200)
    photo_ids: list[str] = Field(default_factory=list, max_length=10)


class PhotoOut(Schema):
    id: str


class CountOut(Schema):
    """`qty` of a product or bucket type."""

    name: str
    qty: int


class HandoverOut(Schema):
    """`difference_fen` below nothing: money is missing. `counted_fen` is null until somebody confirmed."""

    id: int
    courier_id: int
    courier: str
    day: str
    due_fen: int
    declared_fen: int
    counted_fen: int | None
    difference_fen: int
    state: Literal["declared", "confirmed"]
    declared_at: AwareDatetime
    confirmed_at: AwareDatetime | None
    confirmed_by: str
    note: str


class SignedOut(Schema):
    """`current`: nothing changed since; else the day is to be signed anew."""

    at: AwareDatetime
    by: str
    cash_fen: int
    handed_fen: int
    difference_fen: int
    note: str
    current: bool


class SettlementOut(Schema):
    """A courier's day (Shanghai's). `loaded` and `returned`: full buckets taken along and brought back,
    `left`: of the loaded kinds what nobody got and nobody brought back, `unnoted`: what went without a load;
    `cash_due_fen`: what the orders asked for in money; `cash_fen`: taken; `to_hand_fen`: cash not handed over
    yet. `signed` is null until somebody signed the day off.
    """

    day: str
    delivered: int
    failed: int
    open: int
    products: list[CountOut]
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
    handovers: list[HandoverOut]
    signed: SignedOut | None


class HandOverIn(Schema):
    """`day`: YYYY-MM-DD; `cash_fen`: what the courier brings."""

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    cash_fen: int = Field(ge=0, le=MONEY)
    key: str = Field(min_length=8, max_length=80)


class ToldIn(Schema):
    """`at`: when it happened by the phone's clock; `sent_at`: that clock at the moment of sending."""

    key: str = Field(min_length=8, max_length=80, pattern=PRINTABLE)
    at: AwareDatetime
    sent_at: AwareDatetime


class LoadIn(ToldIn):
    """Full buckets of one batch go on the vehicle, or are brought back to the station."""

    move: Literal["loaded", "returned"] = "loaded"
    sku: str = Field(max_length=30)
    batch_no: str = Field(min_length=1, max_length=40)
    qty: int = Field(ge=1, le=1000)


class UndoLoadIn(ToldIn):
    """`load`: the key of the report that was a mistake."""

    load: str = Field(min_length=8, max_length=80, pattern=PRINTABLE)
