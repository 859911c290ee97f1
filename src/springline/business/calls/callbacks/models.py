"""Business rows: a replay of the journal neither makes nor removes them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.calls.callbacks.states import UNFINISHED, Kind, Result, State


class CallbackTask(models.Model):
    """One number (E.164, null where only the message may tell it) to be called back. Times are UTC.

    `call_id`: the first call; further ones of the same number are CallbackCalls. `place_at`: since when the
    caller has waited, so that whoever asked for a call back keeps the place in line. `warn_at`, `due_at`: by
    the service calendar. `escalation`: 0, 1 after `warn_at`, 2 after `due_at`. `first_attempt_at` in time is
    a promise kept.
    """

    number = models.CharField(_("number"), max_length=20, null=True, db_index=True)
    call_id = models.CharField(_("call"), max_length=64, unique=True)
    hotline = models.CharField(_("hotline"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    region = models.CharField(_("region"), max_length=60, blank=True)
    intent = models.CharField(_("intent"), max_length=40, blank=True)
    place_at = models.DateTimeField(_("waiting since"))
    begins_at = models.DateTimeField(_("call ended"))
    warn_at = models.DateTimeField(_("to be reminded of"))
    due_at = models.DateTimeField(_("due"), db_index=True)
    escalation = models.PositiveSmallIntegerField(_("escalation"), default=0)
    first_attempt_at = models.DateTimeField(_("first attempt"), null=True)
    taken_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("in whose hands")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["place_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="callback_state_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(state__in=UNFINISHED), name="callback_once_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.begins_at:%m-%d %H:%M}"

    @property
    def in_time(self) -> bool | None:
        """Whether the promise was kept; None while it still can be."""
        if self.first_attempt_at is not None:
            return self.first_attempt_at <= self.due_at
        return False if self.escalation == 2 else None


class CallbackCall(models.Model):
    """Another call of the same number while it waited to be called back."""

    task = models.ForeignKey(CallbackTask, models.CASCADE, related_name="calls", verbose_name=_("call-back"))
    call_id = models.CharField(_("call"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    class Meta:
        ordering = ["id"]


class CallbackAttempt(models.Model):
    """The agent tried; `call_id` is the outbound call, where the desk made it."""

    task = models.ForeignKey(
        CallbackTask, models.CASCADE, related_name="attempts", verbose_name=_("call-back")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    call_id = models.CharField(_("call"), max_length=64, blank=True, db_index=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt to call back")
        verbose_name_plural = _("attempts to call back")
        ordering = ["at", "id"]
        # Only of those that go on: the worker asks for them each second.
        indexes = [models.Index(fields=["at"], condition=Q(result=""), name="callback_attempt_open")]
