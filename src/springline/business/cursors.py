"""One cursor for the many small statements of a connection."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

_NAME = "_springline_cursor"


def lasting(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """The connection's own cursor, for who reads the answer to its end at once.

    Django makes and closes one for each statement, which takes as long as the statement does. Where
    statements are noted (in tests, in debug mode) it still does.
    """
    if connection.queries_logged:
        return connection.cursor()
    at, cursor = connection.__dict__.get(_NAME, (None, None))
    if at is None or at is not connection.connection:
        cursor = connection.cursor()
        connection.__dict__[_NAME] = connection.connection, cursor
    return cursor
