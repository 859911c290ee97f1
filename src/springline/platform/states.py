"""State machines as tables: (state, event) → state; what the table does not hold is not allowed."""

from collections.abc import Mapping
from typing import TypeVar

S = TypeVar("S", bound=str)
E = TypeVar("E", bound=str)


class IllegalTransition(ValueError):
    """`event` is not possible in `state`."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible in state {state}")
        self.state, self.event = state, event


def following(table: Mapping[tuple[S, E], S], state: S, event: E) -> S:
    """The state that follows. Raises IllegalTransition."""
    try:
        return table[state, event]
    except KeyError:
        raise IllegalTransition(state, event) from None
