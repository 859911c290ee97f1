"""What scripted callers do, as data. The file format is read by `reader`; these are its meaning.

Durations are seconds, frequencies Hz. `within` is how long a step waits before the script fails.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

ANSWER_WITHIN = 10.0
WAIT_WITHIN = 60.0


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class WaitAnswer(Step, frozen=True, kw_only=True):
    """Until the far side answers (200 OK)."""

    within: float = ANSWER_WITHIN


class Pause(Step, frozen=True, kw_only=True):
    """Does nothing, on purpose."""

    seconds: float


class Press(Step, frozen=True, kw_only=True):
    """Presses keys one after the other: 0-9 * # A-D, as RFC 4733 events of `hold` s with `gap` s between."""

    keys: str
    hold: float = 0.12
    gap: float = 0.2


class Speak(Step, frozen=True, kw_only=True):
    """Says a recording: the name of one in `simulator/audio`, or an absolute path of an 8 kHz WAV file."""

    sound: str


class Tone(Step, frozen=True, kw_only=True):
    """A steady tone, which can be found in a recording. Without `seconds` it lasts until the call ends or
    another sound begins, and the script goes on at once."""

    frequency: float
    seconds: float | None = None


class WaitFor(Step, frozen=True, kw_only=True):
    """Until a named condition holds; whoever places the call says what it means (agent, queued)."""

    condition: str
    within: float = WAIT_WITHIN


class WaitTone(Step, frozen=True, kw_only=True):
    """Until a tone of this frequency is heard."""

    frequency: float
    within: float = WAIT_WITHIN


class HangUp(Step, frozen=True, kw_only=True):
    """Ends the call: CANCEL before the answer, BYE after it."""


class Vanish(Step, frozen=True, kw_only=True):
    """The phone loses its power: no BYE, no more sound. Such a caller gets a phone process of its own."""


class ExpectHangUp(Step, frozen=True, kw_only=True):
    """Until the far side ends the call."""

    within: float = WAIT_WITHIN


AnyStep: TypeAlias = (
    WaitAnswer | Pause | Press | Speak | Tone | WaitFor | WaitTone | HangUp | Vanish | ExpectHangUp
)

NO_NUMBER = ""


class Caller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`number` becomes the user part of From, however odd. "anonymous" is one, too; "" withholds the number
    as RFC 3323 has it: anonymous@anonymous.invalid.

    `dial` is the number called; None: whoever places the call decides. `start_after` delays the call by
    this many seconds.
    """

    number: str
    script: tuple[AnyStep, ...]
    dial: str | None = None
    start_after: float = 0.0

    @property
    def vanishes(self) -> bool:
        return any(isinstance(step, Vanish) for step in self.script)


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One or more callers; `about` says in a sentence what they do."""

    name: str
    about: str
    callers: tuple[Caller, ...]
