"""One number in too many calls of a day stands for many callers (§2.3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.calls import masking
from springline.business.calls.models import Call, MaskedNumber
from springline.business.hotline.models import Hotline

pytestmark = pytest.mark.django_db
LANDING, HOTLINE = "+865643210000", "4000564000"


def a_day(calls: int, masked: int, quality: str = "real") -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for number in range(calls):
        Call.objects.create(
            id=f"{number}", arrived_at=noon + timedelta(minutes=number), hotline=HOTLINE,
            caller=LANDING if number < masked else f"+86138000{number:05d}", caller_quality=quality,
        )  # fmt: skip


@pytest.mark.parametrize(("calls", "masked", "found"), [(100, 21, 1), (100, 20, 0), (14, 14, 0), (15, 15, 1)])
def test_more_than_a_fifth_of_a_days_calls(calls: int, masked: int, found: int) -> None:
    a_day(calls, masked)
    assert masking.look() == found
    assert masking.look() == 0, "proposed once"


def test_what_is_masked_already_is_not_proposed() -> None:
    a_day(20, 20, quality="masked")
    assert masking.look() == 0


def test_the_owner_decides() -> None:
    Hotline.objects.create(number=HOTLINE, dids=[HOTLINE], masked_callers=["+865640000000"])
    a_day(20, 10)
    masking.look()
    row = MaskedNumber.objects.get()
    masking.decide(row.pk, True, None)
    masking.decide(row.pk, True, None)
    assert Hotline.objects.get().masked_callers == ["+865640000000", LANDING]
    masking.decide(row.pk, False, None)
    assert Hotline.objects.get().masked_callers == ["+865640000000"]
    assert masking.look() == 0, "decided is decided"
    assert AuditRow.objects.filter(what__startswith="number.").count() == 3
