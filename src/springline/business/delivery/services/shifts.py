"""Beginning and ending work."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.delivery import selectors
from springline.business.delivery.models import Courier, DeliveryTask, Shift
from springline.business.delivery.states import OPEN, TaskState

LONGEST = timedelta(hours=16)


def start(courier: Courier, key: str, by: User, at: datetime | None = None) -> Shift:
    """The open shift, begun now if there was none; the same key begins it once."""
    known = Shift.objects.filter(start_key=key).first() or selectors.open_shift(courier)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            shift = Shift.objects.create(courier=courier, start_key=key, started_at=at or timezone.now())
            audit(by, "shift.started", shift)
    except IntegrityError:  # two presses at once
        return Shift.objects.get(courier=courier, ended_at=None)
    return shift


@transaction.atomic
def end(courier: Courier, key: str, by: User) -> Shift | None:
    """End the open shift; None when there is none, or this key ended one before."""
    if Shift.objects.filter(end_key=key).exists():
        return None
    shift = Shift.objects.select_for_update().filter(courier=courier, ended_at=None).first()
    if shift is None:
        return None
    shift.ended_at, shift.end_key = timezone.now(), key
    shift.save(update_fields=["ended_at", "end_key"])
    audit(by, "shift.ended", shift)
    return shift


def end_forgotten(now: datetime | None = None) -> int:
    """End what nobody ended, so that nobody asleep is asked; who still has tasks keeps going. How many."""
    moment = now or timezone.now()
    busy = DeliveryTask.objects.filter(state__in=OPEN).exclude(state=TaskState.OFFERED).values("courier_id")
    forgotten = Shift.objects.filter(ended_at=None, started_at__lt=moment - LONGEST).exclude(courier__in=busy)
    return forgotten.update(ended_at=moment)
