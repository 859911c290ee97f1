from datetime import datetime, timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.catalog.models import Batch, Product
from springline.business.complaints.states import (
    AlertState,
    CompensationState,
    EventKind,
    Kind,
    Level,
    State,
)
from springline.business.tables.history import history


class DueTime(models.Model):
    """How soon a kind of complaint is answered; without a row the handbook's default holds.

    `service_time`: the clock runs while the hotline is open. Where somebody is unwell it always runs.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, primary_key=True)
    minutes = models.PositiveIntegerField(_("answered within (min)"), validators=[MinValueValidator(5)])
    service_time = models.BooleanField(
        _("by the service hours"), default=False, help_text=_("The clock stands still while we are closed.")
    )
    history = history()

    class Meta:
        verbose_name = _("due time")
        verbose_name_plural = _("due times")
        ordering = ["kind"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.minutes}"


class Complaint(models.Model):
    """Customer, order, delivery and call are named by plain id. Times are UTC.

    `batch_no` is what the caller read out, in capitals without blanks; `batch` is set where the catalogue
    knows it. `answers`: question id → answer (guide.py).
    """

    no = models.CharField(_("no."), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.NORMAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    customer_id = models.BigIntegerField(_("customer"), null=True, db_index=True)
    order_id = models.BigIntegerField(_("order"), null=True, db_index=True)
    delivery_id = models.BigIntegerField(_("delivery"), null=True)
    call_id = models.CharField(_("call"), max_length=64, blank=True, db_index=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="complaints", verbose_name=_("batch")
    )
    batch_no = models.CharField(_("batch no. as told"), max_length=40, blank=True, db_index=True)
    text = models.CharField(_("what happened"), max_length=1000, blank=True)
    answers = models.JSONField(_("answers"), default=dict)
    filed_at = models.DateTimeField(_("filed at"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), db_index=True)
    due_minutes = models.PositiveIntegerField(_("promised within (min)"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    filed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("filed by")
    )
    handler = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("in whose hands")
    )
    request_key = models.CharField(max_length=80, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-filed_at", "-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="complaint_state_due")]

    def __str__(self) -> str:
        return self.no

    @property
    def warn_at(self) -> datetime:
        """From when on the last quarter of the promised time runs."""
        promised = timedelta(minutes=self.due_minutes) if self.due_minutes else self.due_at - self.filed_at
        return self.due_at - promised / 4


class ComplaintEvent(models.Model):
    """What happened to a complaint, never changed; an erased person's note may be emptied."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="events", verbose_name=_("complaint")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=14, choices=EventKind)
    who = models.CharField(_("who"), max_length=80)
    note = models.CharField(_("note"), max_length=500, blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("event of a complaint")
        verbose_name_plural = _("events of complaints")
        ordering = ["complaint", "id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class Compensation(models.Model):
    """Buckets of water given as vouchers; above one's own limit another person decides."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="compensations", verbose_name=_("complaint")
    )
    qty = models.PositiveIntegerField(_("buckets"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    state = models.CharField(
        _("state"), max_length=10, choices=CompensationState, default=CompensationState.ASKED
    )
    why = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    lot_id = models.BigIntegerField(_("voucher lot"), null=True)
    request_key = models.CharField(max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(qty__gt=0), name="compensation_qty")]

    def __str__(self) -> str:
        return f"{self.complaint_id} × {self.qty}"


class BatchAlert(models.Model):
    """Several complaints about one batch: somebody must decide whether its sale is stopped."""

    batch_no = models.CharField(_("batch no."), max_length=40, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=AlertState, default=AlertState.OPEN)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    why = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("batch alert")
        verbose_name_plural = _("batch alerts")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch_no"], condition=Q(state=AlertState.OPEN), name="batch_alert_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.batch_no


class DayCount(models.Model):
    """How many complaints one day (Shanghai) has: the tail of their numbers."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
