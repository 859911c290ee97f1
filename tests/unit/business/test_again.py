"""Who gives way in a deadlock tries again by itself."""

import pytest
from django.db import OperationalError, transaction

from springline.business.again import TRIES, again


class Deadlock(Exception):
    sqlstate = "40P01"


def failing(times: int, cause: Exception) -> tuple[list[int], object]:
    tries: list[int] = []

    @again
    def work() -> str:
        tries.append(1)
        if len(tries) <= times:
            raise OperationalError("deadlock detected") from cause
        return "done"

    return tries, work


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again_and_not_for_ever() -> None:
    tries, work = failing(TRIES - 1, Deadlock())
    assert (work(), len(tries)) == ("done", TRIES)  # type: ignore[operator]
    tries, work = failing(TRIES, Deadlock())
    with pytest.raises(OperationalError):
        work()  # type: ignore[operator]
    assert len(tries) == TRIES


@pytest.mark.django_db(transaction=True)
def test_neither_other_troubles_nor_within_anothers_transaction() -> None:
    tries, work = failing(1, Exception())
    with pytest.raises(OperationalError):
        work()  # type: ignore[operator]
    assert len(tries) == 1
    tries, work = failing(1, Deadlock())
    with pytest.raises(OperationalError), transaction.atomic():
        work()  # type: ignore[operator]
    assert len(tries) == 1
