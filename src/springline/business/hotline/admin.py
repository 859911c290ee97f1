from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

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


class VersionInline(ShownRows):
    model = IvrVersion
    # The title is what leads to the version.
    hide_title = False
    fields = ["version", "state", "live_at"]
    show_change_link = True


class OpeningInline(RowsInline):
    model = OpeningTime


class SpecialDayInline(RowsInline):
    model = SpecialDay


@admin.register(Hotline)
class HotlineAdmin(AuditedAdmin):
    list_display = ["number", "dids", "area_code"]
    sheet = ("number", "dids", "area_code", "masked_callers")
    sheet_key = ("number",)
    inlines = [OpeningInline, SpecialDayInline, VersionInline]


@admin.register(IvrVersion)
class IvrVersionAdmin(AuditedAdmin):
    list_display = ["hotline", "version", "state", "created_at", "live_at"]
    list_filter = ["state"]
    readonly_fields = ["state", "created_at", "live_at"]
    actions = ["make_live"]

    def get_readonly_fields(self, request: HttpRequest, obj: IvrVersion | None = None) -> list[str]:
        published = obj is not None and obj.state != FlowState.DRAFT
        fixed = ["hotline", "version", "document"] if published else []
        return [*super().get_readonly_fields(request, obj), *fixed]

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


@admin.register(Queue)
class QueueAdmin(AuditedAdmin):
    formfield_overrides = {models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    list_display = ["id", "name", "regions", "ring_timeout", "wrap_up", "max_wait"]
    sheet = (
        *("id", "name", "regions", "transfer_prompt", "ring_timeout", "retry_after", "wrap_up"),
        *("announce_every", "max_wait", "position", "overflow_after", "overflow_wait", "no_agent_wait"),
        *("head_start", "last_agent_first", "whisper"),
    )
    sheet_key = ("id",)


@admin.register(Agent)
class AgentAdmin(AuditedAdmin):
    list_display = ["id", "name", "device", "active"]
    sheet = ("id", "name", "device", "desk_phone", "queues", "active")
    sheet_key = ("id",)
    list_filter = ["device", "active"]
    formfield_overrides = {models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    actions = ["show_registration"]

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
