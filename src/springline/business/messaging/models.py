"""The outbox, what was tried, and where messages go. Written by services.py and sender.py alone."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business import sealing
from springline.business.messaging.states import Channel, MessageState, OutletKind
from springline.business.tables.history import history


class Outlet(models.Model):
    """One account at an SMS provider, one robot of a group, or one webhook.

    `settings` holds what its kind needs and nothing secret; `sealed` the secrets, encrypted with the
    home's key. `events`: what it hears, by names or prefixes such as "order."; empty: everything.
    """

    name = models.CharField(_("name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OutletKind)
    url = models.URLField(_("address"), blank=True, max_length=300)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    sealed = models.TextField(editable=False, default="", blank=True)
    events = models.JSONField(_("events"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    history = history(excluded_fields=["sealed"])

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> Channel:
        return OutletKind(self.kind).channel

    @property
    def secrets(self) -> dict[str, str]:
        return sealing.unseal(self.sealed, "outlets")

    def hears(self, event: str) -> bool:
        return not self.events or any(event == name or event.startswith(name) for name in self.events)


class SmsTemplate(models.Model):
    """A text that a provider has to approve. `text` has numbered variables, ${1}, ${2} …

    `ids` maps an outlet's name to the provider's id of the approved template.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    text = models.CharField(_("text"), max_length=500)
    signature = models.CharField(_("signature"), max_length=18, blank=True)
    ids = models.JSONField(_("provider's ids"), default=dict, blank=True)
    active = models.BooleanField(_("active"), default=True)
    history = history()

    class Meta:
        verbose_name = _("SMS template")
        verbose_name_plural = _("SMS templates")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


# Written out: SQLite does not see that IN with values that are bound later is an index's condition.
UNSENT = Q(state=MessageState.WAITING) | Q(state=MessageState.SENDING)


class Message(models.Model):
    """One message to one place. `key` makes it exist once; `about` names what it tells of ("callback:12").

    `to` is an E.164 number for SMS and empty otherwise. `body` is {"template", "params"} for SMS, {"text"}
    for a robot, the event itself for a webhook. `next_at`: when it is due, or until when a sender holds it.
    """

    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    outlet = models.ForeignKey(Outlet, models.PROTECT, null=True, verbose_name=_("outlet"), related_name="+")
    to = models.CharField(_("to"), max_length=20, blank=True)
    body = models.JSONField(_("content"))
    about = models.CharField(_("about"), max_length=60, blank=True, db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState, default=MessageState.WAITING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_at = models.DateTimeField(_("due"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("of no use after"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    provider_id = models.CharField(_("provider's id"), max_length=80, blank=True, editable=False)
    error = models.CharField(_("last error"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=UNSENT,
                name="message_due",
            ),
            models.Index(fields=["id"], condition=Q(state=MessageState.DEAD), name="message_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class Attempt(models.Model):
    """One try to send a message, kept for good. `code`: the provider's or our own word for what happened."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    outlet = models.CharField(max_length=40)
    ok = models.BooleanField()
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        assert self.pk is None, "an attempt is never changed"
        super().save(*args, **kwargs)
