"""What the voucher API answers. Money is 分, times are UTC."""

from datetime import datetime

from ninja import Schema


class LotOut(Schema):
    id: int
    name: str
    sku: str
    volume_ml: int
    scope: str
    source: str
    paid_qty: int
    gift_qty: int
    paid_fen: int
    unit_price_fen: int
    available: int
    reserved: int
    frozen: int
    bought_at: datetime
    expires_at: datetime | None
    expired: bool
    min_per_delivery: int
    regions: list[str]
    station_id: int | None


class BalanceOut(Schema):
    available: int
    reserved: int
    frozen: int
    owed: int


class BucketOut(Schema):
    """`out` 在外桶, `deposited` 押桶数, `owed` 欠桶."""

    bucket_type: str
    name: str
    out: int
    deposited: int
    owed: int
    refundable: int
    held_fen: int


class EligibleOut(Schema):
    sku: str
    name: str
    available: int


class ClockOut(Schema):
    """`state`: running, warning (from 2:30), late; met or missed once done. Seconds."""

    state: str
    seconds: int
    left: int


class CaseOut(Schema):
    id: int
    code: str
    message: str
    say: str
    remedies: list[str]
    detail: dict[str, object]
    state: str
    call_id: str
    order_id: int | None
    started_at: datetime
    done_at: datetime | None
    escalated: bool
    remedy: str
    clock: ClockOut


class IouOut(Schema):
    id: int
    sku: str
    qty: int
    state: str
    code: str
    order_id: int | None
    delivery_id: int | None
    at: datetime
    tries: int


class RedemptionOut(Schema):
    """One of the last 24 hours. `left`: what is not reversed; `owed_fen`: what its order owes once it is,
    `monthly`: with the month's bill.
    """

    id: int
    name: str
    qty: int
    left: int
    at: datetime
    order_id: int | None
    order_no: str
    owed_fen: int | None
    monthly: bool


class PanelOut(Schema):
    """The ticket panel (M3): everything about one customer's vouchers on one screen."""

    balance: BalanceOut
    lots: list[LotOut]
    buckets: list[BucketOut]
    eligible: list[EligibleOut]
    cases: list[CaseOut]
    ious: list[IouOut]
    redemptions: list[RedemptionOut]


class StatementLineOut(Schema):
    ledger: str
    at: datetime
    kind: str
    kind_name: str
    what: str
    qty: int
    change: int
    after: int
    fen: int
    order_id: int | None
    call_id: str
    delivery_id: int | None
    reason: str
    actor: str
    ref: str


class TotalsOut(Schema):
    vouchers: int
    buckets: int
    deposits: int
    deposit_fen: int


class StatementOut(Schema):
    since: datetime
    until: datetime
    opening: TotalsOut
    closing: TotalsOut
    lines: list[StatementLineOut]


class EntryOut(Schema):
    id: int
    lot_id: int
    seq: int
    kind: str
    kind_name: str
    qty: int
    available: int
    reserved: int
    frozen: int
    amount_fen: int
    order_id: int | None
    delivery_id: int | None
    call_id: str
    reason: str
    actor: str
    at: datetime


class ReceiptOut(Schema):
    """`repeated`: the first request with this key had done it; these are its entries. `iou`: owed instead."""

    key: str
    repeated: bool
    entries: list[EntryOut]
    iou: IouOut | None = None


class PackageOut(Schema):
    id: int
    sku: str
    name: str
    scope: str
    paid_qty: int
    gift_qty: int
    price_fen: int
    valid_days: int | None


class RefundOut(Schema):
    version: str
    rule: str
    fen: int
    counted: int
    charged_fen: int
    text: str


class CaseKpiOut(Schema):
    """M4 of the cases that began in [since, until) in a call; `rate` is met ÷ (met + missed + late)."""

    since: datetime
    until: datetime
    total: int
    met: int
    missed: int
    open: int
    rate: float | None
    by_code: dict[str, int]


class FailureOut(Schema):
    """One of T01–T12: its cause, the sentence to say, and what can be done."""

    code: str
    message: str
    say: str
    remedies: list[str]


class PaperWaitingOut(Schema):
    """A paper voucher's form nobody has decided. `mine`: a second person must."""

    id: int
    serial: str
    customer_id: int
    customer_name: str
    product: str
    qty: int
    at: datetime
    mine: bool
    photos: list[str]
    note: str


class PaperPhotoOut(Schema):
    id: str


class PaperOut(Schema):
    id: int
    serial: str
    sku: str
    qty: int
    state: str
    lot_id: int | None


class ApprovalOut(Schema):
    code: str


class CodeSentOut(Schema):
    """`sent_to`: masked. The code itself is only on the customer's phone."""

    sent_to: str
    expires_at: datetime


class BindingOut(Schema):
    matched: list[str]
    asked: list[str]
    passed: bool


class BucketReceiptOut(Schema):
    key: str
    repeated: bool
    receipt_no: str | None
    fen: int
    standing: list[BucketOut]


class BreakOut(Schema):
    lot: int
    seq: int
    entry: int | None
    what: str


class AuditOut(Schema):
    lots: int
    entries: int
    fingerprint: str
    breaks: list[BreakOut]
