"""Customers over HTTP: the box, the record, its phones and addresses, and the screen pop."""

from django.http import HttpRequest
from ninja import Query, Router

from springline.business.accounts.api import Done
from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, may
from springline.business.accounts.services import audit
from springline.business.calls.models import Call
from springline.business.customers import erasing, merging, places, pops, selectors, showing
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.import_api import router as imports
from springline.business.customers.inputs import AddressChange, AddressIn, ContactIn, CustomerIn, PhoneIn
from springline.business.customers.lookups import resolve_caller
from springline.business.customers.models import Customer, CustomerAddress, CustomerMerge, CustomerPhone
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.customers.refusals import Refusals, api_error
from springline.business.customers.schemas import (
    AddressOut,
    CountyOut,
    CustomerOut,
    CustomerPage,
    CustomerPatch,
    LocatedOut,
    MergeIn,
    PopIn,
    PopOut,
    ReasonIn,
    RegionOut,
    RegionsOut,
    TagIn,
)
from springline.business.customers.searching import search
from springline.business.customers.services import addresses, phones, profiles
from springline.business.http import BOTH, ApiError, answers, forbidden, not_found, require
from springline.business.live import present
from springline.business.phones import display as displayed
from springline.business.phones import grouped
from springline.contracts.events import CallerQuality
from springline.contracts.live import CallRow

router = Router(tags=["customers"], auth=BOTH)
router.add_router("", imports)


@router.get("/customers", response=answers(CustomerPage, 422))
def list_customers(
    request: HttpRequest,
    q: str = Query("", max_length=100),
    limit: int = Query(20, ge=1, le=100),
    after: int | None = None,
) -> CustomerPage:
    """With `q` what the one box finds, the surest first; without it all customers, the newest first."""
    require(request, Action.READ_CUSTOMERS)
    if q.strip():
        hits = search(q, limit)
        found = Customer.objects.in_bulk([hit.customer_id for hit in hits])
        rows = showing.rows(
            [found[hit.customer_id] for hit in hits], {hit.customer_id: hit.by.value for hit in hits}
        )
        return CustomerPage(items=rows, next=None)
    customers = selectors.active().order_by("-pk")
    if after is not None:
        customers = customers.filter(pk__lt=after)
    page = list(customers[: limit + 1])
    more, page = len(page) > limit, page[:limit]
    return CustomerPage(items=showing.rows(page), next=page[-1].pk if more else None)


@router.post("/customers", response=answers(CustomerOut, 404, 409, 422))
def create_customer(request: HttpRequest, body: CustomerIn) -> CustomerOut:
    """All in one transaction; the same `request_key` makes one customer. 422 nobody: no name, no number."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    with Refusals():
        profiles.check_known(body)
        return showing.one(profiles.create(body, actor))


@router.post("/customers/pop", response=answers(PopOut, 404, 422))
def read_pop(request: HttpRequest, body: PopIn) -> PopOut:
    """Whose a ringing call, or a typed number, is. Answers in time whatever the database does."""
    actor = require(request, Action.READ_CUSTOMERS)
    if body.customer_id is not None:
        return showing.popped(pops.card(_customer(body.customer_id)), "")
    number, quality, display = _caller(actor, body.call_id, body.number)
    return showing.popped(pops.pop(number, quality), display)


@router.post("/customers/region", response=answers(RegionOut, 404, 422))
def set_region(request: HttpRequest, body: TagIn) -> RegionOut:
    """An agent says where a caller's number is at home."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    number, quality, _display = _caller(actor, body.call_id, body.number)
    if number is None or quality is not CallerQuality.REAL:
        raise api_error(
            CustomerRefusal(
                "not_personal", "号码未显示或不可信。", "The number is hidden or cannot be trusted."
            )
        )
    with Refusals():
        phones.set_region(number, body.county, actor, lasting=body.lasting)
    return showing.region(resolve_caller(number, quality))


@router.get("/customers/regions", response=answers(RegionsOut))
def list_regions(request: HttpRequest) -> RegionsOut:
    """The counties and towns of the region pack, and how old the prefix file is."""
    require(request, Action.READ_CUSTOMERS)
    pack, table = places.pack(), places.prefixes()
    return RegionsOut(
        city=pack.city.name,
        source=pack.source,
        as_of=pack.as_of,
        prefix_count=len(table),
        prefix_dated=table.dated,
        counties=[
            CountyOut(
                adcode=county.adcode,
                name=county.name,
                name_en=county.name_en,
                towns=[(town.code, town.name) for town in county.towns],
            )
            for county in pack.counties
        ],
    )


@router.get("/customers/locate", response=answers(LocatedOut, 422))
def locate_address(request: HttpRequest, text: str = Query("", max_length=300)) -> LocatedOut:
    """County and town of an address as it is being typed, or what to ask."""
    require(request, Action.READ_CUSTOMERS)
    return showing.located(places.locate(text))


@router.get("/customers/{int:customer_id}", response=answers(CustomerOut, 404))
def read_customer(request: HttpRequest, customer_id: int) -> CustomerOut:
    """A duplicate answers with the customer it was merged into."""
    require(request, Action.READ_CUSTOMERS)
    return showing.one(_customer(customer_id))


@router.patch("/customers/{int:customer_id}", response=answers(CustomerOut, 404, 409, 422))
def update_customer(request: HttpRequest, customer_id: int, body: CustomerPatch) -> CustomerOut:
    """409 stale with what others changed when `version` is not the present one."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    fields = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    version = fields.pop("version")
    with Refusals():
        return showing.one(profiles.update(customer_id, version, fields, actor))


@router.post("/customers/{int:customer_id}/numbers", response=answers(CustomerOut, 404, 422))
def reveal_numbers(request: HttpRequest, customer_id: int, body: ReasonIn) -> CustomerOut:
    """The record with its numbers in full. Each reading leaves an audit row with its reason."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    customer = _customer(customer_id)
    audit(actor, "customer.numbers_read", customer, why=body.why)
    return showing.one(customer, reveal=True)


@router.post("/customers/{int:customer_id}/phones", response=answers(CustomerOut, 404, 409, 422))
def add_phone(request: HttpRequest, customer_id: int, body: PhoneIn) -> CustomerOut:
    actor = require(request, Action.CHANGE_CUSTOMERS)
    with Refusals():
        phones.bind(customer_id, body, actor)
    return showing.one(_customer(customer_id))


@router.delete("/customers/phones/{int:phone_id}", response=answers(Done, 404, 409))
def remove_phone(request: HttpRequest, phone_id: int) -> Done:
    actor = require(request, Action.CHANGE_CUSTOMERS)
    _exists(CustomerPhone, phone_id)
    with Refusals():
        phones.unbind(phone_id, actor)
    return Done()


@router.post("/customers/{int:customer_id}/contacts", response=answers(CustomerOut, 404, 409, 422))
def add_contact(request: HttpRequest, customer_id: int, body: ContactIn) -> CustomerOut:
    actor = require(request, Action.CHANGE_CUSTOMERS)
    with Refusals():
        profiles.add_contact(customer_id, body, actor)
    return showing.one(_customer(customer_id))


@router.post("/customers/{int:customer_id}/addresses", response=answers(AddressOut, 404, 409, 422))
def add_address(request: HttpRequest, customer_id: int, body: AddressIn) -> AddressOut:
    """County and town come from the text when they are left out and it is unambiguous."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    with Refusals():
        return showing.address(addresses.add(customer_id, body, actor))


@router.put("/customers/addresses/{int:address_id}", response=answers(AddressOut, 404, 409, 422))
def change_address(request: HttpRequest, address_id: int, body: AddressChange) -> AddressOut:
    """409 stale with what others changed when `version` is given and not the present one."""
    actor = require(request, Action.CHANGE_CUSTOMERS)
    with Refusals():
        return showing.address(addresses.change(address_id, body, actor, body.version))


@router.delete("/customers/addresses/{int:address_id}", response=answers(Done, 404, 409))
def remove_address(request: HttpRequest, address_id: int) -> Done:
    actor = require(request, Action.CHANGE_CUSTOMERS)
    _exists(CustomerAddress, address_id)
    with Refusals():
        addresses.remove(address_id, actor)
    return Done()


@router.post("/customers/{int:customer_id}/merge", response=answers(CustomerOut, 404, 409, 422))
def merge_customers(request: HttpRequest, customer_id: int, body: MergeIn) -> CustomerOut:
    """`other_id` becomes a duplicate of this one; it can be undone."""
    actor = require(request, Action.MANAGE_CUSTOMERS)
    with Refusals():
        merging.merge(customer_id, body.other_id, actor, body.why)
    return showing.one(_customer(customer_id))


@router.post("/customers/merges/{int:merge_id}/undo", response=answers(CustomerOut, 404, 409))
def undo_merge(request: HttpRequest, merge_id: int) -> CustomerOut:
    actor = require(request, Action.MANAGE_CUSTOMERS)
    _exists(CustomerMerge, merge_id)
    with Refusals():
        return showing.one(merging.undo(merge_id, actor).kept)


@router.post("/customers/{int:customer_id}/erase", response=answers(Done, 404, 409, 422))
def erase_customer(request: HttpRequest, customer_id: int, body: ReasonIn) -> Done:
    """For good. 409 owed with the reasons when vouchers, deposits or orders are still open."""
    actor = require(request, Action.MANAGE_CUSTOMERS)
    _customer(customer_id)
    with Refusals():
        erasing.erase(customer_id, actor, body.why)
    pops.forget()
    return Done()


def _customer(customer_id: int) -> Customer:
    try:
        return selectors.canonical(customer_id)
    except Customer.DoesNotExist:
        raise not_found("unknown_customer") from None


def _exists(model: type[CustomerPhone | CustomerAddress | CustomerMerge], key: int) -> None:
    if not model.objects.filter(pk=key).exists():
        raise not_found()


def _caller(actor: User | ApiToken, call_id: str, text: str) -> tuple[str | None, CallerQuality, str]:
    """(E.164 or None, quality, what may be shown of it) of a call, living or past, or of a typed number."""
    if not call_id:
        try:
            number = to_e164(text, places.pack().city.area_code)
        except NoNumber:
            raise ApiError(422, "bad_number", showing.bad_number()) from None
        return number, CallerQuality.REAL, grouped(number)
    call: CallRow | Call | None = present.call(call_id) or Call.objects.filter(pk=call_id).first()
    if call is None:
        raise not_found("unknown_call")
    show = may(actor, Action.SEE_NUMBERS, call.agent)
    if not show and not may(actor, Action.READ_CALLS):
        raise forbidden()
    quality = CallerQuality(call.caller_quality)
    return call.caller, quality, displayed(call.caller, call.caller_raw, quality, show=show)
