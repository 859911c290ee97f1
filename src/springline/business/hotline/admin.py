import re
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from springline.business.accounts.admin import AuditedAdmin
from springline.business.accounts.services import audit
from springline.business.hotline import commands, services
from springline.business.hotline.models import (
    Agent,
    Hotline,
    IvrVersion,
    OpeningTime,
    PauseReason,
    Queue,
    SpecialDay,
)
from springline.business.hotline.states import FlowState
from springline.business.tables.admin import RowsInline, ShownRows
from springline.platform.states import IllegalTransition

_CODE = {"rows": 36, "spellcheck": "false", "style": "font-family: monospace; max-width: none"}


class VersionInline(ShownRows):
    model = IvrVersion
    # The title is what leads to the version.
    hide_title = False
    fields = ["version", "state", "live_at"]
    show_change_link = True


class OpeningInline(RowsInline):
    model = OpeningTime
    verbose_name_plural = gettext_lazy("opening times (without any the hotline never closes)")


class SpecialDayInline(RowsInline):
    model = SpecialDay
    verbose_name_plural = gettext_lazy("special days (without times: closed all day)")


@admin.register(Hotline)
class HotlineAdmin(AuditedAdmin):
    list_display = ["number", "dids", "area_code"]
    sheet = ("number", "dids", "area_code", "masked_callers")
    sheet_key = ("number",)
    helps = {
        "number": gettext_lazy("As it is printed: digits only."),
        "dids": gettext_lazy("Several with 、 between them; the carrier says which ones it sends."),
        "masked_callers": gettext_lazy("Numbers that many callers share, as the carrier's own; with 、."),
        "outbound_allow": gettext_lazy("+861 are mainland mobiles; several with 、 between them."),
    }
    inlines = [OpeningInline, SpecialDayInline, VersionInline]


@admin.register(IvrVersion)
class IvrVersionAdmin(AuditedAdmin):
    list_display = ["hotline", "version", "state", "created_at", "live_at"]
    list_filter = ["state"]
    list_select_related = ["hotline"]
    readonly_fields = ["state", "created_at", "live_at"]
    actions = ["make_live", "copy"]
    formfield_overrides = {models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs=_CODE)}}
    helps = {
        "version": gettext_lazy("A name of your own, such as main.v3; calls keep the name they were led by."),
        "document": gettext_lazy(
            "Written as docs/development/flow.md says. The easiest: in the list, choose the live version and "
            "“Copy as a draft”, change the copy, then “Check and make live”."
        ),
    }

    def get_fields(self, request: HttpRequest, obj: IvrVersion | None = None) -> list[str]:
        document = "text" if obj is not None and obj.state != FlowState.DRAFT else "document"
        return ["hotline", "version", "state", "created_at", "live_at", document]

    def get_readonly_fields(self, request: HttpRequest, obj: IvrVersion | None = None) -> list[str]:
        published = obj is not None and obj.state != FlowState.DRAFT
        fixed = ["hotline", "version", "text"] if published else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    @admin.display(description=gettext_lazy("flow document"))
    def text(self, flow: IvrVersion) -> str:
        return format_html('<pre style="white-space: pre-wrap">{}</pre>', flow.document)

    def save_model(self, request: HttpRequest, obj: IvrVersion, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        """A draft may be wrong for a while; what is wrong is said at once."""
        super().save_model(request, obj, form, change)
        if errors := commands.flow_errors(obj.document):
            text = _("Saved, but it cannot go live yet: %(errors)s") % {"errors": "; ".join(errors)}
            self.message_user(request, text, messages.WARNING)

    @admin.action(description=gettext_lazy("Copy as a draft"), permissions=["add"])
    def copy(self, request: HttpRequest, queryset: Any) -> None:
        for flow in queryset:
            version = f"{flow.version[:24]}-{timezone.localtime():%m%d-%H%M%S}"
            services.draft_flow(flow.hotline, version, flow.document, request.user)  # type: ignore[arg-type]
            text = _("%(version)s is a draft now: open it to change it.") % {"version": version}
            self.message_user(request, text, messages.SUCCESS)

    def has_delete_permission(self, request: HttpRequest, obj: IvrVersion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == FlowState.DRAFT)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset.filter(state=FlowState.DRAFT))

    @admin.action(description=gettext_lazy("Check and make live"))
    def make_live(self, request: HttpRequest, queryset: Any) -> None:
        for flow in queryset:
            errors = commands.flow_errors(flow.document)
            if errors is None:
                self.message_user(
                    request,
                    _("The telephone system does not answer, so the flow cannot be checked."),
                    messages.ERROR,
                )
            elif errors:
                self.message_user(request, f"{flow}: " + "; ".join(errors), messages.ERROR)
            else:
                self._publish(request, flow)

    def _publish(self, request: HttpRequest, flow: IvrVersion) -> None:
        try:
            services.publish_flow(flow, request.user)  # type: ignore[arg-type]
        except IllegalTransition:
            self.message_user(request, _("%(flow)s is live already.") % {"flow": flow}, messages.WARNING)
        else:
            self.message_user(request, _("%(flow)s is live.") % {"flow": flow}, messages.SUCCESS)


def _named_live(queue: Queue) -> bool:
    named = re.compile(rf"\b{re.escape(queue.pk)}\b")
    live = IvrVersion.objects.filter(state=FlowState.LIVE).values_list("document", flat=True)
    return any(named.search(document) for document in live)


@admin.register(Queue)
class QueueAdmin(AuditedAdmin):
    formfield_overrides = {models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    list_display = ["id", "name", "regions", "ring_timeout", "wrap_up", "max_wait"]
    search_fields = ["id", "name"]
    helps = {
        "id": gettext_lazy("Flow documents name the queue by it."),
        "regions": gettext_lazy("Callers of these counties come here first."),
        "transfer_prompt": gettext_lazy("The name of a prompt; empty: none is played."),
        "position": gettext_lazy("The smallest comes first."),
    }

    def has_delete_permission(self, request: HttpRequest, obj: Queue | None = None) -> bool:
        """Callers of a live flow would be led nowhere."""
        return super().has_delete_permission(request, obj) and (obj is None or not _named_live(obj))

    sheet = (
        *("id", "name", "regions", "transfer_prompt", "ring_timeout", "retry_after", "wrap_up"),
        *("announce_every", "max_wait", "position", "overflow_after", "overflow_wait", "no_agent_wait"),
        *("head_start", "last_agent_first", "whisper"),
    )
    sheet_key = ("id",)


@admin.register(Agent)
class AgentAdmin(AuditedAdmin):
    list_display = ["id", "name", "device", "skills", "active"]
    search_fields = ["id", "name"]
    helps = {
        "queues": gettext_lazy("The agent takes calls of these queues."),
        "active": gettext_lazy("Off: takes no calls any more. Agents are never deleted."),
    }
    sheet = ("id", "name", "device", "desk_phone", "queues", "active")
    sheet_key = ("id",)
    list_filter = ["device", "active"]
    formfield_overrides = {models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    actions = ["show_registration"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("queues")

    @admin.display(description=gettext_lazy("skills"))
    def skills(self, agent: Agent) -> str:
        return "、".join(queue.name for queue in agent.queues.all()) or "–"

    @admin.action(description=gettext_lazy("Show how a desk phone registers"), permissions=["change"])
    def show_registration(self, request: HttpRequest, queryset: Any) -> None:
        server = f"{settings.HOME.sip_host}:{settings.HOME.sip_port}"
        for agent in queryset:
            user = services.phone_user(agent)
            if user is None:
                text = _("%(agent)s has no desk phone.") % {"agent": agent}
                self.message_user(request, text, messages.WARNING)
                continue
            audit(request.user, "agent.registration_shown", agent)  # type: ignore[arg-type]
            shown = {"agent": agent, "server": server, "user": user, "password": agent.sip_password}
            text = _("%(agent)s: server %(server)s, user name %(user)s, password %(password)s") % shown
            self.message_user(request, text, messages.INFO)


@admin.register(PauseReason)
class PauseReasonAdmin(AuditedAdmin):
    list_display = ["key", "code", "name_zh", "name_en", "active"]
    sheet = ("code", "key", "name_zh", "name_en", "active")
    sheet_key = ("code",)
