"""How values stand on the pages of the back office: money in yuan, lists and facts in words, not as JSON."""

from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold import fields as theme_fields
from unfold import forms as theme_forms

from springline.business.tables import money
from springline.business.tables.cells import Words, YesNo


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


def column(field: Any) -> Any:
    """What stands for `field` in a list: the field's own name, unless it is better said otherwise."""
    if money.is_money(field):
        return _column(field, money.shown)
    if isinstance(field, models.JSONField):
        return _column(field, lambda value: plain(value) or None)
    return field.name


def _column(field: Any, show: Any) -> Any:
    def cell(row: Any) -> str | None:
        value = getattr(row, field.attname)
        return None if value is None else show(value)

    cell.__name__ = field.name
    cell.short_description = field.verbose_name  # type: ignore[attr-defined]
    cell.admin_order_field = field.name  # type: ignore[attr-defined]
    return cell


class ShownField(theme_fields.UnfoldAdminReadonlyField):  # type: ignore[misc]
    """A field that is only read: the theme shows 分, and JSON with its brackets and escaped Chinese."""

    def _get_contents(self) -> Any:
        try:
            field, _attr, value = lookup_field(self.field["field"], self.form.instance, self.model_admin)
        except (AttributeError, ValueError, ObjectDoesNotExist):
            return super()._get_contents()
        if value is not None and money.is_money(field):
            return money.shown(value)
        if isinstance(field, models.JSONField):
            return _facts(value) if value else self.empty_value_display
        return super()._get_contents()


def _facts(value: Any) -> SafeString | str:
    if not isinstance(value, dict):
        return plain(value)
    lines = format_html_join("", "<li>{}: {}</li>", ((name, plain(part)) for name, part in value.items()))
    return format_html("<ul>{}</ul>", lines)


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
        if money.is_money(field):
            return money.shown(value)
        if isinstance(field, models.JSONField):
            return plain(value)
        if isinstance(field, models.BooleanField):
            return YesNo().render(value)
        return str(display_for_field(value, field, ""))
