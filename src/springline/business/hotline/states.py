"""The life of an IVR version as a table."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import IllegalTransition as IllegalTransition
from springline.platform.states import following


class FlowState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


class FlowEvent(StrEnum):
    PUBLISH = "publish"
    REPLACE = "replace"


# A retired version that is published again is a roll-back.
TRANSITIONS: dict[tuple[FlowState, FlowEvent], FlowState] = {
    (FlowState.DRAFT, FlowEvent.PUBLISH): FlowState.LIVE,
    (FlowState.RETIRED, FlowEvent.PUBLISH): FlowState.LIVE,
    (FlowState.LIVE, FlowEvent.REPLACE): FlowState.RETIRED,
}


def after(state: FlowState, event: FlowEvent) -> FlowState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, event)
