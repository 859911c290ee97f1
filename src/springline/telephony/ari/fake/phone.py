"""What is at the other end: phones that are dialled, and places in the dialplan."""

from __future__ import annotations

from dataclasses import dataclass

ANY_EXTENSION = "*"
"""In place of an extension: what a channel meets wherever nothing else is said."""


@dataclass
class Phone:
    """How an endpoint behaves when it is dialled. Seconds count from the dialling.

    ``rings_after`` None: never reports ringing. ``answers_after`` None: never answers. ``rejects_after``
    takes precedence; ``reject_cause`` is the Q.850 cause (17 busy, 21 rejected). ``hangs_up_after`` counts
    from the answer. An ``online`` False phone has no registered contact: dialling it is refused.
    """

    online: bool = True
    rings_after: float | None = 0.1
    answers_after: float | None = 2.0
    rejects_after: float | None = None
    reject_cause: int = 17
    hangs_up_after: float | None = None


@dataclass(frozen=True)
class Dialplan:
    """What a channel meets that is sent to an extension with ``continue``.

    ``stasis_args`` None: it stays in the dialplan until somebody hangs up; otherwise it enters ``Stasis`` of
    the application again with these arguments after ``after`` seconds, and tries it again every ``retry``
    seconds while the application is away. ``hangs_up`` ends the call at once.
    """

    stasis_args: tuple[str, ...] | None = None
    after: float = 0.0
    retry: float | None = None
    hangs_up: bool = False
