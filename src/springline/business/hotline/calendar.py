"""The service calendar of a hotline from its rows, and the country's holidays."""

from datetime import date, time, timedelta
from functools import cache

import chinese_calendar
from chinese_calendar import Holiday
from django.conf import settings
from django.utils import timezone

from springline.business.hotline.models import Hotline, OpeningTime
from springline.business.hotline.models import SpecialDay as SpecialDayRow
from springline.contracts.config import ServiceHours, Span, SpecialDay

MIDNIGHT = 24 * 60
# What the prompts call a holiday (telephony/prompts, holiday.today.*).
_NAMES = {
    Holiday.new_years_day.value: "new_year",
    Holiday.spring_festival.value: "spring",
    Holiday.tomb_sweeping_day.value: "tomb_sweeping",
    Holiday.labour_day.value: "labour",
    Holiday.dragon_boat_festival.value: "dragon_boat",
    Holiday.mid_autumn_festival.value: "mid_autumn",
    Holiday.national_day.value: "national",
}


def service_hours(hotline: Hotline) -> ServiceHours | None:
    """This year and the next, as far as the holidays are decided; None for a hotline that never closes."""
    rows = list(hotline.opening.all())
    if not rows:
        return None
    year = timezone.localdate().year
    named = (*holidays(year), *holidays(year + 1))
    days = {day.isoformat(): SpecialDay(holiday=name) for day, name in named}
    for row in hotline.days.filter(day__year__gte=year):
        known = days.get(row.day.isoformat())
        days[row.day.isoformat()] = SpecialDay(spans=_spans_of(row), holiday=known.holiday if known else None)
    return ServiceHours(
        week=tuple(tuple(_span(row) for row in rows if row.weekday == day) for day in range(7)),
        days=dict(sorted(days.items())),
        timezone=settings.TIME_ZONE,
    )


def hours_of(number: str) -> ServiceHours | None:
    """Of the hotline that was dialled."""
    hotline = Hotline.objects.filter(number=number).first()
    return service_hours(hotline) if hotline else None


@cache
def holidays(year: int) -> tuple[tuple[date, str], ...]:
    """Days off that have a name. A year that the State Council has not decided yet has none."""
    found = []
    for number in range(366):
        day = date(year, 1, 1) + timedelta(days=number)
        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return tuple(found)
        if off and name in _NAMES and day.year == year:
            found.append((day, _NAMES[name]))
    return tuple(found)


def _span(row: OpeningTime) -> Span:
    return Span(opens=_minutes(row.opens), closes=_minutes(row.closes) or MIDNIGHT)


def _spans_of(row: SpecialDayRow) -> tuple[Span, ...]:
    if row.opens is None or row.closes is None:
        return ()
    return (Span(opens=_minutes(row.opens), closes=_minutes(row.closes) or MIDNIGHT),)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
