import secrets
from datetime import time

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from springline.business.hotline.states import FlowState
from springline.business.tables.history import history
from springline.business.tables.money import Fen
from springline.contracts.config import Device, Whisper

DIGITS = RegexValidator(r"^\d+$", _("digits only"))
MOBILE = RegexValidator(r"^1[3-9]\d{9}$", _("a mobile number of 11 digits"))
SLUG = RegexValidator(r"^[a-z][a-z0-9_-]*$", _("small letters, digits, - and _"))
ONE_KEY = RegexValidator(r"^\d$", _("one digit"))
POSITIVE = MinValueValidator(0.1)
NOT_400 = RegexValidator(
    r"^(0086|86)?0*[48]00", _("400 and 800 numbers only receive calls."), inverse_match=True
)
WEEKDAYS = [
    *((0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday"))),
    *((4, _("Friday")), (5, _("Saturday")), (6, _("Sunday"))),
]


def random_secret() -> str:
    """A SIP password of 192 random bits; nobody types it."""
    return secrets.token_urlsafe(24)


def may_be_called() -> list[str]:
    """Mainland mobiles."""
    return ["+861"]


class Hotline(models.Model):
    """A number that is printed, and the numbers that the trunk presents for it."""

    number = models.CharField(_("number"), max_length=20, unique=True, validators=[DIGITS])
    dids = models.JSONField(_("numbers presented by the trunk"), default=list)
    area_code = models.CharField(_("area code"), max_length=6, default="0564", validators=[DIGITS])
    masked_callers = models.JSONField(_("numbers that hide callers"), default=list, blank=True)
    callback_number = models.CharField(
        _("number shown when we call"),
        max_length=20,
        blank=True,
        validators=[DIGITS, NOT_400],
        help_text=_("A landline or mobile number of our own, never a 400 number; empty: nobody calls out."),
    )
    outbound_allow = models.JSONField(
        _("numbers that may be called begin with"), default=may_be_called, blank=True
    )
    reminder_phones = models.JSONField(
        _("mobile numbers to remind"),
        default=list,
        blank=True,
        help_text=_("An SMS goes to these (+86…) when somebody is to be called back."),
    )
    outbound_daily = models.PositiveIntegerField(_("calls out a day at most"), default=200)
    outbound_rate = Fen(
        _("a minute of a call out costs (yuan)"),
        default=15,
        help_text=_("As the carrier charges it; begun minutes count."),
    )
    outbound_spend = Fen(
        _("calls out may cost a day (yuan)"),
        default=10000,
        help_text=_("When another minute would cost more, nobody calls out until midnight."),
    )
    history = history()

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")

    def __str__(self) -> str:
        return self.number


class OpeningTime(models.Model):
    """We are open on this day of the week from `opens` until `closes`; 0 is Monday. A hotline without any
    never closes."""

    hotline = models.ForeignKey(Hotline, models.CASCADE, related_name="opening", verbose_name=_("hotline"))
    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=WEEKDAYS)
    opens = models.TimeField(_("opens"), default=time(7, 30))
    closes = models.TimeField(_("closes"), default=time(20, 30), help_text=_("00:00 is midnight"))

    class Meta:
        verbose_name = _("opening time")
        verbose_name_plural = _("opening times")
        ordering = ["hotline", "weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """A day that differs from its week. Closed all day, unless `opens` and `closes` are given."""

    hotline = models.ForeignKey(Hotline, models.CASCADE, related_name="days", verbose_name=_("hotline"))
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["hotline", "day"], name="special_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.note}"


class IvrVersion(models.Model):
    """One text of the flow document; at most one is live for a hotline. A published text never changes."""

    hotline = models.ForeignKey(Hotline, models.CASCADE, related_name="versions", verbose_name=_("hotline"))
    version = models.CharField(_("version"), max_length=40)
    document = models.TextField(_("flow document"))
    state = models.CharField(
        _("state"), max_length=10, choices=FlowState, default=FlowState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    live_at = models.DateTimeField(_("went live"), null=True, editable=False)
    history = history()

    class Meta:
        verbose_name = _("IVR version")
        verbose_name_plural = _("IVR versions")
        ordering = ["hotline", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["hotline", "version"], name="ivr_version_once"),
            models.UniqueConstraint(
                fields=["hotline"], condition=Q(state=FlowState.LIVE), name="ivr_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hotline} {self.version}"


class WhisperTo(models.TextChoices):
    NEVER = Whisper.NEVER.value, _("Nobody")
    NO_SCREEN = Whisper.NO_SCREEN.value, _("Desk phones and mobiles")
    ALWAYS = Whisper.ALWAYS.value, _("Everybody")


class Queue(models.Model):
    """A waiting line; `regions` are the adcodes it serves (D3), times are seconds."""

    id = models.CharField(_("id"), max_length=40, primary_key=True, validators=[SLUG])
    name = models.CharField(_("name"), max_length=40)
    regions = models.JSONField(_("regions (adcodes)"), default=list, blank=True)
    transfer_prompt = models.CharField(_("transfer prompt"), max_length=80, null=True, blank=True)
    ring_timeout = models.FloatField(_("ring time-out (s)"), default=15, validators=[POSITIVE])
    retry_after = models.FloatField(_("retry after (s)"), default=3, validators=[POSITIVE])
    wrap_up = models.FloatField(_("wrap-up (s)"), default=15, validators=[MinValueValidator(0)])
    announce_every = models.FloatField(_("announce every (s)"), default=20, validators=[POSITIVE])
    max_wait = models.FloatField(_("longest wait (s)"), default=300, validators=[POSITIVE])
    overflow_after = models.FloatField(_("others help after (s)"), default=20, validators=[POSITIVE])
    overflow_wait = models.FloatField(
        _("or at once where the wait would be (s)"), default=90, validators=[POSITIVE]
    )
    overflow_to = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="helped", verbose_name=_("queues that help")
    )
    no_agent_wait = models.FloatField(
        _("longest wait while nobody is signed in (s)"), default=15, null=True, blank=True
    )
    head_start = models.FloatField(_("head start of an open order or a repeated call (s)"), default=60)
    last_agent_first = models.BooleanField(_("last agent first"), default=False)
    whisper = models.CharField(
        _("whisper to the agent before joining"),
        max_length=10,
        choices=WhisperTo,
        default=WhisperTo.NO_SCREEN,
        help_text=_(
            "Region, intent, known or new customer, in two seconds; the caller hears music meanwhile."
        ),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    history = history()

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class DeviceKind(models.TextChoices):
    WEBRTC = Device.WEBRTC.value, _("Browser")
    SIP = Device.SIP.value, _("Desk phone (SIP)")


class Agent(models.Model):
    """A seat that takes calls; `id` is the extension."""

    id = models.CharField(_("extension"), max_length=10, primary_key=True, validators=[DIGITS])
    name = models.CharField(_("name"), max_length=40)
    device = models.CharField(_("device"), max_length=10, choices=DeviceKind, default=DeviceKind.WEBRTC)
    sip_password = models.CharField(max_length=64, default=random_secret, editable=False)
    desk_phone = models.BooleanField(
        _("desk phone beside the browser"),
        default=False,
        help_text=_("It rings where the browser is not there or does not answer."),
    )
    mobile = models.CharField(
        _("own mobile"),
        max_length=11,
        blank=True,
        validators=[MOBILE],
        help_text=_("Rings over the trunk while the agent wants it to; a 1 takes the call. Costs money."),
    )
    queues = models.ManyToManyField(Queue, related_name="agents", blank=True, verbose_name=_("skills"))
    active = models.BooleanField(_("active"), default=True)
    history = history(excluded_fields=["sip_password"], m2m_fields=[queues])

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class NamedCode(models.Model):
    """A code with a name in both languages and the digit that chooses it on the desk."""

    code = models.CharField(_("code"), max_length=40, primary_key=True, validators=[SLUG])
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)
    key = models.CharField(_("key"), max_length=1, unique=True, validators=[ONE_KEY])
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the current request."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class PauseReason(NamedCode):
    history = history()

    class Meta(NamedCode.Meta):
        verbose_name = _("pause reason")
        verbose_name_plural = _("pause reasons")


class PublishedConfig(models.Model):
    """Each config that went to the live floor: `digest` is the SHA-256 of its content without the version."""

    version = models.PositiveIntegerField(_("version"), primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("published config")
        verbose_name_plural = _("published configs")
        ordering = ["-version"]
