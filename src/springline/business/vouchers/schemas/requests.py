"""What the voucher API is asked. Money is 分, times are UTC."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

Id = Annotated[int, Field(ge=1, lt=2**63)]
# 10 million yuan: more is a slip of the hand, and the columns end at twice as much.
Fen = Annotated[int, Field(ge=0, le=10**9)]


class RequestIn(Schema):
    """What every change has. `key` makes it happen once, however often it is sent."""

    key: str = Field(min_length=8, max_length=80)
    reason: str = Field("", max_length=200)
    order_id: Id | None = None
    delivery_id: Id | None = None
    call_id: str = Field("", max_length=64)
    station_id: Id | None = None


class BuyIn(RequestIn):
    package_id: Id
    paid_fen: Fen | None = None


class WaterIn(RequestIn):
    """`answered_at`: when the after-sales call was answered, for the clock of a refusal."""

    sku: str
    qty: int = Field(ge=1, le=1000)
    adcode: str | None = None
    answered_at: datetime | None = None


class EmergencyIn(WaterIn):
    code: str = Field(max_length=12)


class CodeSendIn(Schema):
    call_id: str = Field("", max_length=64)


class CodeRedeemIn(WaterIn):
    """`code`: what the customer read out."""

    code: str = Field(min_length=4, max_length=12)


class LotIn(RequestIn):
    qty: int | None = Field(None, ge=1)


class RefundIn(RequestIn):
    """`approval`: a second person's code of purpose voucher_refund."""

    approval: str = Field("", max_length=12)


class GiftIn(RequestIn):
    sku: str
    qty: int = Field(ge=1, le=1000)


class IouSettleIn(RequestIn):
    clearing: bool = False


class OweIn(WaterIn):
    """`code`: why the vouchers could not be redeemed now."""

    code: str = "T12"


class CaseIn(RequestIn):
    """A failure that the customer or the courier tells of; `sku`, `qty` and `iou` are what it was about."""

    code: str
    sku: str = ""
    qty: int = Field(1, ge=1, le=1000)
    iou: Id | None = None
    answered_at: datetime | None = None


class ExtendIn(RequestIn):
    until: datetime


class ConvertIn(RequestIn):
    sku: str
    qty: int = Field(ge=1)
    surcharge_fen: Fen | None = None


class TransferIn(RequestIn):
    to_customer: Id
    qty: int = Field(ge=1)


class PaperIn(WaterIn):
    serial: str = Field(min_length=1, max_length=40)
    photo: str = Field("", max_length=200)
    photo_id: UUID | None = None


class DecideIn(RequestIn):
    accept: bool


class ApprovalIn(Schema):
    """`purpose`: emergency, deposit_refund or voucher_refund."""

    purpose: str
    customer_id: Id
    limit_fen: Fen | None = None


class BindingIn(Schema):
    address: str = Field("", max_length=200)
    order_no: str = Field("", max_length=40)
    order_day: date | None = None
    purchase_day: date | None = None
    lot: Id | None = None


class CloseIn(Schema):
    """`event`: resolve, agree, or withdraw."""

    event: str
    remedy: str = Field("", max_length=40)
    note: str = Field("", max_length=200)


class BucketIn(RequestIn):
    bucket_type: str
    qty: int = Field(ge=1, le=1000)


class BucketMoveIn(BucketIn):
    kind: str
    address_id: Id | None = None


class DepositIn(BucketIn):
    channel: str = Field("cash", max_length=20)
    approval: str = Field("", max_length=12)
