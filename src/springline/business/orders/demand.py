"""Demand that became no order (N2): noted once for each key."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business import notices
from springline.business.calls.models import WrapUp
from springline.business.catalog.models import Product
from springline.business.customers.places import locate
from springline.business.customers.selectors import by_phone, default_county
from springline.business.customers.services.shared import who
from springline.business.orders import keys
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import DemandIn, OrderIn
from springline.business.orders.lifecycle import Actor
from springline.business.orders.models import UnconvertedDemand
from springline.business.orders.states import LostReason


def note(data: DemandIn, by: Actor = None, *, now: datetime | None = None) -> UnconvertedDemand:
    """The same key returns the first row; so does a second one for the same call and reason."""
    county, town, place = data.county or data.town[:6], data.town, ""
    if data.address and not county:
        found = locate(data.address)
        county, town = found.county or "", found.town or ""
        place = found.outside or ""
    product = Product.objects.filter(sku=data.sku).first() if data.sku else None
    return _write(
        by,
        key=data.key,
        reason=data.reason,
        county=county,
        town=town,
        place=place,
        product=product,
        qty=data.qty,
        customer_id=data.customer_id,
        call_id=data.call_id,
        note=data.note.strip(),
        at=now or timezone.now(),
    )


def refused(data: OrderIn, refusal: OrderRefused, by: Actor, now: datetime) -> UnconvertedDemand:
    """An order was refused because nobody delivers there."""
    detail = refusal.detail if isinstance(refusal.detail, dict) else {}
    line = data.lines[0]
    return _write(
        by,
        key=keys.fit(f"refused:{data.request_key}", 80),
        reason=LostReason.OUTSIDE,
        county=detail.get("county", ""),
        town=detail.get("town", ""),
        place=detail.get("place", ""),
        product=Product.objects.filter(sku=line.sku).first(),
        qty=line.qty,
        customer_id=data.customer_id,
        call_id=data.call_id,
        at=now,
    )


def wrapped_up(row: WrapUp, caller: str | None, region: str | None) -> None:
    """What an agent noted at the end of a call: one row, which follows when the note is mended."""
    key = f"wrapup:{row.call_id}"[:80]
    former = UnconvertedDemand.objects.filter(key=key).first()
    if not row.lost_reason:
        if former is not None:
            former.delete()
        return
    if former is not None:
        former.reason, former.note = row.lost_reason, row.note[:200]
        former.save(update_fields=["reason", "note"])
        return
    customer = by_phone(caller) if caller else None
    county = region if region and len(region) == 6 else ""
    _write(
        row.by,
        key=key,
        reason=row.lost_reason,
        county=county or (default_county(customer.pk) or "" if customer else ""),
        customer=customer,
        call_id=row.call_id,
        note=row.note[:200],
        at=row.at,
    )


def _write(by: Actor, **fields: object) -> UnconvertedDemand:
    former = UnconvertedDemand.objects.filter(key=fields["key"]).first()
    if former is None and fields["call_id"]:
        former = UnconvertedDemand.objects.filter(call_id=fields["call_id"], reason=fields["reason"]).first()
    if former is not None:
        return former
    try:
        with transaction.atomic():
            row = UnconvertedDemand.objects.create(who=who(by), **fields)
    except IntegrityError:
        return UnconvertedDemand.objects.get(key=fields["key"])
    notices.announce("demand", row.pk, reason=str(row.reason), customer_id=row.customer_id)
    return row
