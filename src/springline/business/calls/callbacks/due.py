"""When somebody is to be called back, by the clock of the service calendar (I2, §1.2 #16). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from springline.contracts.config import ServiceHours
from springline.platform import service_hours

WARN_MINUTES = 10
DUE_MINUTES = 15
AFTER_OPENING_MINUTES = 30
"""What `vm.night` promises: within half an hour of the opening."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    warn_at: datetime
    due_at: datetime


def deadlines(hours: ServiceHours | None, ended_at: datetime, *, promised_morning: bool) -> Deadlines:
    """Of a call that ended at this moment. `promised_morning`: the caller heard the prompt of the night."""
    if promised_morning:
        due = service_hours.opening_after(hours, ended_at) + timedelta(minutes=AFTER_OPENING_MINUTES)
        return Deadlines(due - timedelta(minutes=DUE_MINUTES - WARN_MINUTES), due)
    return Deadlines(
        service_hours.later(hours, ended_at, WARN_MINUTES * 60),
        service_hours.later(hours, ended_at, DUE_MINUTES * 60),
    )
