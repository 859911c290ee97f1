"""Prompts whose words depend on the moment: which sound files they are made of now."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from springline.contracts.config import HotlineConfig
from springline.platform import service_hours
from springline.telephony import prompts as catalogue

HOLIDAY = "holiday"
LEAST_AHEAD = 2


def spoken(prompts: Iterable[str], hotline: HotlineConfig, now: datetime) -> tuple[str, ...]:
    """`prompts` as ids that have sound; a holiday without a name is not spoken of."""
    said: list[str] = []
    for prompt in prompts:
        if prompt == HOLIDAY:
            name = service_hours.holiday(hotline.hours, now)
            said += catalogue.compose(HOLIDAY, holiday=name) if name is not None else ()
        else:
            said.append(prompt)
    return tuple(said)


def readback(digits: str) -> tuple[str, ...]:
    """What says a telephone number back and asks whether it is right."""
    first = 1 if len(digits) % 2 else 2
    pairs = (digits[at : at + 2] for at in range(first, len(digits), 2))
    return (
        f"vm.readback.first.{digits[:first]}",
        *(f"vm.readback.pair.{pair}" for pair in pairs),
        "vm.readback.confirm",
    )


def position(ahead: int, seconds: float | None) -> tuple[str, ...] | None:
    """What tells somebody how many are before; None where it would say nothing true, or nothing new."""
    if ahead < LEAST_AHEAD or seconds is None:
        return None
    return catalogue.compose("queue.position", n=ahead, m=max(ceil(seconds / 60), 1))
