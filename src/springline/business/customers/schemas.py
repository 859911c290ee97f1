"""What the API says of customers. Numbers are masked unless the field says otherwise."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from springline.business.customers.inputs import CustomerFields


class PhoneOut(Schema):
    """`number`: E.164, null unless it was asked for with a reason; `display`: masked, or grouped with it."""

    id: int
    number: str | None
    display: str
    label: str
    contact: str
    primary: bool


class ContactOut(Schema):
    id: int
    name: str
    duty: str


class AddressOut(Schema):
    """`county`, `town`: codes, "" while unknown; `floor`: null while unknown; `lift`: yes, no or unknown."""

    id: int
    text: str
    building: str
    county: str
    county_name: str
    town: str
    town_name: str
    floor: int | None
    lift: str
    notes: str
    default: bool
    last_used_at: datetime | None


class CustomerRow(Schema):
    """A line of a list. `by`: what the search found it by: number, tail, name, initials, text, other."""

    id: int
    name: str
    type: str
    level: str
    phone: str
    address: str
    county_name: str
    active_at: datetime
    by: str | None = None


class CustomerPage(Schema):
    """`next`: pass it as `after` for the following page; null at the end."""

    items: list[CustomerRow]
    next: int | None


class MergeOut(Schema):
    id: int
    other_id: int
    other_name: str
    at: datetime
    who: str


class ChangeOut(Schema):
    at: datetime
    who: str
    what: str
    fields: list[str]


class CustomerOut(CustomerFields):
    """`version` goes back with a change; `merges`: those that can be undone."""

    id: int
    version: int
    created_at: datetime
    active_at: datetime
    phones: list[PhoneOut]
    contacts: list[ContactOut]
    addresses: list[AddressOut]
    merges: list[MergeOut]
    changes: list[ChangeOut]


class CustomerPatch(Schema):
    """Only what is given changes. `version`: of the form; an older one is refused with what changed since."""

    version: int
    name: str | None = Field(None, min_length=1, max_length=80)
    type: str | None = Field(None, pattern="^(person|enterprise|school|office)$")
    level: str | None = Field(None, pattern="^(normal|silver|gold)$")
    settlement: str | None = Field(None, pattern="^(cash|monthly|prepaid)$")
    credit_limit: int | None = Field(None, ge=0, le=10**12)
    invoice_title: str | None = Field(None, max_length=120)
    tax_no: str | None = Field(None, max_length=30)
    remark: str | None = Field(None, max_length=500)
    risk_note: str | None = Field(None, max_length=200)


class MergeIn(Schema):
    other_id: int
    why: str = Field("", max_length=200)


class ReasonIn(Schema):
    why: str = Field(min_length=2, max_length=200)


class RegionOut(Schema):
    """`region` is an adcode, set only at level county. `level`: county, city, outside, unknown."""

    level: str
    region: str | None
    city: str | None
    source: str
    confidence: str
    sentence: str


class PopIn(Schema):
    """`call_id`: the call that rings; its number decides. Or `number` itself, typed by hand. Or the customer
    whom the agent chose.
    """

    call_id: str = Field("", max_length=64)
    number: str = Field("", max_length=40)
    customer_id: int | None = None


class PopCustomerOut(Schema):
    id: int
    name: str
    type: str
    level: str
    settlement: str
    remark: str
    risk_note: str
    contact: str
    phones: int
    version: int


class PopOut(Schema):
    """`kind`: known, new, unidentified, unavailable. `parts`: of other apps, by name; `missing`: unreadable
    ones.
    """

    kind: str
    display: str
    banner: str
    stale: bool
    as_of: datetime
    region: RegionOut | None
    customer: PopCustomerOut | None
    addresses: list[AddressOut]
    parts: dict[str, Any]
    missing: list[str]


class PlaceOut(Schema):
    county: str
    county_name: str
    town: str
    town_name: str


class LocatedOut(Schema):
    """`candidates`: the places to ask about when the text does not say which."""

    county: str | None
    town: str | None
    confidence: str
    why: str
    sentence: str
    outside: str | None
    candidates: list[PlaceOut]


class CountyOut(Schema):
    adcode: str
    name: str
    name_en: str
    towns: list[tuple[str, str]]


class RegionsOut(Schema):
    """`prefix_count` 0: no prefix file was dropped in. `towns`: (code, name)."""

    city: str
    source: str
    as_of: str
    prefix_count: int
    prefix_dated: str
    counties: list[CountyOut]


class TagIn(Schema):
    """`call_id` or `number`, as in a pop. `lasting`: a tag; otherwise a correction that fades in 180 days."""

    call_id: str = Field("", max_length=64)
    number: str = Field("", max_length=40)
    county: str = Field(pattern=r"^\d{6}$")
    lasting: bool = False


class ProblemOut(Schema):
    line: int
    column: str
    value: str
    message: str


class ImportPreviewOut(Schema):
    """`problems`: the first 200; the report has all. `digest`: give it back with the file to take it in."""

    digest: str
    columns: dict[str, str]
    ignored: list[str]
    total: int
    good: int
    bad: int
    unlocated: int
    problems: list[ProblemOut]
    sample: list[dict[str, str]]


class ImportRunOut(Schema):
    """`undone_at`: taken back then, `taken_back` of its customers."""

    id: int
    at: datetime
    who: str
    file: str
    customers: int
    undone_at: datetime | None
    taken_back: int


class ImportKeptOut(Schema):
    """A customer of an import who was used since, and by what."""

    customer_id: int
    name: str
    why: list[str]


class ImportUndoOut(Schema):
    """`goes`: how many are taken back. `stays`: how many are kept; `kept` has the first 200 of them."""

    goes: int
    stays: int
    kept: list[ImportKeptOut]


class ImportUndoIn(Schema):
    """`goes`: the number that was agreed to."""

    goes: int = Field(ge=0)


class ImportedOut(Schema):
    id: int
    customers: int
