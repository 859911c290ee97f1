"""How values stand on the pages of the back office: money in yuan, lists and facts in words, not as JSON."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold import fields as theme_fields
from unfold import forms as theme_forms

from springline.business import phones
from springline.business.customers.models import CustomerLevel
from springline.business.tables import codes, linking, money, numbers, regions
from springline.business.tables.cells import Words, YesNo
from springline.business.tables.history import SYSTEM
from springline.business.tables.large import NewestValuesFilter

# How money came. No choices of the columns: orders and ledgers keep what they were told.
_CHANNELS = {
    "cash": gettext_lazy("In cash"),
    "wechat": gettext_lazy("WeChat"),
    "bank": gettext_lazy("Bank transfer"),
    "other": gettext_lazy("Other"),
}


def plain(value: Any) -> str:
    """What a JSON field holds, as people write it: a list with 、, facts as "name: value"."""
    if isinstance(value, dict):
        return "；".join(f"{name}: {plain(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return "、".join(map(plain, value))
    return "–" if value is None else str(value)


class WordsField(forms.CharField):
    """A JSON list of short texts, typed with 、 or commas or blanks between them."""

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return Words().clean(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


def is_words(field: Any) -> bool:
    """Whether a JSON field holds a list of texts: its default says so."""
    return (
        isinstance(field, models.JSONField) and callable(field.default) and isinstance(field.default(), list)
    )


def words(field: Any) -> Callable[[Any], Any] | None:
    """What makes a value of `field` readable; None where it is as it stands."""
    if money.is_money(field):
        return money.shown
    if regions.is_region(field):
        return regions.name_of
    if regions.are_regions(field):
        return lambda value: "、".join(map(regions.name_of, value))
    if isinstance(field, models.JSONField):
        return plain
    if numbers.is_phone(field):
        return phones.grouped
    if isinstance(field, models.CharField) and field.name == "channel" and not field.choices:
        return lambda value: _CHANNELS.get(value, value)
    if isinstance(field, models.CharField) and field.name == "level" and not field.choices:
        return lambda value: dict(CustomerLevel.choices).get(value, value)
    if isinstance(field, models.CharField) and field.name == "what":
        return codes.said
    if isinstance(field, models.CharField) and field.name == "object_type":
        return codes.name_of
    if isinstance(field, models.CharField) and field.name in {"who", "actor"}:
        return lambda value: _("system") if value == SYSTEM else value
    return None


def column(field: Any, request: HttpRequest | None = None) -> Any:
    """What stands for `field` in a list: the field's own name, unless it is better said otherwise."""
    if linking.is_link(field):
        return _column(field, lambda row: linking.cell(field, row, request))
    show = words(field)
    if show is None:
        return field.name

    def amount(row: Any) -> Any:
        value = getattr(row, field.attname)
        return show(value) if value or value == 0 else None

    return _column(field, amount)


def _column(field: Any, show: Callable[[Any], Any]) -> Any:
    def cell(row: Any) -> Any:
        return show(row)

    cell.__name__ = field.name
    cell.short_description = field.verbose_name  # type: ignore[attr-defined]
    cell.admin_order_field = field.name  # type: ignore[attr-defined]
    return cell


class NamedFilter(NewestValuesFilter):
    """By what stands in the column, in words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        show = words(self.field)
        for choice in super().choices(changelist):
            named = show(choice["display"]) if show else choice["display"]
            yield {**choice, "display": named}


class ShownField(theme_fields.UnfoldAdminReadonlyField):  # type: ignore[misc]
    """A field that is only read: the theme shows 分, and JSON with its brackets and escaped Chinese."""

    def _get_contents(self) -> Any:
        try:
            field, _attr, value = lookup_field(self.field["field"], self.form.instance, self.model_admin)
        except (AttributeError, ValueError, ObjectDoesNotExist):
            return super()._get_contents()
        if isinstance(field, models.JSONField) and not value:
            return self.empty_value_display
        if field is None or not (value or value == 0):
            return super()._get_contents()
        if linking.is_link(field):
            return linking.cell(field, self.form.instance, None)
        if isinstance(value, dict):
            return _facts(value, field.model)
        show = words(field)
        return conditional_escape(show(value)) if show else super()._get_contents()


def _facts(value: dict[str, Any], model: type[models.Model]) -> SafeString:
    """A line for each, named as the table's fields are, or those of the row that it is about."""
    about = [field.related_model for field in model._meta.concrete_fields if field.many_to_one]
    known = {field.name: field for one in [*about, model] for field in one._meta.concrete_fields}
    facts = {name: part for name, part in value.items() if part not in (None, "", [], {})}
    lines = format_html_join(
        "", "<li>{}: {}</li>", (_fact(known.get(name), name, part) for name, part in facts.items())
    )
    return format_html("<ul>{}</ul>", lines)


def _fact(field: Any, name: str, value: Any) -> tuple[str, str]:
    if field is None or isinstance(value, dict | list):
        return name, plain(value)
    show = words(field)
    if show is None and field.choices:
        show = dict(field.flatchoices).get
    return capfirst(field.verbose_name), str((show and show(value)) or plain(value))


# The theme makes its own fields by this name and has no other place to say which.
theme_forms.UnfoldAdminReadonlyField = ShownField


class ChangeWords(HistoricalRecordContextHelper):  # type: ignore[misc]
    """A row of the history: choices by their names, yes and no, local times, yuan."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        if isinstance(field, models.ManyToManyField):
            return plain(super().prepare_delta_change_value(change, value))
        if value is None or value == "" or isinstance(field, models.ForeignKey):
            return value if value is not None else ""
        if show := words(field):
            return str(show(value))
        if isinstance(field, models.BooleanField):
            return YesNo().render(value)
        return str(display_for_field(value, field, ""))
