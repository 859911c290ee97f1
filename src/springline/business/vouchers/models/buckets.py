from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.catalog.models import BucketType
from springline.business.tables.money import SignedFen
from springline.business.vouchers.models.ledger import Operation
from springline.business.vouchers.states import BUCKET_SIGNS, DEPOSIT_SIGNS, BucketKind, DepositKind


def _signed(field: str, signs: dict[BucketKind, int] | dict[DepositKind, int]) -> Q:
    found = Q(pk__isnull=True)
    for kind, sign in signs.items():
        found |= Q(kind=kind, **{field: F("qty") * sign if sign else 0})
    return found


class BucketAccount(models.Model):
    """One customer and one type of bucket: what both ledgers are locked by. It holds no balance."""

    customer_id = models.BigIntegerField(_("customer"))
    bucket_type = models.ForeignKey(
        BucketType, models.PROTECT, related_name="+", verbose_name=_("bucket type")
    )

    class Meta:
        verbose_name = _("bucket account")
        verbose_name_plural = _("bucket accounts")
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "bucket_type"], name="bucket_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.bucket_type}"


class _AccountEntry(models.Model):
    seq = models.PositiveIntegerField(_("no."))
    qty = models.PositiveIntegerField(_("quantity"))
    idempotency_key = models.CharField(_("idempotency key"), max_length=90, unique=True)
    order_id = models.BigIntegerField(_("order"), null=True)
    delivery_id = models.BigIntegerField(_("delivery"), null=True)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("actor"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.seq} {self.qty}"


class BucketEntry(_AccountEntry):
    """Buckets that went to or came from a customer, never changed. `out_after`: with the customer then."""

    account = models.ForeignKey(
        BucketAccount, models.PROTECT, related_name="buckets", verbose_name=_("account")
    )
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="buckets")
    kind = models.CharField(_("kind"), max_length=12, choices=BucketKind)
    d_out = models.IntegerField(_("change"))
    out_after = models.IntegerField(_("with the customer after"))
    address_id = models.BigIntegerField(_("address"), null=True)

    class Meta(_AccountEntry.Meta):
        abstract = False
        verbose_name = _("bucket entry")
        verbose_name_plural = _("bucket entries")
        ordering = ["account", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["account", "seq"], name="bucket_entry_seq"),
            models.CheckConstraint(condition=Q(out_after__gte=0, qty__gt=0), name="bucket_never_negative"),
            models.CheckConstraint(condition=_signed("d_out", BUCKET_SIGNS), name="bucket_entry_shape"),
        ]


class DepositEntry(_AccountEntry):
    """Deposits taken and given back (分), never changed. A deposit that was taken has a receipt number."""

    account = models.ForeignKey(
        BucketAccount, models.PROTECT, related_name="deposits", verbose_name=_("account")
    )
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="deposits")
    kind = models.CharField(_("kind"), max_length=12, choices=DepositKind)
    d_qty = models.IntegerField(_("change"))
    d_fen = SignedFen(_("money (yuan)"))
    qty_after = models.IntegerField(_("deposited buckets after"))
    fen_after = SignedFen(_("deposits after (yuan)"))
    receipt_no = models.CharField(_("receipt no."), max_length=30, null=True, unique=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=80, blank=True)

    class Meta(_AccountEntry.Meta):
        abstract = False
        verbose_name = _("deposit entry")
        verbose_name_plural = _("deposit entries")
        ordering = ["account", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["account", "seq"], name="deposit_entry_seq"),
            models.CheckConstraint(
                condition=Q(qty_after__gte=0, fen_after__gte=0, qty__gt=0), name="deposit_never_negative"
            ),
            models.CheckConstraint(condition=_signed("d_qty", DEPOSIT_SIGNS), name="deposit_entry_shape"),
        ]
