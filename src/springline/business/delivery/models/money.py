from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.delivery.models.shared import WrittenOnce
from springline.business.delivery.states import CommissionKind, HandoverState
from springline.business.tables.history import history
from springline.business.tables.money import Fen, SignedFen, shown


class CommissionRule(models.Model):
    """What a courier earns, in 分. `per_floor_fen`: per bucket and floor above the first without a lift."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    per_order_fen = Fen(_("per order (yuan)"), default=0)
    per_bucket_fen = Fen(_("per bucket (yuan)"), default=0)
    per_floor_fen = Fen(_("per bucket and floor (yuan)"), default=0)

    history = history()

    class Meta:
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CommissionEntry(WrittenOnce):
    """Earned by a delivery, or an adjustment with its reason. `day` is Shanghai's."""

    courier = models.ForeignKey(
        "Courier", models.PROTECT, related_name="commissions", verbose_name=_("courier")
    )
    task = models.ForeignKey("DeliveryTask", models.PROTECT, null=True, related_name="commissions")
    kind = models.CharField(_("kind"), max_length=12, choices=CommissionKind, default=CommissionKind.DELIVERY)
    day = models.DateField(_("day"), db_index=True)
    fen = SignedFen(_("commission (yuan)"))
    why = models.CharField(_("why"), max_length=200)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("commission")
        verbose_name_plural = _("commissions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["courier", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(kind=CommissionKind.DELIVERY), name="commission_once_per_task"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {shown(self.fen)}"


class CashHandover(models.Model):
    """Cash a courier brings: what was due then, what they say they bring, what was counted (分)."""

    courier = models.ForeignKey(
        "Courier", models.PROTECT, related_name="handovers", verbose_name=_("courier")
    )
    day = models.DateField(_("day"))
    key = models.CharField(max_length=80, unique=True, editable=False)
    due_fen = SignedFen(_("due (yuan)"))
    declared_fen = Fen(_("declared (yuan)"))
    counted_fen = Fen(_("counted (yuan)"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=HandoverState, default=HandoverState.DECLARED)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("cash handover")
        verbose_name_plural = _("cash handovers")
        ordering = ["-id"]
        indexes = [models.Index(fields=["courier", "day"]), models.Index(fields=["day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HandoverState.DECLARED, counted_fen__isnull=True)
                | Q(state=HandoverState.CONFIRMED, counted_fen__isnull=False, confirmed_by__isnull=False),
                name="handover_confirmed_by",
            )
        ]

    def __str__(self) -> str:
        return f"{self.courier} {self.day}"

    @property
    def received_fen(self) -> int:
        return self.declared_fen if self.counted_fen is None else self.counted_fen

    @property
    def difference_fen(self) -> int:
        """Below nothing: money is missing."""
        return self.received_fen - self.due_fen


class DaySignOff(WrittenOnce):
    """A courier's day is settled: what they took in cash, what was counted, and why these differ (分).

    Reports that come later change the day; it is then signed anew, and the last row counts.
    """

    courier = models.ForeignKey(
        "Courier", models.PROTECT, related_name="sign_offs", verbose_name=_("courier")
    )
    day = models.DateField(_("day"))
    cash_fen = Fen(_("cash taken (yuan)"))
    handed_fen = Fen(_("handed over (yuan)"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("signed day")
        verbose_name_plural = _("signed days")
        ordering = ["-id"]
        indexes = [models.Index(fields=["courier", "day"]), models.Index(fields=["day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(cash_fen=models.F("handed_fen")) | ~Q(note=""), name="signed_difference_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.courier} {self.day}"

    @property
    def difference_fen(self) -> int:
        """Below nothing: money is missing."""
        return self.handed_fen - self.cash_fen
