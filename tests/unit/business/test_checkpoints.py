"""What was committed is in SQLite's file, and not only in its log."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from springline.business.settings_base import database
from springline.business.sqlite3_turns import checkpoints


def test_a_checkpoint_brings_the_log_into_the_file_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("CREATE TABLE t (x)")
        writer.execute("INSERT INTO t VALUES (1)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (2)")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            checkpoints.once(other)
        # The file alone, without its log.
        shutil.copy(path, tmp_path / "b.sqlite3")
        writer.execute("COMMIT")
    with closing(sqlite3.connect(tmp_path / "b.sqlite3")) as alone:
        assert alone.execute("SELECT x FROM t").fetchall() == [(1,)]


def test_sqlite_leaves_it_to_the_web_process_for_long() -> None:
    options = database(None, Path("x"))["OPTIONS"]
    assert "wal_autocheckpoint=8000" in options["init_command"]
