"""Numbers that many callers seem to share hide who calls (requirements §2.3): found, and proposed."""

from collections import Counter
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.models import Call, MaskedNumber
from springline.business.days import bounds
from springline.business.hotline.models import Hotline
from springline.contracts.events import CallerQuality

SHARE = 0.2
"""One number in more than this part of a day's calls is taken for one that stands for many."""

LEAST_CALLS = 15
"""On a day with fewer calls nothing is concluded."""


def suspects(day: date) -> list[tuple[str, str, int, int]]:
    """(hotline, number, its calls, all calls) of the hotlines' days on which one number was too frequent."""
    begin, end = bounds(day)
    calls = Call.objects.filter(
        arrived_at__gte=begin, arrived_at__lt=end, is_test=False, direction="in"
    ).exclude(hotline="")
    total, shown = Counter[str](), Counter[tuple[str, str]]()
    for hotline, caller, quality in calls.values_list("hotline", "caller", "caller_quality"):
        total[hotline] += 1
        if caller and quality == CallerQuality.REAL:
            shown[hotline, caller] += 1
    return [
        (hotline, number, count, total[hotline])
        for (hotline, number), count in sorted(shown.items())
        if total[hotline] >= LEAST_CALLS and count > SHARE * total[hotline]
    ]


def look(day: date | None = None) -> int:
    """Propose yesterday's and today's suspects that nobody has decided about; how many were new."""
    today = timezone.localdate()
    new = 0
    for which in (day,) if day else (today - timedelta(days=1), today):
        for hotline, number, count, total in suspects(which):
            row, created = MaskedNumber.objects.get_or_create(
                hotline=hotline, number=number, defaults={"day": which, "calls": count, "of": total}
            )
            new += created
            if not created and row.accepted is None and count > row.calls:
                MaskedNumber.objects.filter(pk=row.pk).update(day=which, calls=count, of=total)
    return new


@transaction.atomic
def decide(key: int, accepted: bool, by: User | ApiToken | None) -> MaskedNumber:
    """Accepted, the number is on its hotline's list, and its next calls count as from nobody known."""
    row = MaskedNumber.objects.select_for_update().get(pk=key)
    row.accepted = accepted
    row.save(update_fields=["accepted"])
    hotline = Hotline.objects.select_for_update().filter(number=row.hotline).first()
    if hotline is not None:
        others = [number for number in hotline.masked_callers if number != row.number]
        hotline.masked_callers = [*others, row.number] if accepted else others
        hotline.save(update_fields=["masked_callers"])
    audit(by, "number.masked" if accepted else "number.not_masked", row)
    return row
