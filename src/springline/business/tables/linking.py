"""Columns that are numbers of rows of other apps (`customer_id`, `order_id`): shown by names, as links."""

from typing import Any

from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

# Column → (the table it is about, what people know its rows by).
_LINKS = {
    "customer_id": ("customers.customer", "name"),
    "order_id": ("orders.order", "no"),
    "courier_id": ("delivery.courier", "name"),
    "station_id": ("delivery.station", "name"),
    "from_station_id": ("delivery.station", "name"),
    "to_station_id": ("delivery.station", "name"),
}


def is_link(field: Any) -> bool:
    return not field.is_relation and field.name in _LINKS


def named(rows: QuerySet[Any], names: list[str]) -> QuerySet[Any]:
    """`rows` with the names that `cell` shows, read together with them."""
    subqueries = {f"named_{name}": _name(name, OuterRef(name)) for name in names if name in _LINKS}
    return rows.annotate(**subqueries) if subqueries else rows


def cell(field: Any, row: Any, request: HttpRequest | None) -> Any:
    """The link, or the bare name for whoever may not see where it leads."""
    number = getattr(row, field.attname)
    if number is None:
        return None
    table, column = _LINKS[field.name]
    model = apps.get_model(table)
    if hasattr(row, f"named_{field.name}"):
        name = getattr(row, f"named_{field.name}")
    else:
        name = model._default_manager.filter(pk=number).values_list(column, flat=True).first()
    if name is None:
        return str(number)
    label = model._meta
    user = getattr(request, "user", None)
    if user is None or not user.has_perm(f"{label.app_label}.view_{label.model_name}"):
        return name
    path = reverse(f"admin:{label.app_label}_{label.model_name}_change", args=[number])
    return format_html('<a href="{}" class="text-link">{}</a>', path, name)


def _name(name: str, key: Any) -> Subquery:
    table, column = _LINKS[name]
    return Subquery(apps.get_model(table)._default_manager.filter(pk=key).values(column)[:1])
