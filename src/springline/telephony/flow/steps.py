"""The conversation between a flow and who runs the call: inputs go in, steps come out.

How control runs them:
- Play: say `prompts`; then feed `Played`. Keys pressed meanwhile are kept in order. If `interruptible`
  and a key came, stop saying and feed `Played` at once: the key belongs to the menu that follows.
- Ask: if a key is kept, feed it without saying anything. Else say `prompts`; a key stops them and is fed.
  `timeout` seconds after the last prompt without a key feed `Silence`.
- Locate: feed `Located`, what the records know of the caller; Clock: feed `Hour`. Keys stay kept.
- Enqueue, Leave and End are last: say `prompts`, then queue the call, take a message or hang up. Keys kept
  until then are late.
"""

from typing import TypeAlias

import msgspec


class Key(msgspec.Struct, frozen=True, tag=True):
    """One DTMF key as the engine reports it; anything but the menu's keys is a wrong key."""

    key: str


class Silence(msgspec.Struct, frozen=True, tag=True):
    """No key within the menu's time."""


class Played(msgspec.Struct, frozen=True, tag=True):
    """The prompts of a Play step were said (or cut short where that is allowed)."""


class Located(msgspec.Struct, frozen=True, tag=True):
    """`region`: the adcode of a county known for certain. `outside`: a stranger from another city."""

    region: str | None = None
    outside: bool = False


class Hour(msgspec.Struct, frozen=True, tag=True):
    """The service calendar at this moment."""

    open: bool = True
    holiday: bool = False


Input: TypeAlias = Key | Silence | Played | Located | Hour


class BaseStep(msgspec.Struct, frozen=True, kw_only=True):
    """`node` is where the caller is now. `accepted` tells what became of the input that led here: True
    for a key of the menu, False for a wrong or late key and for silence, None where there was none."""

    node: str
    prompts: tuple[str, ...]
    accepted: bool | None = None


class Play(BaseStep, frozen=True, kw_only=True, tag=True):
    """`notice`: after it was said in full, recording is allowed (NoticePlayed)."""

    notice: bool = False

    @property
    def interruptible(self) -> bool:
        return not self.notice


class Ask(BaseStep, frozen=True, kw_only=True, tag=True):
    """`entered`: the caller came from elsewhere (MenuEntered), not by repeat or failure. `prompts` begin
    with what went wrong, if something did."""

    timeout: float
    entered: bool
    title: str | None = None
    outcome: str | None = None


class Locate(BaseStep, frozen=True, kw_only=True, tag=True):
    """Where is the caller at home?"""


class Clock(BaseStep, frozen=True, kw_only=True, tag=True):
    """Are we open?"""


class Enqueue(BaseStep, frozen=True, kw_only=True, tag=True):
    """`via`, as in CallQueued: key, region, retries (too many failures), default (no key was asked for)."""

    queue: str
    via: str
    intent: str | None = None
    region: str | None = None


class Leave(BaseStep, frozen=True, kw_only=True, tag=True):
    """The caller leaves a message; `intent` and `region` as far as known."""

    reason: str
    intent: str | None = None
    region: str | None = None


class End(BaseStep, frozen=True, kw_only=True, tag=True):
    reason: str


Last: TypeAlias = Enqueue | Leave | End
Step: TypeAlias = Play | Ask | Locate | Clock | Last
