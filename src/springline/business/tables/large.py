"""Pages of tables that grow for ever: rows are counted up to a number that people look at, rows of other
large tables are looked for instead of all being offered.
"""

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter
from django.core.paginator import Paginator
from django.db.models import DateField, IntegerField, Model
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.views import ChangeList

# Pages beyond are found by no turning of leaves, and a count of a million rows takes longer than the page.
MOST_COUNTED = 10_000
# So many rows of a list are named one by one when it reads them.
FEW = 200
# Tables of which a chain has thousands of rows; their admins have `search_fields`.
LOOKED_FOR = frozenset(
    {
        "accounts.user",
        "customers.customer",
        "delivery.courier",
        "delivery.station",
        "delivery.territory",
        "orders.order",
    }
)


class CountedUpTo(Paginator):
    """`count` is MOST_COUNTED at most; `more`: there are further rows."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, list | tuple):
            return len(rows)
        if rows.query.is_sliced:
            return int(rows.count())
        # Keys alone: names that the list shows would be looked up for each row that is counted.
        return int(rows.order_by().values("pk")[: MOST_COUNTED + 1].count())

    @property
    def more(self) -> bool:
        return self._found > MOST_COUNTED

    @property
    def words(self) -> str:
        """Instead of the number, when there are more."""
        return _("more than %(count)s: narrow the list to see further ones") % {"count": MOST_COUNTED}

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST_COUNTED)


class Listed(ChangeList):  # type: ignore[misc]
    """What narrows it down to few is looked for once, and not again for the count and for the page.

    Its head tells a number of results where something narrows the list down, for only then more can be
    shown; a number that was not counted to its end is told at the foot alone.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        rows = super().get_queryset(request, exclude_parameters)
        if not rows.query.where:
            return rows
        keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        return rows if len(keys) > FEW else rows.filter(pk__in=keys)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        chosen = (value for values in self.get_filters_params().values() for value in values)
        if self.paginator.more or not (self.query or any(chosen)):
            self.full_result_count = self.result_count


def looked_for(field: Any) -> bool:
    """Whether `field` names rows of a table that is too long for a select box."""
    other = getattr(field, "related_model", None)
    return bool(other is not None and hasattr(other, "_meta") and other._meta.label_lower in LOOKED_FOR)


def led_by_index(model: type[Model]) -> set[str]:
    """Fields that rows can be sorted by without looking at all: in an index, and few are equal."""
    meta = model._meta
    led = {one.fields[0] for one in meta.indexes if one.fields and one.condition is None}
    return {
        one.name
        for one in meta.concrete_fields
        if not one.is_relation
        and (one.unique or isinstance(one, DateField) and (one.db_index or one.name in led))
    }


class NewestValuesFilter(AllValuesFieldListFilter):
    """By what stands in the column of the newest rows: to know all, all of them would have to be read.

    Told apart here: PostgreSQL finds each row once more by its key to do so.
    """

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        of: type[Model] = field.model
        numbered = isinstance(of._meta.pk, IntegerField)
        newest = of._default_manager.order_by(*(["-pk"] if numbered else of._meta.ordering))
        found = set(newest.values_list(field.name, flat=True)[:MOST_COUNTED])
        self.lookup_choices = sorted(found, key=lambda value: value or "")


class LookedForFilter(AutocompleteSelectFilter):  # type: ignore[misc]
    """By a row of a long table, looked for by its name."""
