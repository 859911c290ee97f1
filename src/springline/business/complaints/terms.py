"""How soon a complaint is answered: by the clock, or by the service hours of its hotline."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from springline.business.calls.models import Call
from springline.business.complaints.guide import BY_SERVICE_TIME, DUE
from springline.business.complaints.models import DueTime
from springline.business.complaints.states import Kind
from springline.business.hotline.calendar import service_hours
from springline.business.hotline.models import Hotline
from springline.contracts.config import ServiceHours
from springline.platform import service_hours as clock


@dataclass(frozen=True)
class Term:
    """`hours`: None where we never close. `service_time`: the clock stands still while we are closed."""

    minutes: int
    service_time: bool
    hours: ServiceHours | None

    def due(self, at: datetime, *, grave: bool = False) -> datetime:
        """Of a complaint filed `at`. Where somebody is unwell nobody waits for the morning (`grave`)."""
        if grave or not self.service_time:
            return at + timedelta(minutes=self.minutes)
        return clock.later(self.hours, at, self.minutes * 60)

    def waits(self, at: datetime) -> bool:
        """Whether the clock stands still."""
        return self.service_time and not clock.is_open(self.hours, at)


def of(kind: Kind, call_id: str = "") -> Term:
    """As the back office says, else the handbook's default; by the hours of the call's hotline."""
    row = DueTime.objects.filter(pk=kind).first()
    return _term(kind, row, _hours(call_id))


def all_terms() -> dict[Kind, Term]:
    rows, hours = {row.kind: row for row in DueTime.objects.all()}, _hours("")
    return {kind: _term(kind, rows.get(kind), hours) for kind in Kind}


def _term(kind: Kind, row: DueTime | None, hours: ServiceHours | None) -> Term:
    if row is not None:
        return Term(row.minutes, row.service_time, hours)
    return Term(int(DUE[kind].total_seconds()) // 60, kind in BY_SERVICE_TIME, hours)


def _hours(call_id: str) -> ServiceHours | None:
    number = Call.objects.filter(pk=call_id).values_list("hotline", flat=True).first() if call_id else ""
    known = Hotline.objects.order_by("pk")
    hotline = (known.filter(number=number).first() if number else None) or known.first()
    return service_hours(hotline) if hotline else None
