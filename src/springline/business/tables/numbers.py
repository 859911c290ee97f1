"""Telephone numbers in the back office: typed and shown as people write them, kept as E.164."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from import_export.widgets import CharWidget
from unfold.widgets import UnfoldAdminTextInputWidget

from springline.business import phones
from springline.business.customers import cells


def is_phone(field: Any) -> bool:
    return isinstance(field, models.CharField) and field.name == "phone"


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(**{"widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return phones.grouped(value) if value and value.startswith("+") else value

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return cells.number_of(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or "") != self.clean(data)
        except ValidationError:
            return True


class Phone(CharWidget):  # type: ignore[misc]
    """A cell; what stands in the table already may be no number, and then goes out as it is."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> str:
        text = str(value or "").strip()
        return cells.number_of(text) if text else ""

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return phones.grouped(value) if value else ""
