"""A finished import is taken back: all its customers but those who were used since."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from springline.business.accounts.services import audit
from springline.business.calls.models import Call
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    CustomerSearch,
    ImportRun,
)
from springline.business.customers.services.shared import Actor, who

UNDO_WITHIN = timedelta(hours=24)
_AT_ONCE = 900  # SQLite takes about a thousand parameters in one query
# What an import wrote itself, in the order in which it goes.
_OWN: tuple[type[models.Model], ...] = (
    CustomerChange,
    CustomerSearch,
    CustomerAddress,
    CustomerPhone,
    Contact,
)


@dataclass(frozen=True, slots=True)
class Look:
    """`goes`: ids of customers who would be taken back. `kept`: those used since, and by what."""

    run: ImportRun
    goes: tuple[int, ...]
    kept: dict[int, tuple[str, ...]]


def recent() -> QuerySet[ImportRun]:
    """Imports that may still be taken back, or were; the newest first."""
    return ImportRun.objects.filter(at__gt=timezone.now() - UNDO_WITHIN).order_by("-at", "-pk")


def look(run_id: int) -> Look:
    """What would go and what stays; nothing is written. The words are in the request's language.

    Raises ImportRun.DoesNotExist; CustomerRefusal `undone`, `too_late`.
    """
    return _look(ImportRun.objects.get(pk=run_id))


@transaction.atomic
def undo(run_id: int, goes: int, by: Actor) -> Look:
    """Take back. `goes`: how many were agreed to.

    Raises ImportRun.DoesNotExist; CustomerRefusal `undone`, `too_late`, `changed` (used meanwhile).
    """
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    list(_customers(run).select_for_update().values_list("pk"))
    found = _look(run)
    if len(found.goes) != goes:
        raise CustomerRefusal(
            "changed",
            "刚有客户被使用，请重新核对。",
            "A customer was used meanwhile: look again.",
            len(found.goes),
        )
    for at in range(0, goes, _AT_ONCE):
        _delete(found.goes[at : at + _AT_ONCE])
    run.undone_at, run.undone_by, run.taken_back = timezone.now(), who(by), goes
    if not found.kept:
        # The same file may come again.
        run.digest = f"undone:{run.pk}:{run.digest}"[:64]
    run.save(update_fields=["undone_at", "undone_by", "taken_back", "digest"])
    audit(by, "customers.import_undone", run, customers=goes, kept=len(found.kept))
    return found


def _look(run: ImportRun) -> Look:
    if run.undone_at is not None:
        raise CustomerRefusal("undone", "该次导入已撤销。", "This import was taken back already.")
    if timezone.now() - run.at > UNDO_WITHIN:
        raise CustomerRefusal(
            "too_late", "导入超过 24 小时，不能撤销。", "The import is more than 24 hours old."
        )
    ours = _customers(run)
    kept: dict[int, list[str]] = {}
    for ids, why in _uses(run, ours):
        for customer_id in ids:
            reasons = kept.setdefault(customer_id, [])
            if why not in reasons:
                reasons.append(why)
    everyone = ours.order_by("pk").values_list("pk", flat=True)
    goes = tuple(customer_id for customer_id in everyone if customer_id not in kept)
    return Look(run, goes, {key: tuple(value) for key, value in sorted(kept.items())})


def _customers(run: ImportRun) -> QuerySet[Customer]:
    return Customer.objects.filter(request_key__startswith=f"import:{run.digest[:32]}:")


def _uses(run: ImportRun, ours: QuerySet[Customer]) -> list[tuple[set[int], str]]:
    """(customers, what of theirs exists) for every table that names customers, whichever app it is of."""
    ids = ours.order_by().values("pk")
    changes = CustomerChange.objects.filter(customer__in=ids).exclude(what="imported")
    edited = set(changes.values_list("customer_id", flat=True))
    edited |= set(ours.filter(version__gt=1).values_list("pk", flat=True))
    found = [(edited, str(CustomerChange._meta.verbose_name_plural))]
    phones = CustomerPhone.objects.filter(customer__in=ids)
    numbers = Call.objects.filter(arrived_at__gte=run.at, caller__in=phones.values("e164")).values("caller")
    called = set(phones.filter(e164__in=numbers).values_list("customer_id", flat=True))
    found.append((called, str(Call._meta.verbose_name_plural)))
    for model in apps.get_models():
        if model not in (*_OWN, Customer) and not hasattr(model, "history_id"):
            for name in _names_of_customers(model):
                rows: Any = model._base_manager.filter(**{f"{name}__in": ids}).order_by()
                found.append((set(rows.values_list(name, flat=True)), str(model._meta.verbose_name_plural)))
    return found


def _names_of_customers(model: type[models.Model]) -> list[str]:
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.related_model is Customer or field.attname == "customer_id"
    ]


def _delete(ids: tuple[int, ...]) -> None:
    """Straight: a history of somebody who never was is none, and thousands must not be read for it."""
    for model in _OWN:
        rows: Any = QuerySet(model).filter(customer__in=ids)
        rows._raw_delete(rows.db)
    mine: Any = Customer.objects.filter(pk__in=ids).order_by()
    mine._raw_delete(mine.db)
