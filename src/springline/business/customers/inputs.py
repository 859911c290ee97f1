"""What services are given. Lengths are those of the tables."""

from typing import Literal

from ninja import Field, Schema


class PhoneIn(Schema):
    """`number`: as people write it. `contact`: the name of one of the account's contacts."""

    number: str = Field(max_length=40)
    label: str = Field("", max_length=20)
    contact: str = Field("", max_length=40)
    primary: bool = False


class AddressIn(Schema):
    """`county` and `town` may be left out: then the text decides, if it is unambiguous."""

    text: str = Field(min_length=1, max_length=200)
    county: str = Field("", pattern=r"^(\d{6})?$")
    town: str = Field("", pattern=r"^(\d{9})?$")
    building: str = Field("", max_length=60)
    floor: int | None = Field(None, ge=-5, le=200)
    lift: Literal["yes", "no", "unknown"] = "unknown"
    notes: str = Field("", max_length=200)
    contact: str = Field("", max_length=40)
    default: bool = False


class AddressChange(AddressIn):
    """`version`: of the customer whose form this is; left out, whoever writes last wins."""

    version: int | None = None


class ContactIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    duty: str = Field("", max_length=40)


class CustomerFields(Schema):
    """Without a name the customer is called by what is known: the number's tail."""

    name: str = Field("", max_length=80)
    type: Literal["person", "enterprise", "school", "office"] = "person"
    level: Literal["normal", "silver", "gold"] = "normal"
    settlement: Literal["cash", "monthly", "prepaid"] = "cash"
    credit_limit: int = Field(0, ge=0, le=10**12)
    invoice_title: str = Field("", max_length=120)
    tax_no: str = Field("", max_length=30)
    remark: str = Field("", max_length=500)
    risk_note: str = Field("", max_length=200)


class CustomerIn(CustomerFields):
    """`request_key`: the same key again answers the first one's customer instead of a second one."""

    phones: list[PhoneIn] = Field(default_factory=list, max_length=50)
    contacts: list[ContactIn] = Field(default_factory=list, max_length=50)
    addresses: list[AddressIn] = Field(default_factory=list, max_length=50)
    call_id: str = Field("", max_length=64)
    request_key: str | None = Field(None, min_length=8, max_length=80)
