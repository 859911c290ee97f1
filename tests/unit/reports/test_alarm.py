"""Below 95 % after 20 calls people are told, not only whoever looks at the board (G2)."""

from datetime import timedelta

import pytest

from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import Channel, OutletKind
from springline.business.reports import alarm
from tests.unit.reports.test_today import _call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outlets(db: None) -> None:
    Outlet.objects.create(name="group", kind=OutletKind.ROBOT_WECOM)
    Outlet.objects.create(name="hook", kind=OutletKind.WEBHOOK)


def _day(handled: int, lost: int) -> None:
    from springline.business.reports import selectors

    since, _until = selectors.today()
    for number in range(handled):
        _call(number, connected_at=since + timedelta(seconds=number + 5), talk_seconds=20.0)
    for number in range(handled, handled + lost):
        _call(number, outcome="abandoned_queue")


def test_six_lost_of_a_hundred_are_told_once() -> None:
    _day(94, 6)
    alarm.look()
    alarm.look()
    robot = Message.objects.get(channel=Channel.ROBOT)
    assert "今日接通率 94.0%" in robot.body["text"]
    hook = Message.objects.get(channel=Channel.WEBHOOK)
    assert (hook.body["event"], hook.body["data"]["connect_rate"]) == ("connect.low", 0.94)


@pytest.mark.parametrize(("handled", "lost"), [(96, 4), (10, 9)])
def test_four_of_a_hundred_or_few_calls_alarm_nobody(handled: int, lost: int) -> None:
    _day(handled, lost)
    alarm.look()
    assert not Message.objects.exists()
