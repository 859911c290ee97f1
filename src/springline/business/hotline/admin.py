import re
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action as button
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


def make_live(page: AuditedAdmin, request: HttpRequest, flow: IvrVersion, why: str = "") -> None:
    """Where control finds it good; what came of it is said on the page."""
    errors = commands.flow_errors(flow.document)
    if errors is None:
        text = _("The telephone system does not answer, so the flow cannot be checked.")
        page.message_user(request, text, messages.ERROR)
        return
    if errors:
        page.message_user(request, f"{flow}: " + "; ".join(errors), messages.ERROR)
        return
    try:
        services.publish_flow(flow, request.user, why)  # type: ignore[arg-type]
    except IllegalTransition:
        page.message_user(request, _("%(flow)s is live already.") % {"flow": flow}, messages.WARNING)
    else:
        page.message_user(request, _("%(flow)s is live.") % {"flow": flow}, messages.SUCCESS)


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
    actions_detail = ["roll_back"]

    @button(
        description=gettext_lazy("Back to the former menu version"),
        url_path="roll-back",
        permissions=["change"],
    )
    def roll_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks first, and why."""
        hotline = get_object_or_404(Hotline, pk=object_id)
        here = reverse("admin:hotline_hotline_change", args=[hotline.pk])
        live = hotline.versions.filter(state=FlowState.LIVE).first()
        former, why = services.former_flow(hotline), request.POST.get("why", "").strip()
        if live is None or former is None:
            self.message_user(request, _("No other version was live before."), messages.WARNING)
            return HttpResponseRedirect(here)
        if why:
            make_live(self, request, former, why)
            return HttpResponseRedirect(here)
        shown = {"title": _("Back to the former menu version"), "subtitle": hotline.number, "opts": self.opts}
        shown |= {"live": live, "former": former, "cancel": here, **self.admin_site.each_context(request)}
        shown["explained"] = _(
            "%(live)s is live now. Callers who come from now on are led by %(former)s again; those who are "
            "in the menu stay where they are."
        ) % {"live": live.version, "former": former.version}
        shown["back"] = _("Back to %(former)s") % {"former": former.version}
        return TemplateResponse(request, "hotline/roll_back.html", shown)


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
            make_live(self, request, flow)


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
