"""What the order services are given. Money in 分, times UTC."""

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from springline.business.customers.inputs import AddressIn, CustomerIn

Pay = Literal["voucher", "cash", "wechat", "monthly"]


class LineIn(Schema):
    """`pay_by` left out: vouchers as far as they go, then the customer's usual way. `voucher`: the same, and
    said so when they do not suffice. The others use no voucher.
    """

    sku: str = Field(max_length=30)
    qty: int = Field(ge=1, le=10_000)
    pay_by: Pay | None = None


class EmptiesIn(Schema):
    """Empty buckets that the customer gives back."""

    bucket_type_id: int
    qty: int = Field(ge=0, le=10_000)


class OrderDraft(Schema):
    """An order as it is being taken.

    Whose: `customer_id`, or `customer` with phones and address for a new one. Where to: `address_id`, or
    `address` for a new one; neither: the customer's last used. `floor` and `lift` answer what was asked, and
    are noted on the address. `empties` left out: as many as are bought, as far as the customer has them.
    """

    customer_id: int | None = None
    customer: CustomerIn | None = None
    address_id: int | None = None
    address: AddressIn | None = None
    floor: int | None = Field(None, ge=-5, le=200)
    lift: Literal["yes", "no", "unknown"] | None = None
    lines: list[LineIn] = Field(min_length=1, max_length=20)
    empties: list[EmptiesIn] | None = Field(None, max_length=10)
    window_from: datetime | None = None
    window_to: datetime | None = None
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=40)
    note: str = Field("", max_length=200)
    call_id: str = Field("", max_length=64)
    source: Literal["hotline", "web", "mini_program", "automatic", "import"] = "hotline"


class OrderIn(OrderDraft):
    """`request_key`: the same key again answers the first one's order. `quote`: of the preview that was read
    to the customer; another price since then is refused. `customer_version`: of the form.
    """

    request_key: str = Field(min_length=8, max_length=80)
    quote: str = Field("", max_length=64)
    customer_version: int | None = None
    confirm_duplicate: bool = False


class ChangeIn(Schema):
    """Only what is given changes. `version`: of the form. `quote`: as in OrderIn."""

    version: int
    key: str = Field(min_length=8, max_length=80)
    quote: str = Field("", max_length=64)
    lines: list[LineIn] | None = Field(None, min_length=1, max_length=20)
    empties: list[EmptiesIn] | None = Field(None, max_length=10)
    address_id: int | None = None
    address: AddressIn | None = None
    floor: int | None = Field(None, ge=-5, le=200)
    lift: Literal["yes", "no", "unknown"] | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    contact_name: str | None = Field(None, max_length=40)
    contact_phone: str | None = Field(None, max_length=40)
    note: str | None = Field(None, max_length=200)


class DeliveredLine(Schema):
    """`id`: of the order line; `qty`: what was left with the customer."""

    id: int
    qty: int = Field(ge=0, le=10_000)


class DeliveredIn(Schema):
    """What a courier left and took. `vouchers` None: as ordered."""

    lines: list[DeliveredLine] = Field(max_length=20)
    empties: list[EmptiesIn] = Field(default_factory=list, max_length=10)
    cash_fen: int = Field(0, ge=0, le=10**9)
    wechat_fen: int = Field(0, ge=0, le=10**9)
    vouchers: int | None = Field(None, ge=0, le=10_000)
    note: str = Field("", max_length=200)


class DemandIn(Schema):
    """`town`, `county`: codes, or `address` as the caller says it."""

    reason: Literal["outside", "price", "too_slow", "out_of_stock", "enquiry", "repeated", "hung_up", "other"]
    address: str = Field("", max_length=200)
    county: str = Field("", pattern=r"^(\d{6})?$")
    town: str = Field("", pattern=r"^(\d{9})?$")
    sku: str = Field("", max_length=30)
    qty: int | None = Field(None, ge=1, le=10_000)
    customer_id: int | None = None
    call_id: str = Field("", max_length=64)
    note: str = Field("", max_length=200)
    key: str = Field(min_length=8, max_length=80)
