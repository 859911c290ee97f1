"""What an agent said of a number is not kept for longer than it is of use (requirements §2.4)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from springline.business.calls.models import Call
from springline.business.customers.models import CustomerPhone, NumberTag
from springline.business.customers.selectors import RECENT


def fade_tags(moment: datetime, dry_run: bool = False) -> int:
    """Delete corrections that no longer count, and lasting tags of before `moment` whose number is no
    customer's and has not called since; returns how many."""
    calls = Call.objects.filter(caller=OuterRef("e164"), arrived_at__gte=moment)
    bound = CustomerPhone.objects.filter(e164=OuterRef("e164"), unbound_at=None)
    unused = Q(~Exists(calls), ~Exists(bound), lasting=True, at__lt=moment)
    rows = NumberTag.objects.filter(Q(lasting=False, at__lt=timezone.now() - RECENT) | unused)
    if dry_run:
        return rows.count()
    with transaction.atomic():
        numbers = list(rows.values_list("e164", flat=True))
        NumberTag.objects.filter(pk__in=numbers).delete()
        # After the deletion, which is history as well.
        NumberTag.history.filter(e164__in=numbers).delete()
    return len(numbers)
