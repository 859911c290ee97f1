"""Where an order goes: a saved address, or one as the caller says it. Never guessed (§3.3)."""

from dataclasses import replace
from typing import Any

from springline.business.customers.inputs import AddressIn
from springline.business.customers.models import Customer, CustomerAddress
from springline.business.customers.places import locate
from springline.business.customers.regions.locating import Place
from springline.business.customers.selectors import addresses_of
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import OrderDraft
from springline.business.orders.plan import Where

Found = tuple[Where | None, list[tuple[str, str]], str]


def where(draft: Any, customer: Customer | None, ids: list[int]) -> Found:
    """(the place, counties and towns to ask about, the name of a place elsewhere).

    The place is None when there is no address yet. Raises OrderRefused `unknown_address`.
    """
    if draft.address is not None:
        return _answered(draft, _said(draft.address))
    if draft.address_id is not None:
        row = CustomerAddress.objects.filter(
            pk=draft.address_id, customer_id__in=ids, removed_at=None
        ).select_related("contact")
        found = row.first()
        if found is None:
            raise OrderRefused("unknown_address", "没有这个地址。", "There is no such address.", status=404)
        return _answered(draft, saved(found))
    if customer is not None:
        rows = addresses_of(customer.pk)
        return _answered(draft, saved(rows[0])) if rows else (None, [], "")
    if isinstance(draft, OrderDraft) and draft.customer and draft.customer.addresses:
        return _answered(draft, _said(draft.customer.addresses[0]))
    return None, [], ""


def saved(row: CustomerAddress) -> Found:
    found = Where(
        text=row.text,
        county=row.county,
        town=row.town,
        building=row.building,
        floor=row.floor,
        lift=row.lift,
        notes=row.notes,
        contact=row.contact.name if row.contact else "",
        row=row,
    )
    return (found, [], "") if row.county else _located(found)


def _said(data: AddressIn) -> Found:
    found = Where(
        text=data.text.strip(),
        county=data.county or data.town[:6],
        town=data.town,
        building=data.building,
        floor=data.floor,
        lift=data.lift,
        notes=data.notes,
        contact=data.contact,
    )
    return (found, [], "") if found.county else _located(found)


def _located(found: Where) -> Found:
    seen = locate(found.text)
    if seen.county:
        return replace(found, county=seen.county, town=seen.town or ""), [], ""
    if seen.outside:
        return found, [], seen.outside
    # Of a text that names no place any county may be meant: without one no station has the order.
    asked = seen.candidates or tuple(Place(county.adcode) for county in seen.pack.counties)
    return found, [(place.county, place.town or "") for place in asked], ""


def _answered(draft: Any, found: Found) -> Found:
    place, candidates, outside = found
    if place is None:
        return found
    floor = place.floor if draft.floor is None else draft.floor
    return replace(place, floor=floor, lift=draft.lift or place.lift), candidates, outside
