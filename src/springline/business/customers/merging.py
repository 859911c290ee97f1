"""Two records of one customer become one, and can be taken apart again.

Orders, vouchers and calls keep the id they were written with: whoever reads them asks selectors.family for
all ids of a customer. So nothing in a ledger is rewritten, and an undo finds everything where it was.
"""

from django.db import transaction
from django.utils import timezone

from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerPhone,
)
from springline.business.customers.services.shared import Actor, locked, note, reindex, who

_MOVED = {"phones": CustomerPhone, "contacts": Contact, "addresses": CustomerAddress}


@transaction.atomic
def merge(kept_id: int, gone_id: int, by: Actor = None, why: str = "") -> CustomerMerge:
    """`gone` becomes a duplicate of `kept`, which gets its phones, contacts and addresses.

    Raises CustomerRefusal `same`, `merged`, `erased`; Customer.DoesNotExist.
    """
    if kept_id == gone_id:
        raise CustomerRefusal("same", "不能与自己合并。", "A customer cannot be merged with itself.")
    # Always in the order of their ids, so that two merges of one pair wait for each other.
    rows = {customer_id: locked(customer_id) for customer_id in sorted((kept_id, gone_id))}
    kept, gone = rows[kept_id], rows[gone_id]
    moved = {
        name: list(model.objects.filter(customer=gone).values_list("pk", flat=True))
        for name, model in _MOVED.items()
    }
    main = list(gone.phones.filter(is_primary=True).values_list("pk", flat=True))
    default = list(gone.addresses.filter(is_default=True).values_list("pk", flat=True))
    _give(gone, kept, moved)
    gone.merged_into = kept
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    row = CustomerMerge.objects.create(
        kept=kept, gone=gone, who=who(by), why=why[:200], moved={**moved, "main": main, "default": default}
    )
    _noted(kept, gone, "merged", by)
    return row


@transaction.atomic
def undo(merge_id: int, by: Actor = None) -> CustomerMerge:
    """What the merge moved goes back, as far as `kept` still has it; what came since stays with `kept`.

    Raises CustomerRefusal `undone`, or `merged` when `kept` itself was merged since: undo that one first.
    """
    row = CustomerMerge.objects.select_for_update().get(pk=merge_id)
    if row.undone_at is not None:
        raise CustomerRefusal("undone", "该合并已撤销。", "This merge was undone already.")
    kept = locked(row.kept_id)
    gone = Customer.objects.select_for_update().get(pk=row.gone_id)
    if gone.erased_at:
        raise CustomerRefusal("erased", "该客户的资料已清除。", "This customer's data were erased.")
    gone.merged_into = None
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    _give(kept, gone, {name: row.moved[name] for name in _MOVED})
    main = gone.phones.filter(pk__in=row.moved["main"], unbound_at=None)
    if main.exists():
        gone.phones.update(is_primary=False)
        main.update(is_primary=True)
    default = gone.addresses.filter(pk__in=row.moved["default"], removed_at=None)
    if default.exists():
        gone.addresses.update(is_default=False)
        default.update(is_default=True)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    _noted(kept, gone, "merge_undone", by)
    return row


def _give(giver: Customer, taker: Customer, ids: dict[str, list[int]]) -> None:
    CustomerPhone.objects.filter(pk__in=ids["phones"], customer=giver).update(
        customer=taker, is_primary=False
    )
    CustomerAddress.objects.filter(pk__in=ids["addresses"], customer=giver).update(
        customer=taker, is_default=False
    )
    Contact.objects.filter(pk__in=ids["contacts"], customer=giver).update(customer=taker)
    for customer in (giver, taker):
        _lead(customer)


def _lead(customer: Customer) -> None:
    """A customer with phones has a main one, one with addresses a default one."""
    phones = customer.phones.filter(unbound_at=None)
    if not phones.filter(is_primary=True).exists():
        CustomerPhone.objects.filter(pk=phones.values("pk")[:1]).update(is_primary=True)
    addresses = customer.addresses.filter(removed_at=None)
    if not addresses.filter(is_default=True).exists():
        first = addresses.order_by("-last_used_at", "id").values("pk")[:1]
        CustomerAddress.objects.filter(pk=first).update(is_default=True)


def _noted(kept: Customer, gone: Customer, what: str, by: Actor) -> None:
    kept.version += 1
    kept.save(update_fields=["version"])
    note(kept, what, by, after={"other": gone.pk})
    note(gone, what, by, after={"other": kept.pk})
    reindex(kept)
    reindex(gone)
