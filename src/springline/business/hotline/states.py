"""The life of an IVR version as a table."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlowState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


class FlowEvent(StrEnum):
    PUBLISH = "publish"
    REPLACE = "replace"


class IllegalTransition(ValueError):
    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible in state {state}")


# A retired version that is published again is a roll-back.
TRANSITIONS: dict[tuple[FlowState, FlowEvent], FlowState] = {
    (FlowState.DRAFT, FlowEvent.PUBLISH): FlowState.LIVE,
    (FlowState.RETIRED, FlowEvent.PUBLISH): FlowState.LIVE,
    (FlowState.LIVE, FlowEvent.REPLACE): FlowState.RETIRED,
}


def after(state: FlowState, event: FlowEvent) -> FlowState:
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(state, event) from None
