"""Control that mends itself again and again is told of, once an hour; the doctor says what was mended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from springline.business import checkup
from springline.business.calls import mending_alarm, projector
from springline.business.calls.ringing_words import mended_of
from springline.business.messaging import services as messages
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import OutletKind
from springline.contracts import codec, subjects
from springline.contracts.reconciling import DifferenceKind, DifferenceMended
from springline.platform.bus import JournalEntry
from springline.platform.findings import Level

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def _mended(count: int, at: datetime, kind: DifferenceKind = DifferenceKind.LEG_GONE, first: int = 1) -> None:
    entries = []
    for seq in range(first, first + count):
        event = DifferenceMended(at=at, kind=kind, subject=f"agent-{seq}", agent="1001", call_id="c1")
        entries.append(
            JournalEntry(seq=seq, subject=subjects.JOURNAL_SYSTEM, data=codec.encode(event), at=at)
        )
    projector.apply_batch(entries)


def test_one_lost_word_is_an_accident_and_many_are_told_once_an_hour() -> None:
    messages.ship()
    Outlet.objects.create(name="group", kind=OutletKind.ROBOT_WECOM)
    mending_alarm.look(NOW)
    _mended(mending_alarm.OFTEN - 1, NOW)
    mending_alarm.look(NOW)
    assert not Message.objects.exists()
    _mended(1, NOW, DifferenceKind.DEVICE, first=20)
    mending_alarm.look(NOW)
    mending_alarm.look(NOW + timedelta(minutes=5))
    [told] = Message.objects.all()
    assert "5 次" in str(told.body)
    _mended(5, NOW + timedelta(hours=1), first=40)
    mending_alarm.look(NOW + timedelta(hours=1))
    assert Message.objects.count() == 2


def test_the_doctor_names_what_was_mended_most() -> None:
    assert checkup.mending().level is Level.GOOD
    _mended(2, timezone.now(), DifferenceKind.DEVICE)
    assert checkup.mending().level is Level.GOOD
    _mended(4, timezone.now(), first=10)
    found = checkup.mending()
    assert found.level is Level.WARNING
    assert found.zh.index("通道早已断开") < found.zh.index("话机状态")
    assert found.do_zh
    assert found.do_en


@pytest.mark.parametrize("kind", DifferenceKind)
def test_every_difference_has_its_words(kind: DifferenceKind) -> None:
    said = mended_of(kind)
    assert said["zh"]
    assert said["en"]
