"""Calls that the engine refused are told of once an hour, and the doctor names the reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from springline.business import checkup
from springline.business.calls import projector, turned_away
from springline.business.messaging import services as messages
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import OutletKind
from springline.contracts import codec, subjects
from springline.contracts.house_events import CallsTurnedAway, TurnedAwayFor
from springline.platform.bus import JournalEntry
from springline.platform.findings import Finding, Level

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def _refused(seq: int, count: int, at: datetime, reason: TurnedAwayFor = TurnedAwayFor.CODEC) -> None:
    data = codec.encode(CallsTurnedAway(at=at, reason=reason, count=count))
    projector.apply_batch([JournalEntry(seq=seq, subject=subjects.JOURNAL_SYSTEM, data=data, at=at)])


def _finding() -> Finding:
    return next(found for found in checkup.quick() if found.code == "turned-away")


def test_many_are_told_once_an_hour() -> None:
    messages.ship()
    Outlet.objects.create(name="group", kind=OutletKind.ROBOT_WECOM)
    _refused(1, turned_away.OFTEN - 1, NOW)
    turned_away.look(NOW)
    assert not Message.objects.exists()
    _refused(2, 1, NOW)
    turned_away.look(NOW)
    turned_away.look(NOW + timedelta(minutes=5))
    [told] = Message.objects.all()
    assert "3 通来电" in str(told.body)
    assert "编解码不符 × 3" in str(told.body)


def test_the_doctor_names_the_reasons_of_the_last_day() -> None:
    now = timezone.now()
    _refused(1, 7, now - timedelta(days=2))
    assert _finding().level is Level.GOOD
    _refused(2, 1, now, TurnedAwayFor.NUMBER)
    _refused(3, 4, now)
    found = _finding()
    assert found.level is Level.WARNING
    assert "5 通来电" in found.zh
    assert found.zh.index("编解码不符 × 4") < found.zh.index("被叫号码无效 × 1")
