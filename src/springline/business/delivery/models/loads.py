from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.catalog.models import Batch
from springline.business.delivery.models.shared import OnceRows, WrittenOnce
from springline.business.delivery.states import BatchMove


class Moves(OnceRows):
    def standing(self) -> "Moves":
        """Those that count: neither taken back, nor the taking back itself."""
        return self.filter(undone=None).exclude(move=BatchMove.UNDONE)


class BatchOnRoad(WrittenOnce):
    """Which batch was loaded, delivered or brought back: whom to ask when its sale is stopped.

    `at` is by our clock, `client_at` by the phone's (null for what no phone told). `undoes`: the report that
    was a mistake. Nothing is changed in place.
    """

    courier = models.ForeignKey("Courier", models.PROTECT, related_name="batches", verbose_name=_("courier"))
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name=_("batch"))
    task = models.ForeignKey("DeliveryTask", models.PROTECT, null=True, related_name="batches")
    move = models.CharField(_("what"), max_length=10, choices=BatchMove)
    qty = models.PositiveIntegerField(_("quantity"))
    key = models.CharField(max_length=120, unique=True, editable=False)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone", verbose_name=_("takes back")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    client_at = models.DateTimeField(_("by the phone's clock"), null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    objects = Moves.as_manager()

    class Meta:
        verbose_name = _("batch on the road")
        verbose_name_plural = _("batches on the road")
        ordering = ["-id"]
        indexes = [models.Index(fields=["courier", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.batch} {self.move} {self.qty}"
