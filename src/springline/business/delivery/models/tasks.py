from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.delivery.models.places import Station
from springline.business.delivery.models.shared import WrittenOnce
from springline.business.delivery.models.staff import Courier
from springline.business.delivery.states import OPEN, EndedWhy, NextStep, TaskEventKind, TaskState
from springline.business.orders.states import FailCode
from springline.business.tables.money import Fen


class DeliveryTask(models.Model):
    """One order on one courier's phone. Whoever gets it next gets a task of their own.

    `version` grows with every change, the order's included. Money is in 分. `told_at`: when the phone first
    saw that the task was withdrawn; `tel_given_at`: when it first got the customer's number.
    """

    order_id = models.BigIntegerField(_("order"), db_index=True)
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="tasks", verbose_name=_("courier"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name=_("station"))
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.OFFERED)
    version = models.PositiveIntegerField(default=1)
    qty = models.PositiveIntegerField(_("buckets"))
    by_hand = models.BooleanField(_("assigned by hand"), default=False)
    offered_at = models.DateTimeField(_("offered"), default=timezone.now)
    ack_deadline = models.DateTimeField(_("to be answered by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    picked_at = models.DateTimeField(_("loaded"), null=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    ended_why = models.CharField(_("withdrawn because"), max_length=16, choices=EndedWhy, blank=True)
    ended_at = models.DateTimeField(_("withdrawn"), null=True)
    told_at = models.DateTimeField(null=True)
    tel_given_at = models.DateTimeField(null=True)
    fail_code = models.CharField(_("failure"), max_length=2, choices=FailCode, blank=True)
    next_step = models.CharField(_("next step"), max_length=12, choices=NextStep, blank=True)
    cash_fen = Fen(_("cash (yuan)"), default=0)
    wechat_fen = Fen(_("WeChat (yuan)"), default=0)
    due_fen = Fen(_("due (yuan)"), default=0)
    vouchers = models.PositiveIntegerField(_("vouchers"), default=0)
    empties = models.PositiveIntegerField(_("empties"), default=0)
    delivered_qty = models.PositiveIntegerField(_("buckets delivered"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery task")
        verbose_name_plural = _("delivery tasks")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["courier", "state", "qty"], name="task_load"),
            models.Index(fields=["courier", "done_at"]),
            models.Index(fields=["state", "ack_deadline"]),
            # Days: only of what is over, so that an offer writes nothing here.
            models.Index(
                fields=["done_at", "courier", "cash_fen"],
                condition=Q(done_at__isnull=False),
                name="task_done",
            ),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="task_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_id"], condition=Q(state__in=sorted(OPEN)), name="task_one_open_per_order"
            ),
            models.UniqueConstraint(
                fields=["order_id"],
                condition=Q(state=TaskState.DELIVERED),
                name="task_one_delivery_per_order",
            ),
            models.CheckConstraint(
                condition=(~Q(state=TaskState.WITHDRAWN) | ~Q(ended_why="")), name="task_withdrawn_why"
            ),
            models.CheckConstraint(
                condition=(~Q(state=TaskState.FAILED) | ~Q(fail_code="")), name="task_failed_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.courier}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class TaskEvent(WrittenOnce):
    """What happened to a task. `at` is the time by our clock, `client_at` what the phone's clock said."""

    task = models.ForeignKey(DeliveryTask, models.PROTECT, related_name="events", verbose_name=_("task"))
    kind = models.CharField(_("kind"), max_length=10, choices=TaskEventKind)
    state = models.CharField(_("state"), max_length=10, choices=TaskState)
    at = models.DateTimeField(_("at"))
    client_at = models.DateTimeField(_("by the phone's clock"), null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    who = models.CharField(_("who"), max_length=80)
    key = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("task event")
        verbose_name_plural = _("task events")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} → {self.state}"
