from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.business.messaging.pacing import Bucket, Pace
from springline.business.messaging.retrying import PAUSES, next_try

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@given(st.lists(st.floats(0, 20), max_size=200))
def test_no_window_ever_holds_more_than_twice_the_limit_and_the_mean_keeps_it(pauses: list[float]) -> None:
    pace, now, sent = Pace((5, 1), (100, 60)), 0.0, []
    for pause in pauses:
        now += pause
        if pace.wait(now) == 0:
            pace.take(now)
            sent.append(now)
    for start in sent:
        assert sum(start <= at < start + 60 for at in sent) <= 200
        assert sum(start <= at < start + 1 for at in sent) <= 10
    assert len(sent) <= 100 + now * 100 / 60 + 1


def test_an_empty_bucket_says_how_long_to_wait() -> None:
    bucket = Bucket(2, 60)
    bucket.take(0)
    bucket.take(0)
    assert bucket.wait(0) == 30
    with pytest.raises(ValueError, match="no token"):
        bucket.take(0)
    assert bucket.wait(30) == 0


def test_a_clock_set_back_gives_nothing() -> None:
    bucket = Bucket(1, 60)
    bucket.take(100)
    assert bucket.wait(40) > 0


def test_failures_are_tried_again_for_a_day_and_then_given_up() -> None:
    assert sum(PAUSES) >= 15 * 3600
    assert next_try(1, NOW) == NOW + timedelta(seconds=10)
    assert next_try(1, NOW, retry_after=600) == NOW + timedelta(seconds=600)
    assert next_try(len(PAUSES) + 1, NOW) is None
