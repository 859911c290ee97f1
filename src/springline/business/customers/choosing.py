"""A customer in a form of the back office: by name, number or address, as in the desk's one box."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from springline.business.customers.models import Customer
from springline.business.customers.searching import search

_NUMBERED = re.compile(r"(?:.*#)?\s*(\d{1,9})\s*")
_MOST_NAMED = 5


class CustomerField(forms.CharField):
    """Shows "王女士 #7", takes that, 7, or what finds one customer; `cleaned_data` has the id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        name = Customer.objects.filter(pk=value).values_list("name", flat=True).first()
        return f"{name or ''} #{value}".strip()

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        text: str = super().clean(value)
        return _found(text) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.clean(data))
        except ValidationError:
            return True


def _found(text: str) -> int:
    present = Customer.objects.filter(merged_into=None, erased_at=None)
    numbered = _NUMBERED.fullmatch(text)
    if numbered and present.filter(pk=numbered[1]).exists():
        return int(numbered[1])
    hits = [hit.customer_id for hit in search(text, _MOST_NAMED + 1)]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise ValidationError(_("No customer is found by “%(value)s”.") % {"value": text})
    names = [f"{one.name} #{one.pk}" for one in present.filter(pk__in=hits[:_MOST_NAMED])]
    more = "…" if len(hits) > _MOST_NAMED else ""
    raise ValidationError(
        _("Several customers: write one of %(names)s.") % {"names": "、".join(names) + more}
    )
