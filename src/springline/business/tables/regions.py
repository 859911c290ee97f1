"""Counties and towns in the back office: chosen and shown by their names, kept by their codes."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext as _words
from import_export.widgets import Widget
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from springline.business.customers import places
from springline.business.tables.cells import Words

_ONE = ("county", "town", "adcode")
_SEVERAL = "regions"


def is_region(field: Any) -> bool:
    return isinstance(field, models.CharField) and field.name in _ONE


def are_regions(field: Any) -> bool:
    return isinstance(field, models.JSONField) and field.name == _SEVERAL


def name_of(code: str) -> str:
    """金安区, 霍山县衡山镇; what the region pack does not know stays a code."""
    pack = places.pack()
    county, town = pack.county(code[:6]), pack.town(code)
    if county is None or (town is None and len(code) > 6):
        return code
    english = (get_language() or "").startswith("en")
    return (county.name_en if english else county.name) + (town.name if town else "")


def formfield(field: Any, **how: Any) -> forms.Field:
    """Whatever the model's field is, its choices are the region pack's."""
    if are_regions(field):
        return _Several(choices=_counties, widget=UnfoldAdminCheckboxSelectMultipleWidget, **how)
    return _One(choices=_CHOICES[field.name], widget=UnfoldAdminSelectWidget, **how)


def _counties() -> list[tuple[str, str]]:
    return [(county.adcode, name_of(county.adcode)) for county in places.pack().counties]


def _one_county() -> list[tuple[str, str]]:
    return [("", "---------"), *_counties()]


def _towns() -> Iterator[tuple[str, Any]]:
    yield "", "---------"
    for county in places.pack().counties:
        yield name_of(county.adcode), [(town.code, town.name) for town in county.towns]


def _both() -> Iterator[tuple[str, Any]]:
    yield "", "---------"
    for county in places.pack().counties:
        whole = (county.adcode, _("all of %(county)s") % {"county": name_of(county.adcode)})
        yield name_of(county.adcode), [whole, *((town.code, town.name) for town in county.towns)]


_CHOICES = {"county": _one_county, "town": _towns, "adcode": _both}


class _One(forms.ChoiceField):
    def prepare_value(self, value: Any) -> Any:
        """A code that is not, or no longer, in the pack stays what it was."""
        if value and not self.valid_value(value):
            self.choices = [*self.choices, (value, value)]
        return value

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)
        if value and not self.valid_value(value) and not str(value).isdecimal():
            raise forms.ValidationError(_("“%(value)s” is no county or town of ours.") % {"value": value})


class _Several(forms.MultipleChoiceField):
    def prepare_value(self, value: Any) -> Any:
        for code in value or []:
            if not self.valid_value(code):
                self.choices = [*self.choices, (code, name_of(code))]
        return value

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or (str(value).isdecimal() and len(str(value)) in {6, 9, 12})


class Region(Widget):  # type: ignore[misc]
    """A cell: the name goes out; a name or a code comes in."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> str:
        text = str(value or "").strip()
        if not text or text.isdecimal():
            return text
        for county in places.pack().counties:
            if text in {county.name, county.name_en}:
                return county.adcode
            for town in county.towns:
                if text in {county.name + town.name, county.name_en + town.name}:
                    return town.code
        raise ValueError(_("“%(value)s” is no county or town of ours.") % {"value": text})

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return name_of(value) if value else ""


class Regions(Widget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> list[str]:
        return [Region().clean(word) for word in Words().clean(value)]

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return "、".join(name_of(code) for code in value or [])


class CountyFilter(admin.FieldListFilter):
    """By names, and without reading the whole table for which there are."""

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.lookup_kwarg = f"{field_path}__exact"
        self.lookup_val = params.get(self.lookup_kwarg)
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str]:
        return [self.lookup_kwarg]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        chosen = self.lookup_val[-1] if self.lookup_val else None
        all_of_them = changelist.get_query_string(remove=[self.lookup_kwarg])
        yield {"selected": chosen is None, "query_string": all_of_them, "display": _words("All")}
        for code, name in _counties():
            query = changelist.get_query_string({self.lookup_kwarg: code})
            yield {"selected": chosen == code, "query_string": query, "display": name}
