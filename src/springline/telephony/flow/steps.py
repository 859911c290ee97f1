"""The conversation between a flow and who runs the call: inputs go in, steps come out.

How control runs them:
- Play: say `prompts`; then feed `Played`. Keys pressed meanwhile are kept in order. If `interruptible`
  and a key came, stop saying and feed `Played` at once: the key belongs to the menu that follows.
- Ask: if a key is kept, feed it without saying anything. Else say `prompts`; a key stops them and is fed.
  `timeout` seconds after the last prompt without a key feed `Silence`.
- Enqueue and End are last: say `prompts`, then queue the call or hang up. Keys kept until then are late.
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


Input: TypeAlias = Key | Silence | Played


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


class Enqueue(BaseStep, frozen=True, kw_only=True, tag=True):
    """`via`: key, retries (too many failures), default (no key was ever asked for), as in CallQueued."""

    queue: str
    via: str
    intent: str | None = None
    region: str | None = None


class End(BaseStep, frozen=True, kw_only=True, tag=True):
    reason: str


Step: TypeAlias = Play | Ask | Enqueue | End
