"""What an order would be: the facts that preview, placing and change share."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from springline.business.catalog.models import Product
from springline.business.catalog.pricing import Delivery
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.orders.errors import OrderRefused
from springline.business.orders.states import Ask, PayBy
from springline.business.vouchers.ledger import Held


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where to: a saved address (`row`) or one as it is being said. Unknown is "" or None."""

    text: str
    county: str
    town: str
    building: str = ""
    floor: int | None = None
    lift: str = "unknown"
    notes: str = ""
    contact: str = ""
    row: CustomerAddress | None = None

    @property
    def adcode(self) -> str | None:
        """The town's code, or the county's, or None."""
        return self.town or self.county or None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A refusal or a warning. `status`: what a refusal answers over HTTP."""

    code: str
    zh: str
    en: str
    detail: Any = None
    status: int = 409

    def refusal(self) -> OrderRefused:
        return OrderRefused(self.code, self.zh, self.en, self.detail, status=self.status)


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """`vouchers` of `qty` are paid by vouchers, the rest by `pay_by`. `deposits`: buckets to deposit for."""

    product: Product
    qty: int
    unit_fen: int
    list_fen: int
    why_zh: str
    why_en: str
    vouchers: int
    pay_by: PayBy
    deposits: int = 0

    @property
    def amount_fen(self) -> int:
        return self.unit_fen * self.qty

    @property
    def deposit_fen(self) -> int:
        return self.product.bucket_type.deposit_fen * self.deposits if self.product.bucket_type else 0


@dataclass(kw_only=True)
class Plan:
    """`asks` name what must be asked, `candidates` are the places in question. `floor_fee_fen` None: unknown,
    and then not in the total. `refusals` say why it cannot be placed as it is. `vouchers_left`: afterwards.
    `lots`: the customer's vouchers as they were.
    """

    customer: Customer | None
    where: Where | None
    lines: list[PlannedLine]
    delivery: Delivery | None
    delivery_fee_fen: int
    floor_fee_fen: int | None
    promise_at: datetime | None
    window_from: datetime | None
    window_to: datetime | None
    vouchers_left: int = 0
    lots: list[Held] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    candidates: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)

    @property
    def goods_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def deposit_fen(self) -> int:
        return sum(line.deposit_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        return self.goods_fen + self.delivery_fee_fen + (self.floor_fee_fen or 0) + self.deposit_fen

    @property
    def vouchers(self) -> int:
        return sum(line.vouchers for line in self.lines)

    @property
    def vouchers_fen(self) -> int:
        return sum(line.vouchers * line.unit_fen for line in self.lines)

    @property
    def due_fen(self) -> int:
        """To be paid in money."""
        return self.total_fen - self.vouchers_fen

    @property
    def monthly(self) -> bool:
        return any(line.pay_by is PayBy.MONTHLY for line in self.lines)

    @property
    def quote(self) -> str:
        """Names what the customer was told to pay; any other price or fee gives another token."""
        lines = [
            [line.product.sku, line.qty, line.unit_fen, line.vouchers, line.deposits] for line in self.lines
        ]
        told = [lines, self.delivery_fee_fen, self.floor_fee_fen, self.deposit_fen, self.due_fen]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
