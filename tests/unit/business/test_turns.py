"""Writers of one SQLite file wait in turn, and a turn always ends."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from springline.business.hotline.models import PauseReason
from springline.business.sqlite3_turns.turns import Turns

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone has one writer")


def test_first_come_first_served() -> None:
    turns, order = Turns(), []
    assert turns.take(1)
    threads = []
    for number in range(5):
        thread = threading.Thread(
            target=lambda number=number: (turns.take(20), order.append(number), turns.give())
        )
        thread.start()
        while len(turns._waiting) != number + 1:
            pass
        threads.append(thread)
    turns.give()
    for thread in threads:
        thread.join(20)
    assert order == [0, 1, 2, 3, 4]
    assert turns.take(0)


def test_who_gave_up_waiting_is_passed_over() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0)
    turns.give()
    assert turns.take(0)


@pytest.fixture(autouse=True)
def short_patience() -> Iterator[None]:
    """The threads' connections share these options."""
    options = connection.settings_dict["OPTIONS"]
    before = options["timeout"]
    options["timeout"] = 0.1
    yield
    options["timeout"] = before


def in_a_thread(work: Callable[[], object]) -> list[object]:
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except DatabaseError as error:
            found.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return found


def write(code: str) -> str:
    with transaction.atomic():
        PauseReason.objects.create(code=code, name_zh=code, name_en=code, key=code[-1])
    return code


def test_a_second_writer_is_told_when_it_takes_too_long(transactional_db: None) -> None:
    with transaction.atomic():
        assert in_a_thread(lambda: write("a1")) == ["database is locked"]
    assert in_a_thread(lambda: write("a1")) == ["a1"]


@pytest.mark.parametrize("how", ["rollback", "error", "close"])
def test_a_turn_ends_however_the_transaction_ends(transactional_db: None, how: str) -> None:
    def broken() -> str:
        with transaction.atomic():
            PauseReason.objects.create(code="b1", name_zh="b", name_en="b", key="1")
            if how == "close":
                connection.connection.close()
            if how != "rollback":
                raise OperationalError(how)
            transaction.set_rollback(True)
        return how

    in_a_thread(broken)
    assert in_a_thread(lambda: write("c1")) == ["c1"]
    assert not PauseReason.objects.filter(code="b1").exists()
