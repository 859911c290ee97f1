"""From one day to another, whole days of Shanghai.

Django's own `date_hierarchy` reads every row to know which months there are: seconds at 200,000 rows.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateTimeField
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateFilter

from springline.business.days import beginning_of
from springline.business.tables.cells import Day


class DaysFilter(RangeDateFilter):  # type: ignore[misc]
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """What is no day is passed over."""
        since, until = self._day("from"), self._day("to")
        if since:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": self._begin(since)})
        if until:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": self._begin(until + timedelta(1))})
        return queryset

    def _day(self, end: str) -> date | None:
        try:
            return Day().clean(self.used_parameters.get(f"{self.parameter_name}_{end}"))
        except ValueError:
            return None

    def _begin(self, day: date) -> date | datetime:
        if not isinstance(self.field, DateTimeField):
            return day
        return beginning_of(day)
