"""Money in the back office: 分 in the database, yuan with two decimals for people, in forms, lists, sheets.

A model says it once, by its field: `Fen` (never below zero), `SignedFen`, `BigFen`.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export.widgets import Widget

# 9,999,999.99 yuan: more is a slip of the finger, and fits into every column that there is.
MOST = 999_999_999
_TYPED = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d*))?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def yuan(fen: int) -> str:
    """1850 → "18.50"."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def shown(fen: int) -> str:
    """1234500 → "¥12,345.00"."""
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def fen_of(text: str, *, signed: bool = False) -> int:
    """分 of what people write: 18, 18.5, １８．５０, ¥1,800.00, 18元. Raises ValueError with a sentence."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removeprefix("¥").removesuffix("元")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    found = _TYPED.fullmatch(plain)
    if found is None:
        raise ValueError(_("“%(value)s” is no amount in yuan such as 18 or 18.50.") % {"value": text.strip()})
    sign, whole, part = found[1], found[2], found[3] or ""
    if len(part) > 2:
        raise ValueError(
            _("“%(value)s” is finer than a fen: two decimals at most.") % {"value": text.strip()}
        )
    fen = int(whole) * 100 + int(part.ljust(2, "0"))
    if fen > MOST:
        raise ValueError(_("At most %(most)s yuan.") % {"most": f"{MOST // 100:,}.{MOST % 100}"})
    if sign == "-" and fen and not signed:
        raise ValueError(_("The amount cannot be below zero."))
    return -fen if sign == "-" else fen


class YuanField(forms.Field):
    """Yuan in the form, 分 in `cleaned_data`."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        self._signed = signed
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return yuan(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        if value in self.empty_values:
            return None
        try:
            return fen_of(str(value), signed=self._signed)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class _Money:
    """Migrations see the plain column: how an amount is typed is none of the database's business."""

    signed = False

    def deconstruct(self) -> tuple[Any, ...]:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        column = next(
            kind for kind in type(self).__mro__ if kind.__module__ == models.IntegerField.__module__
        )
        return name, f"django.db.models.{column.__name__}", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        from unfold.widgets import UnfoldAdminTextInputWidget

        kwargs |= {
            "form_class": YuanField,
            "signed": self.signed,
            "widget": UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        }
        return models.Field.formfield(self, **kwargs)  # type: ignore[arg-type]


class Fen(_Money, models.PositiveIntegerField):  # type: ignore[misc]
    pass


class BigFen(_Money, models.PositiveBigIntegerField):  # type: ignore[misc]
    pass


class SignedFen(_Money, models.IntegerField):  # type: ignore[misc]
    signed = True


class SignedBigFen(_Money, models.BigIntegerField):  # type: ignore[misc]
    signed = True


def is_money(field: Any) -> bool:
    return isinstance(field, _Money)


class Yuan(Widget):  # type: ignore[misc]
    """A cell: a number with two decimals, as `fen_of` reads it."""

    def __init__(self, *, signed: bool) -> None:
        super().__init__()
        self._signed = signed

    def clean(self, value: Any, row: Any = None, **_more: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        return fen_of(text, signed=self._signed) if text else None

    def render(self, value: Any, obj: Any = None, **_more: Any) -> Any:
        return "" if value is None else Decimal(yuan(value))
