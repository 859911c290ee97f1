"""A dead trunk is told of: the carrier's silence to OPTIONS, and nobody calling when it is usual to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from springline.business import checkup
from springline.business.calls import projector, trunk_alarm
from springline.business.calls.models import Call
from springline.business.hotline.models import Hotline, OpeningTime
from springline.business.messaging import services as messages
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import Channel, MessageState, OutletKind
from springline.contracts import codec, subjects
from springline.contracts.house_events import EngineStatus, TrunkChanged
from springline.platform.bus import JournalEntry
from springline.platform.findings import Level

pytestmark = pytest.mark.django_db

# A Tuesday, 10:00 in Shanghai.
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def listeners() -> None:
    messages.ship()
    Outlet.objects.create(name="group", kind=OutletKind.ROBOT_WECOM)
    Hotline.objects.create(number="4000564000", dids=["4000564000"], reminder_phones=["+8613805640001"])


def _journaled(seq: int, status: EngineStatus, at: datetime = NOW) -> None:
    event = TrunkChanged(at=at, trunk="trunk", status=status)
    entry = JournalEntry(seq=seq, subject=subjects.JOURNAL_SYSTEM, data=codec.encode(event), at=at)
    projector.apply_batch([entry])


def _told() -> list[tuple[str, str]]:
    return [(m.channel, m.key.split(":")[0]) for m in Message.objects.order_by("pk")]


def _calls(*, weeks_ago: int, count: int, minutes: int = 30) -> None:
    for number in range(count):
        at = NOW - timedelta(weeks=weeks_ago) - timedelta(minutes=minutes) * (number + 0.5) / count
        Call.objects.create(id=f"{weeks_ago}-{number}", arrived_at=at)


def test_an_outage_and_its_end_are_told_once_to_robots_and_by_sms() -> None:
    _journaled(1, EngineStatus.UP)
    trunk_alarm.look(NOW)
    assert _told() == []
    _journaled(2, EngineStatus.DOWN)
    trunk_alarm.look(NOW)
    trunk_alarm.look(NOW)
    assert _told() == [(Channel.ROBOT, "trunk.down"), (Channel.SMS, "trunk.down")]
    _journaled(3, EngineStatus.UP)
    trunk_alarm.look(NOW)
    trunk_alarm.look(NOW)
    assert _told()[2:] == [(Channel.ROBOT, "trunk.up"), (Channel.SMS, "trunk.up")]
    assert not Message.objects.filter(state=MessageState.DEAD).exists()


def test_news_of_yesterday_wakes_nobody() -> None:
    _journaled(1, EngineStatus.DOWN, NOW - timedelta(days=1))
    trunk_alarm.look(NOW)
    assert _told() == []


def test_silence_when_calls_are_usual_is_told_once_and_found_by_the_doctor() -> None:
    for week in range(1, 5):
        _calls(weeks_ago=week, count=12)
    found = trunk_alarm.silence(NOW)
    assert found is not None
    assert (found.minutes, found.usual) == (15, 6.0)
    trunk_alarm.look(NOW)
    trunk_alarm.look(NOW + timedelta(minutes=3))
    assert _told() == [(Channel.ROBOT, "trunk.silent"), (Channel.SMS, "trunk.silent")]


def test_a_call_ends_the_silence_and_a_new_silence_is_told_again() -> None:
    for week in range(1, 5):
        _calls(weeks_ago=week, count=24, minutes=60)
    trunk_alarm.look(NOW - timedelta(minutes=20))
    Call.objects.create(id="one", arrived_at=NOW - timedelta(minutes=18))
    assert trunk_alarm.silence(NOW - timedelta(minutes=10)) is None
    trunk_alarm.look(NOW)
    assert [event for channel, event in _told() if channel == Channel.ROBOT] == ["trunk.silent"] * 2


def test_a_quiet_hour_a_quiet_hotline_and_a_new_one_alarm_nobody() -> None:
    assert trunk_alarm.silence(NOW) is None
    _calls(weeks_ago=1, count=3)
    assert trunk_alarm.silence(NOW) is None
    night = NOW + timedelta(hours=14)
    for week in range(2, 5):
        _calls(weeks_ago=week, count=12)
    assert trunk_alarm.silence(night) is None


def test_on_a_closed_day_nobody_is_expected() -> None:
    for week in range(1, 5):
        _calls(weeks_ago=week, count=12)
    hotline = Hotline.objects.get()
    OpeningTime.objects.create(hotline=hotline, weekday=6)
    assert trunk_alarm.silence(NOW) is None


def test_calls_of_our_own_and_tests_are_no_sign_of_life() -> None:
    for week in range(1, 5):
        _calls(weeks_ago=week, count=12)
    Call.objects.create(id="out", arrived_at=NOW - timedelta(minutes=1), direction="out")
    Call.objects.create(id="test", arrived_at=NOW - timedelta(minutes=1), is_test=True)
    assert trunk_alarm.silence(NOW) is not None


def test_the_doctor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkup.silence().level is Level.GOOD
    for week in range(1, 5):
        _calls(weeks_ago=week, count=12)
    monkeypatch.setattr(checkup.timezone, "now", lambda: NOW)
    assert checkup.silence().level is Level.WARNING
