"""Prompts whose words depend on the moment: which sound files they are made of now."""

from collections.abc import Iterable
from datetime import datetime

from springline.contracts.config import HotlineConfig
from springline.platform import service_hours
from springline.telephony import prompts as catalogue

HOLIDAY = "holiday"


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
