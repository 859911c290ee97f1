"""Names on the bus: one place, so that both floors speak of the same thing.

The journal is one JetStream stream. Each call has a subject of its own, so that everything known about
one call can be read back alone when control is restarted in the middle of it.
"""

JOURNAL_STREAM = "JOURNAL"
JOURNAL_ALL = "journal.>"

CONFIG_BUCKET = "config"
CONFIG_KEY = "snapshot"

POINTERS_BUCKET = "pointers"

CONTROL_BUCKET = "control"
CHECKPOINT_KEY = "checkpoint"
DAY_OUT_KEY = "day-out"

LIVE_EVENTS = "live.events"
LIVE_NOTICES = "live.notices"
SIBLINGS = "business.siblings"
CONTROL_COMMANDS = "control.commands"

LOCATE_CALLER = "callers.locate"


def metrics_of(program: str) -> str:
    """Asked for its figures, each program answers in Prometheus' text format."""
    return f"metrics.{program}"


def journal_of_call(call_id: str) -> str:
    return f"journal.call.{call_id}"


def journal_of_agent(agent_id: str) -> str:
    return f"journal.agent.{agent_id}"


JOURNAL_SYSTEM = "journal.system"
