"""Two kinds of tables. Projected: may be thrown away and rebuilt from the journal. Business: they stay."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.calls.states import Intent, LostReason, RecordingState, WrapUpOutcome
from springline.business.hotline.models import NamedCode
from springline.business.tables.history import history
from springline.contracts.events import CallerQuality, CallOutcome, HangupBy

OUTCOMES = [
    (CallOutcome.HANDLED.value, _("Handled")),
    (CallOutcome.ABANDONED_MENU.value, _("Left in the menu")),
    (CallOutcome.ABANDONED_QUEUE.value, _("Left while waiting")),
    (CallOutcome.OUT_OF_AREA.value, _("Out of area")),
    (CallOutcome.MESSAGE.value, _("Left a message")),
    (CallOutcome.NOT_REACHED.value, _("Not reached")),
    (CallOutcome.UNSERVED.value, _("Not served")),
    (CallOutcome.REJECTED.value, _("Rejected")),
    (CallOutcome.LOST.value, _("Lost by a fault")),
]
DIRECTIONS = [("in", _("Incoming")), ("out", _("Outgoing"))]
HUNG_UP_BY = [
    (HangupBy.CALLER.value, _("Caller")),
    (HangupBy.AGENT.value, _("Agent")),
    (HangupBy.SYSTEM.value, _("System")),
    (HangupBy.ENGINE.value, _("Engine")),
]


class Abuse(models.TextChoices):
    """What the agent did about a caller who abused them."""

    NONE = "", _("None")
    WARNED = "warned", _("Caller warned")
    ENDED = "ended", _("Call ended after the warning")


class Call(models.Model):
    """Projected: one call as its events fold (calls.folding). Times are null until they happened.

    `region`: an adcode, or several joined by + (a key for several counties); `region_source`: menu, or what
    CallerResolved says; `home`: its level (county, city, outside, unknown), `home_city`: which city. Of an
    outgoing call `caller` is who was called, `first_call` the call it answers.
    """

    id = models.CharField(max_length=64, primary_key=True)
    direction = models.CharField(_("direction"), max_length=3, choices=DIRECTIONS, default="in")
    first_call = models.CharField(_("calls back"), max_length=64, null=True, db_index=True)
    presented = models.CharField(_("number shown"), max_length=20, null=True)
    arrived_at = models.DateTimeField(_("arrived"), db_index=True)
    answered_at = models.DateTimeField(_("answered by the system"), null=True)
    notice_at = models.DateTimeField(_("recording notice ended"), null=True)
    queued_at = models.DateTimeField(_("queued"), null=True)
    connected_at = models.DateTimeField(_("connected"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    caller = models.CharField(_("caller"), max_length=20, null=True, db_index=True)
    caller_raw = models.CharField(max_length=80, blank=True)
    caller_quality = models.CharField(_("number quality"), max_length=12, default=CallerQuality.INVALID)
    dialled = models.CharField(_("dialled"), max_length=80, blank=True)
    hotline = models.CharField(_("hotline"), max_length=20, blank=True)
    trunk = models.CharField(_("trunk"), max_length=40, blank=True)
    is_test = models.BooleanField(_("test call"), default=False)
    queue = models.CharField(_("queue"), max_length=40, null=True)
    intent = models.CharField(_("intent"), max_length=40, null=True)
    region = models.CharField(_("region"), max_length=60, null=True)
    region_source = models.CharField(_("source of the region"), max_length=20, null=True)
    region_certainty = models.CharField(_("certainty of the region"), max_length=10, null=True)
    home = models.CharField(_("home of the number"), max_length=12, null=True)
    home_city = models.CharField(_("city of the number"), max_length=40, null=True)
    overflowed = models.BooleanField(_("others helped"), default=False)
    message_reason = models.CharField(_("message offered because"), max_length=10, null=True)
    callback_number = models.CharField(_("number to call back"), max_length=20, null=True)
    message_seconds = models.FloatField(_("message (s)"), null=True)
    agent = models.CharField(_("agent"), max_length=10, null=True, db_index=True)
    offers = models.PositiveIntegerField(_("offers"), default=0)
    outcome = models.CharField(_("outcome"), max_length=20, null=True, choices=OUTCOMES)
    wait_seconds = models.FloatField(_("wait (s)"), null=True)
    talk_seconds = models.FloatField(_("talk (s)"), null=True)
    hangup_by = models.CharField(_("hung up by"), max_length=10, null=True, choices=HUNG_UP_BY)
    cause = models.IntegerField(_("cause (Q.850)"), null=True)
    abuse = models.CharField(_("abuse"), max_length=6, choices=Abuse, default=Abuse.NONE, blank=True)
    reject_reason = models.CharField(_("reason of refusal"), max_length=40, null=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-arrived_at", "-id"]
        indexes = [
            models.Index(fields=["agent", "-arrived_at"], name="call_agent_arrived"),
            models.Index(fields=["queue", "-arrived_at"], name="call_queue_arrived"),
            models.Index(fields=["outcome", "-arrived_at"], name="call_outcome_arrived"),
            # Who may have to be called back; the worker looks for them each second.
            models.Index(
                fields=["arrived_at"],
                condition=models.Q(connected_at__isnull=True, ended_at__isnull=False),
                name="call_not_connected",
            ),
        ]

    def __str__(self) -> str:
        return self.id[:8]


class CallStep(models.Model):
    """Projected: one journal event of a call, as it was written."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.CharField(max_length=64, unique=True)
    call_id = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))
    type = models.CharField(_("type"), max_length=40)
    data = models.JSONField(_("data"))

    class Meta:
        verbose_name = _("step of a call")
        verbose_name_plural = _("steps of calls")
        ordering = ["seq"]
        indexes = [models.Index(fields=["call_id", "seq"], name="step_call_seq")]


class RecordingFile(models.Model):
    """Projected: a file the engine wrote. `closed_at` is null while it is open, or when control died."""

    path = models.CharField(max_length=200, primary_key=True)
    call_id = models.CharField(max_length=64, db_index=True)
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["started_at", "path"]


class AgentStateRow(models.Model):
    """Projected: the log of what each agent did, append-only."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.CharField(max_length=64, unique=True)
    agent = models.CharField(_("agent"), max_length=10)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=12)
    reason = models.CharField(_("reason"), max_length=40, null=True)
    call_id = models.CharField(max_length=64, null=True)

    class Meta:
        verbose_name = _("agent state")
        verbose_name_plural = _("agent states")
        ordering = ["seq"]
        indexes = [models.Index(fields=["agent", "at"], name="agent_state_at")]


class TrunkRefusal(models.Model):
    """Projected: SIP requests of an address that is no trunk."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(_("at"))
    address = models.CharField(_("address"), max_length=80)
    service = models.CharField(_("service"), max_length=40)
    count = models.PositiveIntegerField(_("requests"))

    class Meta:
        verbose_name = _("refused SIP request")
        verbose_name_plural = _("refused SIP requests")
        ordering = ["-seq"]


class SystemEvent(models.Model):
    """Projected: events of engine and config, and those this version cannot read (`error` is set)."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.CharField(max_length=64, null=True)
    at = models.DateTimeField(_("at"))
    subject = models.CharField(_("subject"), max_length=200)
    type = models.CharField(_("type"), max_length=60, blank=True)
    data = models.TextField(_("data"), blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("system event")
        verbose_name_plural = _("system events")
        ordering = ["-seq"]
        indexes = [models.Index(fields=["at"], name="system_event_at")]


class JournalPosition(models.Model):
    """One row: the journal up to `applied` is in the tables, written in the same transaction as they were.

    `journal` names the journal read. Should the bus lose its store and begin another one, that one's seqs
    are counted on from `base`, so that a row's seq stays unique and what was projected stays.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    journal = models.CharField(max_length=64, default="")
    base = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(default=0)
    unread = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)


PROJECTED = (Call, CallStep, RecordingFile, AgentStateRow, TrunkRefusal, SystemEvent, JournalPosition)


class Recording(models.Model):
    """What became of a recorded file. `path` is the raw file's, `wav` the stored one's, both below the
    recordings folder; `seconds` and `size` are the stored file's; `expires_on` is its last day (E1).
    """

    path = models.CharField(max_length=200, primary_key=True)
    call_id = models.CharField(max_length=64, db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RecordingState, default=RecordingState.PENDING, db_index=True
    )
    wav = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(_("length (s)"), null=True)
    size = models.BigIntegerField(_("size (bytes)"), null=True)
    expires_on = models.DateField(_("kept until"), null=True, db_index=True)
    hold = models.BooleanField(_("legal hold"), default=False)
    settled_at = models.DateTimeField(_("settled"), null=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path


class LegalHold(models.Model):
    """A call whose recordings are kept beyond their time while `cause` (such as complaint:5) lasts."""

    call_id = models.CharField(_("call"), max_length=64, db_index=True)
    cause = models.CharField(_("cause"), max_length=60, db_index=True)
    placed_at = models.DateTimeField(_("placed at"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call_id", "cause"], condition=models.Q(lifted_at=None), name="legal_hold_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_id[:8]} {self.cause}"


class PurgeRow(models.Model):
    """The log of recordings deleted because their time was over."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    call_id = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True)
    expires_on = models.DateField()

    class Meta:
        verbose_name = _("purged recording")
        verbose_name_plural = _("purged recordings")
        ordering = ["-id"]


class WrapUpCode(NamedCode):
    history = history()

    class Meta(NamedCode.Meta):
        verbose_name = _("wrap-up code")
        verbose_name_plural = _("wrap-up codes")


class WrapUp(models.Model):
    """What the agent noted of a call. No foreign key to the projected call, so that it survives a replay.

    `knowledge`: tags of what the agent looked up. `lost_reason`: why a call for water gave no order (N2).
    """

    call_id = models.CharField(max_length=64, primary_key=True)
    code = models.ForeignKey(WrapUpCode, models.PROTECT, verbose_name=_("code"))
    intent = models.CharField(_("intent"), max_length=12, choices=Intent, blank=True, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=14, choices=WrapUpOutcome, blank=True)
    lost_reason = models.CharField(_("why no order"), max_length=14, choices=LostReason, blank=True)
    knowledge = models.JSONField(_("knowledge used"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("wrap-up")
        verbose_name_plural = _("wrap-ups")


class MaskedNumber(models.Model):
    """A number that so many calls of one day showed that it may stand for many callers (§2.3).

    `accepted`: null until the owner decides; `calls` of `of` on `day`.
    """

    hotline = models.CharField(_("hotline"), max_length=20)
    number = models.CharField(_("number"), max_length=20)
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("its calls"))
    of = models.PositiveIntegerField(_("all calls"))
    accepted = models.BooleanField(_("hides callers"), null=True)

    class Meta:
        verbose_name = _("number that may hide callers")
        verbose_name_plural = _("numbers that may hide callers")
        ordering = ["-day", "-calls"]
        constraints = [models.UniqueConstraint(fields=["hotline", "number"], name="masked_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.calls}/{self.of}"


# Django looks for an app's models here.
from springline.business.calls.callbacks.models import (  # noqa: E402
    CallbackAttempt as CallbackAttempt,
)
from springline.business.calls.callbacks.models import CallbackCall as CallbackCall  # noqa: E402
from springline.business.calls.callbacks.models import CallbackTask as CallbackTask  # noqa: E402
