"""The life of a call-back as a table, and why there is one."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class Kind(models.TextChoices):
    """MESSAGE: there is something to hear. ASKED: a call back was asked for by a key. UNSPOKEN: hung up
    before the beep. MISSED: left the queue while waiting."""

    MESSAGE = "message", _("Message")
    ASKED = "asked", _("Asked to be called back")
    UNSPOKEN = "unspoken", _("Left no message")
    MISSED = "missed", _("Missed call")


class State(models.TextChoices):
    """TAKEN: in one agent's hands. CAME_BACK: called again and was served."""

    OPEN = "open", _("To be called back")
    TAKEN = "taken", _("In hand")
    REACHED = "reached", _("Reached")
    CAME_BACK = "came_back", _("Called again")
    GIVEN_UP = "given_up", _("Closed without reaching them")


class Step(StrEnum):
    TAKE = "take"
    PUT_BACK = "put_back"
    REACH = "reach"
    GIVE_UP = "give_up"
    COME_BACK = "come_back"


class Result(models.TextChoices):
    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    OFF = "off", _("Switched off")
    WRONG = "wrong", _("Wrong number")
    FAILED = "failed", _("Could not be called")


_S = State
UNFINISHED = (_S.OPEN, _S.TAKEN)
LEAST_ATTEMPTS = 2
"""Before a call-back may be given up (I2)."""

TRANSITIONS: dict[tuple[State, Step], State] = {
    (_S.OPEN, Step.TAKE): _S.TAKEN,
    (_S.TAKEN, Step.PUT_BACK): _S.OPEN,
    (_S.OPEN, Step.REACH): _S.REACHED,
    (_S.TAKEN, Step.REACH): _S.REACHED,
    (_S.OPEN, Step.GIVE_UP): _S.GIVEN_UP,
    (_S.TAKEN, Step.GIVE_UP): _S.GIVEN_UP,
    (_S.OPEN, Step.COME_BACK): _S.CAME_BACK,
    (_S.TAKEN, Step.COME_BACK): _S.CAME_BACK,
}


def after(state: State, step: Step) -> State:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, step)
