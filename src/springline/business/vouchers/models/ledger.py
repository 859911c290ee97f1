from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.catalog.models import SKU, Named, Product
from springline.business.tables.history import history
from springline.business.tables.money import Fen, SignedFen
from springline.business.vouchers.states import MOVES, QUIET, SETTLES, EntryKind, Scope, Source, deltas

ONE = MinValueValidator(1)


class VoucherPackage(Named):
    """What is sold: buy `paid_qty`, get `gift_qty`, for `price_fen` in all. Lots keep their own copy."""

    sku = models.CharField(_("SKU"), max_length=30, unique=True, validators=[SKU])
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.DEDICATED)
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        related_name="+",
        verbose_name=_("product"),
        help_text=_("A voucher for any water buys up to this product's volume."),
    )
    paid_qty = models.PositiveIntegerField(_("paid"), validators=[ONE])
    gift_qty = models.PositiveIntegerField(_("given"), default=0)
    price_fen = Fen(_("price (yuan)"))
    valid_days = models.PositiveIntegerField(_("valid (days)"), null=True, blank=True)
    min_per_delivery = models.PositiveIntegerField(_("fewest a delivery"), default=1, validators=[ONE])
    regions = models.JSONField(_("regions (adcodes)"), default=list, blank=True)
    terms_version = models.CharField(_("version of the terms"), max_length=20, default="2026-1")
    active = models.BooleanField(_("active"), default=True)
    history = history()

    class Meta:
        verbose_name = _("voucher package")
        verbose_name_plural = _("voucher packages")
        ordering = ["sku"]


class VoucherLot(models.Model):
    """Vouchers bought together: their terms as they were then. What is left is in the entries.

    `paid_fen`: what was really paid for `paid_qty`. `terms_hash` begins the chain of the lot's entries, so
    that a changed term breaks it. Only `customer_id` may change (with a rebind entry), and the remark.
    """

    customer_id = models.BigIntegerField(_("customer"), db_index=True)
    package = models.ForeignKey(
        VoucherPackage, models.PROTECT, null=True, related_name="+", verbose_name=_("package")
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    volume_ml = models.PositiveIntegerField(_("volume (ml)"))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    source = models.CharField(_("source"), max_length=12, choices=Source)
    paid_qty = models.PositiveIntegerField(_("paid"))
    gift_qty = models.PositiveIntegerField(_("given"), default=0)
    paid_fen = Fen(_("paid (yuan)"))
    bought_at = models.DateTimeField(_("bought at"))
    expires_at = models.DateTimeField(_("valid to when bought"), null=True)
    min_per_delivery = models.PositiveIntegerField(_("fewest a delivery"), default=1)
    regions = models.JSONField(_("regions (adcodes)"), default=list)
    station_id = models.BigIntegerField(_("station"), null=True)
    terms_version = models.CharField(_("version of the terms"), max_length=20)
    terms_hash = models.CharField(max_length=64, editable=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("voucher lot")
        verbose_name_plural = _("voucher lots")
        ordering = ["-bought_at", "-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def unit_price_fen(self) -> int:
        """What one was bought for, rounded down; sums use `paid_fen`."""
        return self.paid_fen // self.paid_qty if self.paid_qty else 0


class Operation(models.Model):
    """One request to the ledgers. The key makes it happen once; `digest` tells a repetition from a mix-up."""

    key = models.CharField(_("idempotency key"), max_length=80, primary_key=True)
    kind = models.CharField(_("kind"), max_length=30)
    digest = models.CharField(max_length=64)
    actor = models.CharField(_("actor"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("ledger operation")
        verbose_name_plural = _("ledger operations")

    def __str__(self) -> str:
        return self.key


def _shape(kind: EntryKind) -> Q:
    if kind in QUIET:
        return Q(kind=kind, qty=0, d_available=0, d_reserved=0, d_frozen=0, of__isnull=True)
    signs = dict(zip(("d_available", "d_reserved", "d_frozen"), deltas(kind, 1), strict=True))
    fields = {name: F("qty") * sign if sign else 0 for name, sign in signs.items()}
    return Q(kind=kind, qty__gt=0, of__isnull=kind not in SETTLES, **fields)


def _shapes() -> Q:
    found = Q(pk__isnull=True)
    for kind in [*MOVES, *sorted(QUIET)]:
        found |= _shape(kind)
    return found


class VoucherEntry(models.Model):
    """One line of a lot's ledger, never changed or deleted.

    Running totals stand in the row, so that the row with the highest `seq` is the balance and the database
    can check every new row against the one before it. `of` is the entry this one finishes or undoes.
    `hash` covers the row and `prev_hash`: see chain.py.
    """

    lot = models.ForeignKey(VoucherLot, models.PROTECT, related_name="entries", verbose_name=_("lot"))
    seq = models.PositiveIntegerField(_("no."))
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    qty = models.PositiveIntegerField(_("quantity"))
    d_available = models.IntegerField(_("change"))
    d_reserved = models.IntegerField()
    d_frozen = models.IntegerField()
    available = models.IntegerField(_("available after"))
    reserved = models.IntegerField(_("reserved after"))
    frozen = models.IntegerField(_("frozen after"))
    amount_fen = SignedFen(_("money (yuan)"), default=0)
    customer_id = models.BigIntegerField(_("customer"))
    expires_at = models.DateTimeField(_("valid to"), null=True)
    of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="settled_by", verbose_name=_("of entry")
    )
    operation = models.ForeignKey(
        Operation, models.PROTECT, related_name="entries", verbose_name=_("operation")
    )
    idempotency_key = models.CharField(_("idempotency key"), max_length=90, unique=True)
    order_id = models.BigIntegerField(_("order"), null=True)
    delivery_id = models.BigIntegerField(_("delivery"), null=True)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    sku = models.CharField(_("SKU delivered"), max_length=30, blank=True)
    station_id = models.BigIntegerField(_("station"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("actor"), max_length=80)
    at = models.DateTimeField(_("at"))
    prev_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("voucher entry")
        verbose_name_plural = _("voucher entries")
        ordering = ["lot", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "seq"], name="voucher_entry_seq"),
            models.CheckConstraint(
                condition=Q(available__gte=0, reserved__gte=0, frozen__gte=0), name="voucher_never_negative"
            ),
            models.CheckConstraint(condition=_shapes(), name="voucher_entry_shape"),
        ]
        indexes = [
            models.Index(fields=["customer_id", "at"], name="voucher_entry_customer"),
            models.Index(
                fields=["order_id"], name="voucher_entry_order", condition=Q(order_id__isnull=False)
            ),
            models.Index(
                fields=["delivery_id"], name="voucher_entry_delivery", condition=Q(delivery_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.lot_id}/{self.seq} {self.kind} {self.qty}"
