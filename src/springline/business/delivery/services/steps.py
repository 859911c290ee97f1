"""What a courier does with a task. Each step is told by a phone, perhaps hours later and out of order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from springline.business.accounts.models import User
from springline.business.delivery.models import DeliveryTask, TaskEvent
from springline.business.delivery.states import TaskEventKind

_K = TaskEventKind
_STAMPS = {_K.ACCEPT: "accepted_at", _K.PICK_UP: "picked_at", _K.ARRIVE: "arrived_at", _K.DELIVER: "done_at"}


@dataclass(frozen=True, slots=True)
class Report:
    """One step as reported: `at` by our clock, `client_at` by the phone's."""

    key: str
    by: User
    at: datetime
    client_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a report. `conflict`: a person looks at it; `applied`: it counts."""

    code: str = ""
    conflict: bool = False
    applied: bool = True
    facts: dict[str, Any] = field(default_factory=dict)


class Conflict(Exception):
    """The report cannot be applied; nothing of it was."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def note(
    task: DeliveryTask, kind: TaskEventKind, report: Report | None, at: datetime, **facts: Any
) -> TaskEvent:
    """An event of the task as it is now."""
    by = report.by if report else None
    return TaskEvent.objects.create(
        task=task,
        kind=kind,
        state=task.state,
        at=at,
        client_at=report.client_at if report else None,
        who=f"{by.name} ({by.username})" if by else "system",
        key=report.key if report else "",
        facts=facts,
    )


def lock(courier: Any, task_id: int) -> DeliveryTask | None:
    """The courier's task, until the end of the transaction; None when there is no such task of theirs."""
    return (
        DeliveryTask.objects.select_for_update(of=("self",))
        .select_related("courier", "station")
        .filter(pk=task_id, courier=courier)
        .first()
    )


def take(task: DeliveryTask, kind: str, payload: dict[str, Any], report: Report) -> Outcome:
    raise NotImplementedError
