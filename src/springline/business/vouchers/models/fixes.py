import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.catalog.models import Product
from springline.business.tables.money import Fen, shown
from springline.business.vouchers.models.ledger import Operation, VoucherEntry, VoucherLot
from springline.business.vouchers.states import CaseState, IouState, PaperState


class Approval(models.Model):
    """A second person's consent: an eight-digit code, once, for ten minutes, for one purpose and customer."""

    digest = models.CharField(max_length=64, db_index=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=20)
    customer_id = models.BigIntegerField(_("customer"))
    limit_fen = Fen(_("up to (yuan)"), null=True)
    issued_by = models.CharField(_("issued by"), max_length=80)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid to"))
    used_by = models.CharField(_("used by"), max_length=80, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.issued_by}"


class OneTimeCode(models.Model):
    """The customer's own consent to a redemption: six digits by SMS, once, for ten minutes."""

    digest = models.CharField(max_length=64, editable=False)
    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    sent_to = models.CharField(_("sent to"), max_length=20)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    issued_by = models.CharField(_("issued by"), max_length=80)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid to"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_by = models.CharField(_("used by"), max_length=80, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.sent_to}"


class ReconcileItem(models.Model):
    """Something that was done to get the water there, and that somebody must look at afterwards."""

    kind = models.CharField(_("kind"), max_length=20)
    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="reconcile_items")
    note = models.CharField(_("note"), max_length=200)
    actor = models.CharField(_("actor"), max_length=80)
    approved_by = models.CharField(_("approved by"), max_length=80, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=80, blank=True)
    closing_note = models.CharField(_("closing note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("reconcile item")
        verbose_name_plural = _("reconcile items")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.note}"


class Iou(models.Model):
    """Water that was delivered before its voucher: redeemed as soon as there is one."""

    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    qty = models.PositiveIntegerField(_("quantity"))
    state = models.CharField(_("state"), max_length=10, choices=IouState, default=IouState.OPEN)
    operation = models.OneToOneField(Operation, models.PROTECT, related_name="iou")
    order_id = models.BigIntegerField(_("order"), null=True)
    delivery_id = models.BigIntegerField(_("delivery"), null=True)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    code = models.CharField(_("failure"), max_length=3)
    reason = models.CharField(_("reason"), max_length=200)
    actor = models.CharField(_("actor"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("voucher owed")
        verbose_name_plural = _("vouchers owed")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=Q(qty__gt=0), name="iou_qty")]
        indexes = [models.Index(fields=["at"], condition=Q(state=IouState.OPEN), name="iou_open")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product} × {self.qty}"


class ClearingEntry(models.Model):
    """One station redeemed what another sold: what the seller owes the server (分)."""

    entry = models.OneToOneField(
        VoucherEntry, models.PROTECT, related_name="clearing", verbose_name=_("entry")
    )
    from_station_id = models.BigIntegerField(_("sold by station"))
    to_station_id = models.BigIntegerField(_("served by station"))
    qty = models.PositiveIntegerField(_("quantity"))
    value_fen = Fen(_("value (yuan)"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("clearing entry")
        verbose_name_plural = _("clearing entries")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.from_station_id} → {self.to_station_id} {shown(self.value_fen)}"


class PaperExchange(models.Model):
    """A paper voucher's form: one serial is exchanged once."""

    serial = models.CharField(_("serial"), max_length=40)
    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    qty = models.PositiveIntegerField(_("quantity"))
    photo = models.CharField(_("photo"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.SUBMITTED)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    submitted_by = models.CharField(_("submitted by"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    why = models.CharField(_("reason"), max_length=200, blank=True)
    lot = models.OneToOneField(VoucherLot, models.PROTECT, null=True, related_name="paper")

    class Meta:
        verbose_name = _("paper voucher")
        verbose_name_plural = _("paper vouchers")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["serial"], condition=~Q(state=PaperState.REJECTED), name="paper_serial_once"
            )
        ]

    def __str__(self) -> str:
        return self.serial


class PaperPhoto(models.Model):
    """A picture of a paper voucher, made small; `path` is below the home's `photos` folder.

    `paper` is filled in when the form is handed in. Kept for as long as the form.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    paper = models.ForeignKey(
        PaperExchange, models.PROTECT, null=True, related_name="photos", verbose_name=_("paper voucher")
    )
    path = models.CharField(max_length=80, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("bytes"))
    uploaded_by = models.CharField(_("submitted by"), max_length=80)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        verbose_name = _("photo of a paper voucher")
        verbose_name_plural = _("photos of paper vouchers")
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["uploaded_at"])]

    def __str__(self) -> str:
        return str(self.id)


class VoucherCase(models.Model):
    """A voucher that could not be redeemed, from the moment the call was answered to what was done (M4)."""

    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    code = models.CharField(_("failure"), max_length=3)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    order_id = models.BigIntegerField(_("order"), null=True)
    detail = models.JSONField(_("detail"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.OPEN)
    started_at = models.DateTimeField(_("clock started at"), default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    remedy = models.CharField(_("remedy"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.CharField(_("actor"), max_length=80)

    class Meta:
        verbose_name = _("voucher case")
        verbose_name_plural = _("voucher cases")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["started_at"], condition=Q(done_at=None), name="voucher_case_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.customer_id}"
