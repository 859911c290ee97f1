"""What the API says of orders. Money in 分, times UTC; numbers are masked.

Answers are no ninja.Schema: that reads each field through a wrapper, for the sake of model instances.
"""

from datetime import datetime
from typing import Any

from ninja import Field, Schema
from pydantic import BaseModel

from springline.business.orders.inputs import OrderDraft


class RemarkOut(BaseModel):
    code: str
    message: str
    detail: Any = None


class SpotOut(BaseModel):
    """Where to. `id`: of the saved address, null for one as it is being said."""

    id: int | None
    text: str
    building: str
    county: str
    county_name: str
    town: str
    town_name: str
    floor: int | None
    lift: str
    notes: str


class CandidateOut(BaseModel):
    county: str
    county_name: str
    town: str
    town_name: str


class OrderAreaOut(BaseModel):
    """`state`: served, not_served, by_appointment, unknown."""

    state: str
    why: str
    promised_minutes: int | None
    min_qty: int
    short_by: int


class PlanLineOut(BaseModel):
    """`vouchers` of `qty` pay for as many; `pay_by` is for the rest. `deposits`: buckets to deposit for."""

    product_id: int
    sku: str
    name: str
    unit: str
    qty: int
    unit_fen: int
    list_fen: int
    why: str
    amount_fen: int
    vouchers: int
    pay_by: str
    deposits: int
    deposit_fen: int


class ReadBackOut(BaseModel):
    zh: str
    en: str


class OrderPreviewOut(BaseModel):
    """What the order would be now. `asks`: address, county (see `candidates`), floor, lift, window.

    `floor_fee_fen` null: unknown until floor and lift are, and not in the total. total = goods + fees +
    deposit; due = total − vouchers, in money. `placeable`: nothing stands against it but what is still to be
    asked of floor and lift, and a second order within half an hour, which needs `confirm_duplicate`.
    """

    lines: list[PlanLineOut]
    address: SpotOut | None
    area: OrderAreaOut | None
    goods_fen: int
    delivery_fee_fen: int
    floor_fee_fen: int | None
    deposit_fen: int
    total_fen: int
    vouchers: int
    vouchers_fen: int
    vouchers_left: int
    due_fen: int
    monthly: bool
    promise_at: datetime | None
    window_from: datetime | None
    window_to: datetime | None
    asks: list[str]
    candidates: list[CandidateOut]
    refusals: list[RemarkOut]
    warnings: list[RemarkOut]
    duplicates: list[str]
    placeable: bool
    read_back: ReadBackOut
    quote: str


class OrderLineOut(BaseModel):
    id: int
    product_id: int
    sku: str
    name: str
    unit: str
    qty: int
    unit_fen: int
    why: str
    vouchers: int
    pay_by: str
    deposits: int
    delivered: int | None
    redeemed: int
    vouchers_owed: int


class OrderStepOut(BaseModel):
    at: datetime
    who: str
    event: str
    event_name: str
    state: str
    facts: dict[str, Any]


class PaymentOut(BaseModel):
    at: datetime
    channel: str
    fen: int
    who: str
    note: str


class OrderRow(BaseModel):
    """A line of a list. `what`: the lines in short; `courier`: the name, "" while there is none."""

    id: int
    no: str
    version: int
    state: str
    state_name: str
    customer_id: int
    customer_name: str
    what: str
    address: SpotOut
    call_id: str
    source: str
    station_id: int | None
    courier_id: int | None
    courier: str
    window_from: datetime | None
    window_to: datetime | None
    promise_at: datetime | None
    overdue: bool
    urges: int
    total_fen: int
    vouchers_fen: int
    due_fen: int
    paid_fen: int
    owed_fen: int
    monthly: bool
    note: str
    placed_at: datetime
    placed_by: str
    delivered_at: datetime | None


class OrderOut(OrderRow):
    """`phone`: the recipient's where it is another person, masked. `can`: what is possible now."""

    lines: list[OrderLineOut]
    goods_fen: int
    delivery_fee_fen: int
    floor_fee_fen: int | None
    deposit_fen: int
    vouchers_owed_fen: int
    contact_name: str
    phone: str
    urged_at: datetime | None
    overdue_at: datetime | None
    settled_at: datetime | None
    cancel_reason: str
    fail_code: str
    voucher_trouble: str
    parent_id: int | None
    children: list[int]
    steps: list[OrderStepOut]
    payments: list[PaymentOut]
    can: list[str]


class OrderPage(BaseModel):
    """`next`: pass it as `before` for the following page; null at the end."""

    items: list[OrderRow]
    next: int | None


class ReorderOut(BaseModel):
    """`draft` is ready to be placed as it is; null with `last_order_id` null when there is no order yet."""

    last_order_id: int | None
    draft: OrderDraft | None
    preview: OrderPreviewOut | None


class CancelIn(Schema):
    """`reason`: customer, duplicate, mistake, address, out_of_stock, too_late, price, other."""

    key: str = Field(min_length=8, max_length=80)
    reason: str = Field(pattern="^(customer|duplicate|mistake|address|out_of_stock|too_late|price|other)$")
    version: int | None = None
    note: str = Field("", max_length=200)


class KeyIn(Schema):
    key: str = Field(min_length=8, max_length=80)
    note: str = Field("", max_length=200)


class UrgeIn(Schema):
    key: str = Field(min_length=8, max_length=80)
    call_id: str = Field("", max_length=64)


class RescheduleIn(Schema):
    """With a window: another time (改约). Without: another courier, as soon as may be (改派)."""

    key: str = Field(min_length=8, max_length=80)
    window_from: datetime | None = None
    window_to: datetime | None = None


class PayIn(Schema):
    """`fen` below nothing: money back. `channel`: cash, wechat, bank, other."""

    key: str = Field(min_length=8, max_length=80)
    fen: int = Field(ge=-(10**9), le=10**9)
    channel: str = Field("cash", pattern="^(cash|wechat|bank|other)$")
    note: str = Field("", max_length=200)


class ConversionOut(BaseModel):
    """来电订水 → 实际下单 (§1.3). `outside`: intents without an order that nobody delivers to.

    `rate_inside` leaves those out of the denominator. A rate is null when there is nothing to divide by.
    """

    since: datetime
    until: datetime
    intents: int
    converted: int
    outside: int
    rate: float | None
    rate_inside: float | None


class DemandOut(BaseModel):
    id: int
    at: datetime
    reason: str
    reason_name: str
    county: str
    county_name: str
    town: str
    town_name: str
    place: str
    product: str
    qty: int | None
    customer_id: int | None
    call_id: str
    note: str
    who: str


class DemandPage(BaseModel):
    items: list[DemandOut]
    next: int | None


class DemandTownOut(BaseModel):
    """How often somebody there wanted water and ordered none, by reason."""

    county: str
    county_name: str
    town: str
    town_name: str
    place: str
    total: int
    reasons: dict[str, int]
