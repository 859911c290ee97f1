"""Whether this program's migrations can take a database over: the older ones were squashed."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def stranded(connection: BaseDatabaseWrapper) -> list[str]:
    """The apps, sorted, of which only some of the squashed steps were done.

    Django itself would then leave the app out without a word, because the single steps are no longer there.
    Raises django.db.DatabaseError.
    """
    recorder = MigrationRecorder(connection)
    done = set(recorder.applied_migrations()) if recorder.has_table() else set()
    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    found = set()
    for key, migration in loader.disk_migrations.items():
        steps = set(migration.replaces)
        if key not in done and steps & done and not steps <= done:
            found.add(key[0])
    return sorted(found)
