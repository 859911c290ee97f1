"""Each fault of the durable floor is made for real and must be found."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from springline.business import checkup
from springline.business.calls.models import Call, JournalPosition, Recording, RecordingFile, SystemEvent
from springline.business.calls.states import RecordingState
from springline.business.messaging import services as messages
from springline.business.vouchers import guards
from springline.business.vouchers.models import VoucherEntry
from springline.platform.findings import Finding, Level
from tests.unit.vouchers.conftest import package, spring  # noqa: F401
from tests.unit.vouchers.people import bought

pytestmark = pytest.mark.django_db


def _codes(found: list[Finding], *levels: Level) -> set[str]:
    return {finding.code for finding in found if finding.level in levels}


def _bad() -> set[str]:
    return _codes(checkup.quick(), Level.FAULT, Level.WARNING)


@pytest.fixture(autouse=True)
def healthy() -> None:
    JournalPosition.objects.update_or_create(pk=1, defaults={"beat_at": timezone.now()})


def test_a_healthy_house_has_no_finding_to_act_on() -> None:
    assert _bad() == set()
    assert all(not finding.do_zh for finding in checkup.quick())


def test_a_schema_of_another_version() -> None:
    MigrationRecorder.Migration.objects.filter(app="messaging").delete()
    assert _codes(checkup.quick(), Level.FAULT) == {"database"}


@pytest.fixture
def database_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "springline.sqlite3"
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
    monkeypatch.setattr(checkup, "LOCK_SECONDS", 0.05)
    monkeypatch.setitem(connection.settings_dict, "NAME", file)
    # The tests' own transaction is of another file.
    monkeypatch.setattr(connection, "in_atomic_block", False)
    return file


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite locks its whole file")
def test_a_transaction_that_never_ends_locks_the_database(database_file: Path) -> None:
    assert checkup.writable().level is Level.GOOD
    with closing(sqlite3.connect(database_file, isolation_level=None)) as another:
        another.execute("BEGIN EXCLUSIVE")
        found = checkup.writable()
    assert (found.code, found.level) == ("database-writes", Level.FAULT)
    assert "fuser" in found.do_zh
    database_file.unlink()
    assert checkup.writable().level is Level.FAULT


def test_a_database_with_fewer_connections_than_the_processes_may_open() -> None:
    assert checkup.enough_connections(97, 97).level is Level.GOOD
    few = checkup.enough_connections(97, 102)
    assert (few.code, few.level) == ("connections", Level.WARNING)


def test_a_worker_that_is_behind() -> None:
    JournalPosition.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert _bad() == {"journal"}


def test_entries_that_nobody_could_read() -> None:
    SystemEvent.objects.create(seq=1, at=timezone.now(), subject="journal.system", error="no such type")
    assert _bad() == {"entries"}


def test_a_recording_that_is_not_stored_and_one_that_is_missing() -> None:
    long_ago = timezone.now() - timedelta(minutes=20)
    RecordingFile.objects.create(path="a.raw", call_id="c1", started_at=long_ago, closed_at=long_ago)
    assert _bad() == {"recordings"}
    Recording.objects.create(
        path="a.raw", call_id="c1", state=RecordingState.MISSING, settled_at=timezone.now()
    )
    assert _bad() == {"missing"}


def test_a_clock_that_was_set_back() -> None:
    Call.objects.create(id="c1", arrived_at=timezone.now() + timedelta(hours=1))
    assert _bad() == {"clock"}


def test_messages_that_were_given_up() -> None:
    messages.ship()
    messages.sms("agent_message", "+8613805640001", ("1", "水" * 30, "x"), key="k")
    assert _bad() == {"messages"}


def test_a_config_that_was_refused() -> None:
    SystemEvent.objects.create(seq=1, at=timezone.now(), subject="journal.system", type="ConfigRefused")
    assert _bad() == {"config"}


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr("springline.business.checkup.MigrationExecutor", away)
    assert _codes(checkup.quick(), Level.FAULT) == {"database"}


def test_a_ledger_that_somebody_wrote_into(package: object) -> None:  # noqa: F811
    bought(package)  # type: ignore[arg-type]
    assert _codes(checkup.deep(), Level.GOOD) == {"integrity", "ledger"}
    guards.remove(connection)
    VoucherEntry.objects.update(reason="somebody else's")
    guards.install(connection)
    assert "ledger" in _codes(checkup.deep(), Level.FAULT)
