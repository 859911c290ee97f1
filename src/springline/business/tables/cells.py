"""How values stand in a cell of a sheet, and how people may write them there.

What cannot be understood raises ValueError with a sentence for people; the preview shows it at its column.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import CharWidget, ForeignKeyWidget, ManyToManyWidget, Widget

from springline.business.tables.money import Yuan, is_money

_BETWEEN = re.compile(r"[、,，;；\s]+")
_YES = {"是", "yes", "true", "1", "y", "√"}
_NO = {"否", "no", "false", "0", "n", "×"}
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = ("", " %H:%M", " %H:%M:%S")


class Whole(Widget):  # type: ignore[misc]
    """A whole number, 2000.0 included; 12.5 is refused rather than cut."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d{1,15}(\.0+)?", text):
            raise ValueError(_("“%(value)s” is no whole number.") % {"value": text})
        return int(text.split(".")[0])

    def render(self, value: Any, obj: Any = None, **_more: Any) -> Any:
        return "" if value is None else value


class Number(Widget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> float | None:
        text = str(value or "").strip()
        try:
            return float(text) if text else None
        except ValueError:
            raise ValueError(_("“%(value)s” is no number.") % {"value": text}) from None

    def render(self, value: Any, obj: Any = None, **_more: Any) -> Any:
        return "" if value is None else value


class YesNo(Widget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> bool | None:
        text = str(value or "").strip().lower()
        if text in _YES | _NO:
            return text in _YES
        if not text:
            return None
        raise ValueError(_("Write yes or no, not “%(value)s”.") % {"value": text})

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return "" if value is None else _("true") if value else _("false")


class Choice(Widget):  # type: ignore[misc]
    """A choice by its name in either language, or by its code."""

    def __init__(self, choices: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self._choices = list(choices)

    def clean(self, value: Any, row: Any = None, **_more: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return ""
        known = {str(code).lower(): code for code, _name in self._choices}
        for language in ("zh-hans", "en"):
            with override(language):
                known |= {str(name).lower(): code for code, name in self._choices}
        if text.lower() not in known:
            names = "、".join(str(name) for _code, name in self._choices)
            raise ValueError(_("“%(value)s” is none of: %(names)s.") % {"value": text, "names": names})
        return known[text.lower()]

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return str(dict(self._choices).get(value, value if value is not None else ""))


class Moment(Widget):  # type: ignore[misc]
    """Local time, to the second."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> datetime | None:
        found = _read_time(value)
        return timezone.make_aware(found) if found else None

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value else ""


class Day(Widget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> date | None:
        found = _read_time(value)
        return found.date() if found else None

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return value.isoformat() if value else ""


class Words(Widget):  # type: ignore[misc]
    """A JSON list of short texts, as people write lists."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> list[str]:
        return [word for word in _BETWEEN.split(str(value or "")) if word]

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


class By(ForeignKeyWidget):  # type: ignore[misc]
    """Another row by the code that people know it by."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        found = self.model.objects.filter(**{self.field: text}).first()
        if found is None:
            what = self.model._meta.verbose_name
            raise ValueError(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": text})
        return found


class Several(ManyToManyWidget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> Any:
        wanted = set(Words().clean(value))
        found = self.model.objects.filter(**{f"{self.field}__in": wanted})
        missing = wanted - {str(getattr(one, self.field)) for one in found}
        if missing:
            words = {"what": self.model._meta.verbose_name, "value": "、".join(sorted(missing))}
            raise ValueError(_("There is no %(what)s “%(value)s”.") % words)
        return found

    def render(self, value: Any, obj: Any = None, **_more: Any) -> str:
        return "、".join(str(getattr(one, self.field)) for one in value.all()) if value is not None else ""


def cell_of(field: Any, code: str = "pk") -> Widget:
    """The cell that fits a model's field; `code` is the related model's field that stands in it."""
    if isinstance(field, models.ManyToManyField):
        return Several(field.related_model, field=code)
    if isinstance(field, models.ForeignKey):
        return By(field.related_model, field=code)
    if field.choices:
        return Choice(field.flatchoices)
    if is_money(field):
        return Yuan(signed=field.signed)
    for kind, cell in _CELLS:
        if isinstance(field, kind):
            return cell()
    return CharWidget()


# DateTimeField is a DateField, hence the order.
_CELLS: tuple[tuple[type[Any], type[Widget]], ...] = (
    (models.BooleanField, YesNo),
    (models.IntegerField, Whole),
    (models.FloatField, Number),
    (models.DateTimeField, Moment),
    (models.DateField, Day),
    (models.JSONField, Words),
)


def _read_time(value: Any) -> datetime | None:
    text = str(value or "").strip()
    if not text:
        return None
    for day in _DAYS:
        for clock in _TIMES:
            try:
                return datetime.strptime(text, day + clock)  # noqa: DTZ007
            except ValueError:
                continue
    raise ValueError(_("“%(value)s” is no date such as 2026-11-26.") % {"value": text})
