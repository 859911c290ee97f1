from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.customers.models import CustomerAddress
from springline.business.delivery.models.money import CommissionRule
from springline.business.delivery.models.places import Station, Territory
from springline.business.delivery.states import Vehicle
from springline.business.tables.history import history


class Courier(models.Model):
    """Who brings the water. Without territories of their own they serve all of their station's.

    `capacity`: buckets on one round. `last_offer_at`: for giving work in turn.
    """

    user = models.OneToOneField(
        User,
        models.PROTECT,
        related_name="courier",
        verbose_name=_("user"),
        limit_choices_to={"role": Role.COURIER},
    )
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    station = models.ForeignKey(Station, models.PROTECT, related_name="couriers", verbose_name=_("station"))
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="couriers", verbose_name=_("territories")
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity (buckets)"), default=20, validators=[MinValueValidator(1)]
    )
    vehicle = models.CharField(_("vehicle"), max_length=8, choices=Vehicle, default=Vehicle.EBIKE)
    commission_rule = models.ForeignKey(
        CommissionRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="couriers",
        verbose_name=_("commission rule"),
    )
    active = models.BooleanField(_("active"), default=True)
    last_offer_at = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(_("phone last seen"), null=True, editable=False)

    history = history(excluded_fields=["last_offer_at", "last_seen_at"])

    class Meta:
        verbose_name = _("courier")
        verbose_name_plural = _("couriers")
        ordering = ["station", "id"]

    def __str__(self) -> str:
        return self.name


class Door(models.Model):
    """Where a customer's address is, as a courier's phone saw it at the door: WGS 84 degrees."""

    address = models.OneToOneField(
        CustomerAddress, models.CASCADE, primary_key=True, related_name="door", verbose_name=_("address")
    )
    lat = models.FloatField(_("latitude"))
    lng = models.FloatField(_("longitude"))
    courier = models.ForeignKey(
        Courier, models.SET_NULL, null=True, related_name="+", verbose_name=_("noted by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("door")
        verbose_name_plural = _("doors")
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.lat:.5f}, {self.lng:.5f}"


class Shift(models.Model):
    """From the start of work to its end; only one at a time is open."""

    courier = models.ForeignKey(Courier, models.PROTECT, related_name="shifts", verbose_name=_("courier"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    start_key = models.CharField(max_length=80, null=True, unique=True, editable=False)
    end_key = models.CharField(max_length=80, null=True, unique=True, editable=False)

    history = history()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["courier"], condition=Q(ended_at__isnull=True), name="shift_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="shift_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.courier} {timezone.localtime(self.started_at):%m-%d %H:%M}"
