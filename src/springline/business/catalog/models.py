from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from springline.business.catalog.states import ProductState, RuleKind, ServiceState, WaterType
from springline.business.tables.history import history
from springline.business.tables.money import Fen, shown

ADCODE = RegexValidator(r"^(\d{6}|\d{9}|\d{12})$", _("6 digits for a county, 9 for a town"))
SKU = RegexValidator(r"^[A-Z0-9][A-Z0-9._-]*$", _("capital letters, digits, . - and _"))
AT_LEAST_ONE = MinValueValidator(1)


class Named(models.Model):
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the request's language."""
        english = (get_language() or "").startswith("en")
        return (english and self.name_en) or self.name_zh


class BucketType(Named):
    """A kind of returnable bucket and its deposit (分)."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[SKU])
    deposit_fen = Fen(_("deposit (yuan)"))
    active = models.BooleanField(_("active"), default=True)
    history = history()

    class Meta:
        verbose_name = _("bucket type")
        verbose_name_plural = _("bucket types")
        ordering = ["code"]


class Product(Named):
    """One SKU. `price_fen` is the list price of one; price rules override it. `volume_ml` 0: no water."""

    sku = models.CharField(_("SKU"), max_length=30, unique=True, validators=[SKU])
    brand = models.CharField(_("brand"), max_length=40)
    water_type = models.CharField(_("kind of water"), max_length=10, choices=WaterType)
    volume_ml = models.PositiveIntegerField(_("volume (ml)"))
    bucket_type = models.ForeignKey(
        BucketType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bucket type")
    )
    returnable = models.BooleanField(_("bucket is taken back"), default=False)
    price_fen = Fen(_("list price (yuan)"))
    unit = models.CharField(_("unit"), max_length=10, default="桶")
    state = models.CharField(
        _("state"), max_length=10, choices=ProductState, default=ProductState.DRAFT, editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    history = history()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["position", "sku"]
        constraints = [
            models.CheckConstraint(
                condition=Q(returnable=False) | Q(bucket_type__isnull=False), name="product_returnable_bucket"
            ),
            models.CheckConstraint(
                condition=Q(state=ProductState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=ProductState.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="product_withdrawn_when",
            ),
        ]

    @property
    def sellable(self) -> bool:
        return self.state == ProductState.ACTIVE


class Batch(models.Model):
    """What was filled on one day; dates are Shanghai's. A stop-sale batch is neither loaded nor delivered."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="batches", verbose_name=_("product"))
    batch_no = models.CharField(_("batch no."), max_length=40)
    produced = models.DateField(_("produced"))
    expires = models.DateField(_("best before"))
    stop_sale = models.BooleanField(_("sale stopped"), default=False, editable=False)
    stop_reason = models.CharField(_("reason of the stop"), max_length=200, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, editable=False)
    history = history()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-produced", "batch_no"]
        constraints = [
            models.UniqueConstraint(fields=["product", "batch_no"], name="batch_once"),
            models.CheckConstraint(condition=Q(expires__gte=F("produced")), name="batch_dates"),
        ]

    def __str__(self) -> str:
        return self.batch_no


class PriceRule(models.Model):
    """A price of one (分) for some customers, regions or quantities while it is valid: [from, to)."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="price_rules", verbose_name=_("product")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RuleKind)
    customer_id = models.BigIntegerField(_("customer"), null=True, blank=True, db_index=True)
    level = models.CharField(_("customer level"), max_length=20, blank=True)
    adcode = models.CharField(_("region (adcode)"), max_length=12, blank=True, validators=[ADCODE])
    min_qty = models.PositiveIntegerField(_("from quantity"), default=1, validators=[AT_LEAST_ONE])
    price_fen = Fen(_("price (yuan)"))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)
    history = history()

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ["product", "kind", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RuleKind.CUSTOMER, customer_id__isnull=False, level="", adcode="")
                | (Q(kind=RuleKind.LEVEL, customer_id__isnull=True, adcode="") & ~Q(level=""))
                | (Q(kind=RuleKind.REGION, customer_id__isnull=True, level="") & ~Q(adcode=""))
                | Q(kind=RuleKind.QUANTITY, customer_id__isnull=True, level="", adcode="", min_qty__gt=1),
                name="price_rule_shape",
                violation_error_message=_("Fill in exactly what the kind of rule is about."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="price_rule_validity",
                violation_error_message=_("The rule ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product.sku} {self.get_kind_display()} {shown(self.price_fen)}"


class Revision(models.Model):
    """Another `number` whenever one of the tables behind `name` has changed: see revisions.py."""

    name = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField()


class ServiceArea(models.Model):
    """What delivery to a county or town means. A town without a row of its own is served as its county is."""

    adcode = models.CharField(_("adcode"), max_length=12, unique=True, validators=[ADCODE])
    name = models.CharField(_("name"), max_length=40)
    state = models.CharField(_("service"), max_length=20, choices=ServiceState, default=ServiceState.UNKNOWN)
    promised_minutes = models.PositiveIntegerField(_("promised (min)"), null=True, blank=True)
    min_qty = models.PositiveIntegerField(_("smallest quantity"), default=1, validators=[AT_LEAST_ONE])
    delivery_fee_fen = Fen(_("delivery fee (yuan)"), default=0)
    floor_fee_fen = Fen(_("floor fee per bucket and floor (yuan)"), default=0)
    free_floors = models.PositiveSmallIntegerField(_("floors without a fee"), default=1)
    note = models.CharField(_("note"), max_length=120, blank=True)
    history = history()

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        ordering = ["adcode"]

    def __str__(self) -> str:
        return self.name
