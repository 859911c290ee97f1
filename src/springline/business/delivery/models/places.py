from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from springline.business.customers.models import ADCODE
from springline.business.tables.history import history

TOWN = RegexValidator(r"^\d{9}$", _("nine digits"))


class Station(models.Model):
    """A depot where couriers load. `lat`, `lng`: WGS 84 degrees, null while unknown."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    county = models.CharField(_("county (adcode)"), max_length=6, validators=[ADCODE])
    address = models.CharField(_("address"), max_length=200, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lng = models.FloatField(_("longitude"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    history = history()

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """Where a station delivers: a county, a town in it, or an estate whose name is in the address.

    The narrowest match wins; of equals, the higher `priority`.
    """

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="territories", verbose_name=_("station")
    )
    name = models.CharField(_("name"), max_length=40)
    county = models.CharField(_("county (adcode)"), max_length=6, validators=[ADCODE])
    town = models.CharField(_("town (code)"), max_length=9, blank=True, validators=[TOWN])
    estate = models.CharField(
        _("estate"), max_length=40, blank=True, help_text=_("Part of the address, such as an estate's name.")
    )
    priority = models.SmallIntegerField(_("priority"), default=0)

    history = history()

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["station", "county", "town", "-priority"]
        constraints = [
            models.UniqueConstraint(fields=["station", "county", "town", "estate"], name="territory_once"),
            models.CheckConstraint(condition=~Q(county=""), name="territory_county"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.town and not self.town.startswith(self.county):
            raise ValidationError({"town": _("The town is not in this county.")})
