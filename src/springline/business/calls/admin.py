from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from springline.business import phones
from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.accounts.services import audit, audit_reading
from springline.business.calls import masking
from springline.business.calls.callbacks import admin as callbacks  # noqa: F401 - registers its tables
from springline.business.calls.models import (
    AgentStateRow,
    Call,
    MaskedNumber,
    PurgeRow,
    Recording,
    SystemEvent,
    TrunkRefusal,
    WrapUpCode,
)
from springline.business.customers import places
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.hotline.models import Agent, Queue


def _clock(seconds: float | None) -> str:
    """02:05, as the desk shows durations."""
    return "" if seconds is None else "{:02d}:{:02d}".format(*divmod(round(seconds), 60))


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = [
        "arrived_at",
        "number",
        "direction",
        "queue_name",
        "counties",
        "agent_name",
        "outcome",
        "waited",
        "talked",
    ]
    list_filter = ["direction", "outcome", "queue", "agent", "abuse", "is_test"]
    # Whole ones, by their indexes; see get_search_results. Django asks for a non-empty list.
    search_fields = ["=id", "=caller"]
    search_help_text = _("A whole number, or the whole id of a call.")
    days = "arrived_at"
    exclude = ["caller_raw"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = Q(pk=text)
        with suppress(NoNumber):
            found |= Q(caller=to_e164(text))
        return queryset.filter(found), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.has_view_permission(request):
            audit_reading(request.user, "numbers.listed")  # type: ignore[arg-type]
        return super().changelist_view(request, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        call = self.get_object(request, object_id)
        if call is not None and self.has_view_permission(request, call):
            audit_reading(request.user, "number.read", call)  # type: ignore[arg-type]
        return super().change_view(request, object_id, form_url, extra_context)

    def get_queryset(self, request: HttpRequest) -> Any:
        queues, agents = (
            Queue.objects.filter(pk=OuterRef("queue")),
            Agent.objects.filter(pk=OuterRef("agent")),
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                named_queue=Subquery(queues.values("name")[:1]),
                named_agent=Subquery(agents.values("name")[:1]),
            )
        )

    @admin.display(description=_("caller"))
    def number(self, call: Call) -> str:
        return phones.display(call.caller, call.caller_raw, call.caller_quality, show=True)

    @admin.display(description=_("queue"))
    def queue_name(self, call: Any) -> str:
        return call.named_queue or call.queue or ""

    @admin.display(description=_("region"))
    def counties(self, call: Call) -> str:
        return places.counties_zh(call.region or "")

    @admin.display(description=_("agent"))
    def agent_name(self, call: Any) -> str:
        return call.named_agent or call.agent or ""

    @admin.display(description=_("waited"))
    def waited(self, call: Call) -> str:
        return _clock(call.wait_seconds)

    @admin.display(description=_("talked"))
    def talked(self, call: Call) -> str:
        return _clock(call.talk_seconds)


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    """Only the legal hold can be set here."""

    list_display = ["path", "state", "seconds", "expires_on", "hold", "problem"]
    list_filter = ["state", "hold"]
    search_fields = ["call_id__exact"]
    fields = ["path", "call_id", "state", "seconds", "size", "sha256", "expires_on", "problem", "hold"]
    readonly_fields = fields[:-1]

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("calls.change_recording"))

    def save_model(self, request: HttpRequest, obj: Recording, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        audit(request.user, "recording.hold", obj, hold=obj.hold)  # type: ignore[arg-type]


@admin.register(WrapUpCode)
class WrapUpCodeAdmin(AuditedAdmin):
    list_display = ["key", "code", "name_zh", "name_en", "active"]
    sheet = ("code", "key", "name_zh", "name_en", "active")
    sheet_key = ("code",)


@admin.register(AgentStateRow)
class AgentStateAdmin(ReadOnlyAdmin):
    list_display = ["at", "agent", "state", "reason"]
    list_filter = ["agent", "state"]


@admin.register(TrunkRefusal)
class TrunkRefusalAdmin(ReadOnlyAdmin):
    list_display = ["at", "address", "service", "count"]


@admin.register(SystemEvent)
class SystemEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "type", "subject", "error"]
    list_filter = ["type"]


@admin.register(PurgeRow)
class PurgeAdmin(ReadOnlyAdmin):
    list_display = ["at", "path", "expires_on", "size"]


@admin.register(MaskedNumber)
class MaskedNumberAdmin(ReadOnlyAdmin):
    """Proposed by the worker, decided here."""

    grows = False
    list_display = ["number", "day", "calls", "of", "accepted"]
    list_filter = ["accepted"]
    actions = ["hides", "hides_not"]

    @admin.action(description=_("It hides callers"), permissions=["decide"])
    def hides(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            masking.decide(row.pk, True, request.user)  # type: ignore[arg-type]

    @admin.action(description=_("It is one caller's own"), permissions=["decide"])
    def hides_not(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            masking.decide(row.pk, False, request.user)  # type: ignore[arg-type]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("hotline.change_hotline")
