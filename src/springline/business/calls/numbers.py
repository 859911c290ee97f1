"""Callers' numbers are masked when their time is over (requirements §2.4): 24 months after the call.

Calls, their steps and call-backs keep what reports count: a number becomes its masked form and a sign by
which calls of one number are still known as such (phones.pseudonym). Customers' own numbers are kept as long
as the customer (customers.erasing).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from springline.business import jobs, phones
from springline.business.accounts.services import audit
from springline.business.calls import hooks
from springline.business.calls.callbacks.states import UNFINISHED
from springline.business.calls.models import (
    Call,
    CallbackTask,
    CallStep,
    LegalHold,
    MaskedNumber,
    SystemEvent,
)
from springline.business.calls.retention import months_later
from springline.business.days import beginning_of
from springline.business.messaging import services as messages

log = structlog.get_logger("retention")

LOOK_SECONDS = 6 * 3600.0
CHUNK = 300
"""Rows of one transaction: the projector must not wait long for the database."""

_IN_STEPS = ("caller", "caller_raw", "number")


@dataclass
class Masked:
    """How many rows of each kind, of what arrived before `before`. `proposals`: numbers that were proposed as
    hiding callers and do not; `unread`: entries of the journal that no version could read; `tags`: what
    agents said of numbers."""

    before: date
    calls: int = 0
    call_backs: int = 0
    messages: int = 0
    proposals: int = 0
    unread: int = 0
    tags: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self).items() if name != "before"}


def register() -> None:
    jobs.every(LOOK_SECONDS, "calls.numbers", mask_expired)


def first_day_kept(today: date | None = None) -> date:
    """Numbers of calls of this day and later are kept whole."""
    return months_later(today or timezone.localdate(), -settings.HOME.number_months)


def mask_expired(today: date | None = None, *, dry_run: bool = False) -> Masked:
    """Mask what is due; `dry_run` only counts it. What is masked is not masked again, and a run that was
    broken off goes on where it was. Calls on legal hold and call-backs that are open stay as they are.
    """
    done = Masked(first_day_kept(today))
    moment = beginning_of(done.before)
    held = LegalHold.objects.filter(lifted_at=None).values("call_id")
    calls = Call.objects.filter(arrived_at__lt=moment).exclude(pk__in=held)
    tasks = CallbackTask.objects.filter(begins_at__lt=moment).exclude(call_id__in=held)
    tasks = tasks.exclude(state__in=UNFINISHED)
    proposals = MaskedNumber.objects.filter(day__lt=done.before).exclude(accepted=True)
    unread = SystemEvent.objects.filter(at__lt=moment).exclude(error="").exclude(data="")
    whole = _whole("caller") | _whole("callback_number") | ~Q(caller_raw="")
    done.calls = _each(calls.filter(whole), _mask_calls, dry_run)
    done.call_backs = _each(tasks.filter(_whole("number")), _mask_tasks, dry_run)
    done.messages = messages.empty_older_than(moment, dry_run=dry_run)
    done.proposals = proposals.count() if dry_run else proposals.delete()[0]
    done.unread = unread.count() if dry_run else unread.update(data="")
    done.tags = sum(forget(moment, dry_run) for forget in hooks.old_numbers.values())
    if any(done.counts.values()) and not dry_run:
        audit(None, "numbers.masked", before=done.before.isoformat(), **done.counts)
        log.info("numbers_masked", before=done.before.isoformat(), **done.counts)
    return done


def _whole(name: str) -> Q:
    masked = Q(**{f"{name}__isnull": True}) | Q(**{name: ""}) | Q(**{f"{name}__contains": phones.SIGN})
    return ~masked


def _each(rows: models.QuerySet[Any], mask: Callable[[Sequence[Any]], None], dry_run: bool) -> int:
    """In chunks, until none is left that needs it."""
    if dry_run:
        return rows.count()
    done = 0
    while found := list(rows.order_by("pk")[:CHUNK]):
        with transaction.atomic():
            mask(found)
        done += len(found)
    return done


def _mask_calls(calls: Sequence[Call]) -> None:
    """With their steps, which are the journal's copies."""
    steps = list(CallStep.objects.filter(call_id__in=[call.pk for call in calls]))
    for step in steps:
        for name in _IN_STEPS:
            if value := step.data.get(name):
                step.data[name] = "" if name == "caller_raw" else _pseudonym(value)
    for call in calls:
        call.caller, call.callback_number = _pseudonym(call.caller), _pseudonym(call.callback_number)
        call.caller_raw = ""
    CallStep.objects.bulk_update(steps, ["data"])
    Call.objects.bulk_update(calls, ["caller", "callback_number", "caller_raw"])


def _mask_tasks(tasks: Sequence[CallbackTask]) -> None:
    for task in tasks:
        task.number = _pseudonym(task.number)
    CallbackTask.objects.bulk_update(tasks, ["number"])


def _pseudonym(number: str | None) -> str | None:
    return phones.pseudonym(number) if number else number
