"""What lasted, beside a clock that is set back and forth."""

from datetime import UTC, datetime, timedelta

import pytest

from springline.telephony.control.clock_steps import ClockSteps

HOUR = 3600.0
EPOCH = datetime(2026, 11, 28, 13, tzinfo=UTC)


class Machine:
    """`passes` lets time go by, `is_set` sets the clock."""

    def __init__(self) -> None:
        self._now, self._off = 1000.0, EPOCH.timestamp()
        self.steps = ClockSteps(lambda: self._now + self._off, lambda: self._now)

    def passes(self, seconds: float) -> datetime:
        self._now += seconds
        self.steps.look()
        return self.now

    def is_set(self, by: float) -> None:
        self._off += by

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now + self._off, UTC)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize("by", [HOUR, -HOUR, 86_400.0, 60.0, -60.0])
def test_a_talk_across_a_step_is_as_long_as_it_was(machine: Machine, by: float) -> None:
    begin = machine.passes(5)
    machine.passes(7)
    machine.is_set(by)
    end = machine.passes(3)
    assert machine.steps.elapsed(begin, end) == pytest.approx(10, abs=0.001)
    # What lies on one side of it is as long as the clock says.
    assert machine.steps.elapsed(end, machine.passes(20)) == pytest.approx(20, abs=0.001)
    assert machine.steps.elapsed(begin, begin + timedelta(seconds=6)) == 6.0


def test_a_step_that_nobody_saw_yet_counts(machine: Machine) -> None:
    begin = machine.passes(5)
    machine.is_set(HOUR)
    assert machine.steps.elapsed(begin, machine.now) == pytest.approx(0, abs=0.001)


def test_set_back_and_right_again(machine: Machine) -> None:
    first = machine.passes(5)
    machine.is_set(-HOUR)
    between = machine.passes(600)
    machine.is_set(HOUR)
    last = machine.passes(600)
    assert machine.steps.elapsed(first, between) == pytest.approx(600, abs=0.001)
    assert machine.steps.elapsed(between, last) == pytest.approx(600, abs=0.001)
    assert machine.steps.elapsed(first, last) == pytest.approx(1200, abs=0.001)


def test_a_clock_that_is_slewed_makes_no_step(machine: Machine) -> None:
    begin = machine.passes(1)
    for _ in range(100):
        machine.is_set(0.5)
        machine.passes(10)
    assert machine.steps.elapsed(begin, machine.now) == pytest.approx(1050)


def test_what_no_step_explains_is_never_below_nothing(machine: Machine) -> None:
    assert machine.steps.elapsed(EPOCH, EPOCH - timedelta(seconds=3)) == 0.0
