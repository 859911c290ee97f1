from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from springline.business.sqlite3_turns.turns import Turns

_PATIENCE = 15.0
# One file, one queue.
_queues: defaultdict[str, Turns] = defaultdict(Turns)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A transaction takes its turn before SQLite's lock and gives it back when it ends, however it ends."""

    _turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        queue = _queues[str(self.settings_dict["NAME"])]
        patience: float = self.settings_dict["OPTIONS"].get("timeout", _PATIENCE)
        if not queue.take(patience):
            raise OperationalError("database is locked")
        self._turn = queue
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._give()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            self._give_if_ended()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._give_if_ended()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._give()

    def _give_if_ended(self) -> None:
        # A commit that failed leaves the transaction open, and is followed by a rollback.
        if self.connection is None or not self.connection.in_transaction:
            self._give()

    def _give(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()
