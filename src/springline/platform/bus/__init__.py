"""The bus between processes: requests, live events, key-value, and the durable journal.

`Bus` speaks to nats-server; `MemoryBus` has the same methods in one process, for tests, and passes the
same contract tests.
"""

from springline.platform.bus.memory import MemoryBus
from springline.platform.bus.nats import Bus
from springline.platform.bus.port import (
    AnyBus,
    BusError,
    BusTimeout,
    JournalEntry,
    NewEntry,
    NoResponder,
)

__all__ = ["AnyBus", "Bus", "BusError", "BusTimeout", "JournalEntry", "MemoryBus", "NewEntry", "NoResponder"]
