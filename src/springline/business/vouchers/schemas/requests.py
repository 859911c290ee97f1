"""What the voucher API is asked. Money is 分, times are UTC."""

from datetime import date, datetime

from ninja import Field, Schema


class RequestIn(Schema):
    """What every change has. `key` makes it happen once, however often it is sent."""

    key: str = Field(min_length=8, max_length=80)
    reason: str = Field("", max_length=200)
    order_id: int | None = None
    delivery_id: int | None = None
    call_id: str = Field("", max_length=64)
    station_id: int | None = None


class BuyIn(RequestIn):
    package_id: int
    paid_fen: int | None = Field(None, ge=0)


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
    iou: int | None = None
    answered_at: datetime | None = None


class ExtendIn(RequestIn):
    until: datetime


class ConvertIn(RequestIn):
    sku: str
    qty: int = Field(ge=1)
    surcharge_fen: int | None = Field(None, ge=0)


class TransferIn(RequestIn):
    to_customer: int
    qty: int = Field(ge=1)


class PaperIn(WaterIn):
    serial: str = Field(min_length=1, max_length=40)
    photo: str = Field("", max_length=200)


class DecideIn(RequestIn):
    accept: bool


class ApprovalIn(Schema):
    """`purpose`: emergency, deposit_refund or voucher_refund."""

    purpose: str
    customer_id: int
    limit_fen: int | None = Field(None, ge=0)


class BindingIn(Schema):
    address: str = Field("", max_length=200)
    order_no: str = Field("", max_length=40)
    order_day: date | None = None
    purchase_day: date | None = None
    lot: int | None = None


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
    address_id: int | None = None


class DepositIn(BucketIn):
    channel: str = Field("cash", max_length=20)
    approval: str = Field("", max_length=12)
