"""One person's data: all of it in a file for them, or gone (PIPL, articles 45 and 47)."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.services import audit
from springline.business.customers import hooks
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerMerge,
    CustomerPhone,
    DepositWaiver,
    NumberTag,
)
from springline.business.customers.selectors import canonical, family
from springline.business.customers.services.profiles import FIELDS
from springline.business.customers.services.shared import Actor, note, reindex


def export(customer_id: int, by: Actor, why: str) -> dict[str, Any]:
    """Everything kept about a customer, duplicates merged into it included, ready for JSON. Leaves an audit
    row.
    """
    customer = canonical(customer_id)
    ids = family(customer.pk)
    audit(by, "customer.exported", customer, why=why)
    return {
        "exported_at": timezone.now().isoformat(),
        "customers": [_customer(row) for row in Customer.objects.filter(pk__in=ids)],
        "phones": _rows(
            CustomerPhone, ids, "e164", "label", "is_primary", "verified_at", "bound_at", "unbound_at"
        ),
        "contacts": _rows(Contact, ids, "name", "duty", "active"),
        "addresses": _rows(
            CustomerAddress,
            ids,
            *("text", "county", "town", "building", "floor", "lift", "notes", "is_default"),
            *("last_used_at", "uses", "removed_at"),
        ),
        "deposit_waivers": _rows(
            DepositWaiver,
            ids,
            *("agreement_no", "valid_from", "valid_to", "most_buckets", "note", "approved_at"),
        ),
        "history": _rows(CustomerChange, ids, "at", "who", "what", "before", "after"),
        **{name: part(ids) for name, part in hooks.export_parts.items()},
    }


def blockers(customer_id: int) -> list[tuple[str, str]]:
    """Why this customer cannot be erased yet, in Chinese and English; empty when nothing is open."""
    ids = family(canonical(customer_id).pk)
    return [reason for blocker in hooks.erase_blockers.values() for reason in blocker(ids)]


@transaction.atomic
def erase(customer_id: int, by: Actor, why: str) -> None:
    """Names, numbers, addresses and notes go; county and town stay for the statistics, the ids for the
    ledgers. A number that another customer has by now is theirs, with what was said under it.

    Raises CustomerRefusal `owed` with the reasons that stand against it.
    """
    customer = canonical(customer_id)
    ids = family(customer.pk)
    if reasons := blockers(customer.pk):
        raise CustomerRefusal(
            "owed", "还有未了结的事项，不能清除。", "Something is still open with this customer.", reasons
        )
    numbers = list(CustomerPhone.objects.filter(customer__in=ids).values_list("e164", flat=True))
    shared = CustomerPhone.objects.filter(e164__in=numbers, unbound_at=None).exclude(customer__in=ids)
    numbers = sorted(set(numbers) - set(shared.values_list("e164", flat=True)))
    NumberTag.objects.filter(pk__in=numbers).delete()
    NumberTag.history.filter(e164__in=numbers).delete()
    CustomerPhone.objects.filter(customer__in=ids).delete()
    CustomerAddress.objects.filter(customer__in=ids).update(
        text="", building="", floor=None, notes="", contact=None, removed_at=timezone.now(), is_default=False
    )
    Contact.objects.filter(customer__in=ids).delete()
    # Number and days of the agreement stay: they are why deposits were not taken. A note may name people.
    DepositWaiver.objects.filter(customer__in=ids).update(note="")
    DepositWaiver.history.filter(customer__in=ids).update(note="")
    CustomerChange.objects.filter(customer__in=ids).update(before={}, after={})
    CustomerMerge.objects.filter(kept__in=ids).update(why="")
    for row in Customer.objects.select_for_update().filter(pk__in=ids):
        row.name, row.erased_at = f"已清除客户 {row.pk}", timezone.now()
        row.invoice_title = row.tax_no = row.remark = row.risk_note = ""
        row.request_key, row.version = None, row.version + 1
        row.save()
        reindex(row)
        note(row, "erased", by)
    for eraser in hooks.erasers.values():
        eraser(ids)
    for forget in hooks.forgetters.values():
        forget(numbers)
    audit(by, "customer.erased", customer, why=why)


def _customer(row: Customer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "created_at": row.created_at.isoformat(),
        **{name: getattr(row, name) for name in FIELDS},
    }


def _rows(model: Any, ids: list[int], *fields: str) -> list[dict[str, Any]]:
    rows = model.objects.filter(customer__in=ids).order_by("pk").values(*fields)
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        for row in rows
    ]
