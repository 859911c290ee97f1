import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.delivery.models.shared import WrittenOnce
from springline.business.delivery.models.staff import Courier
from springline.business.delivery.models.tasks import DeliveryTask
from springline.business.delivery.states import ConflictDecision


class SyncAction(WrittenOnce):
    """What a phone reported, once per key, with what was answered: a repetition gets the same answer."""

    key = models.CharField(max_length=80, unique=True)
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="+", verbose_name=_("courier"))
    device_id = models.CharField(_("device"), max_length=80)
    task = models.ForeignKey(DeliveryTask, models.PROTECT, null=True, related_name="actions")
    kind = models.CharField(_("kind"), max_length=10)
    payload = models.JSONField(_("payload"), default=dict)
    at = models.DateTimeField(_("at"))
    client_at = models.DateTimeField(_("by the phone's clock"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    status = models.CharField(_("status"), max_length=10)
    code = models.CharField(_("code"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("report of a phone")
        verbose_name_plural = _("reports of phones")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class SyncConflict(models.Model):
    """A report that could not be applied as it was, or only with a question: a person looks at it.

    `task` is null where the phone named one that is not its courier's.
    """

    action = models.OneToOneField(SyncAction, models.PROTECT, null=True, related_name="conflict")
    task = models.ForeignKey(
        DeliveryTask, models.PROTECT, null=True, related_name="conflicts", verbose_name=_("task")
    )
    code = models.CharField(_("code"), max_length=40)
    at = models.DateTimeField(_("at"), default=timezone.now)
    facts = models.JSONField(_("facts"), default=dict)
    applied = models.BooleanField(_("applied nevertheless"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("closed by")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=ConflictDecision, blank=True)
    closing_note = models.CharField(_("what came of it"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["closed_at"])]

    def __str__(self) -> str:
        return f"{self.code} {self.task}"


class Photo(models.Model):
    """A picture a courier took: turned upright, made small; the original is not kept.

    `path` is below the home's `photos` folder. `task` is filled in when a report names the picture.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="photos", verbose_name=_("courier"))
    task = models.ForeignKey(
        DeliveryTask, models.PROTECT, null=True, related_name="photos", verbose_name=_("task")
    )
    path = models.CharField(max_length=80, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("bytes"))
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["uploaded_at"])]

    def __str__(self) -> str:
        return str(self.id)
