from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.messaging import services
from springline.business.messaging.addresses import DEFAULTS
from springline.business.messaging.forms import OutletForm, SmsTemplateForm
from springline.business.messaging.models import Attempt, Message, Outlet, SmsTemplate
from springline.business.messaging.states import Channel, OutletKind
from springline.business.messaging.words import why
from springline.business.phones import masked
from springline.business.tables.admin import ShownRows
from springline.platform.states import IllegalTransition


class AttemptInline(ShownRows):
    model = Attempt
    fields = ["at", "outlet", "ok", "code", "detail"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "channel",
        "outlet",
        "receiver",
        "about",
        "state",
        "attempts",
        "sent_at",
        "reason",
    ]
    list_filter = ["state", "channel", "outlet"]
    list_select_related = ["outlet"]
    search_fields = ["about", "key"]
    days = "created_at"
    exclude = ["to", "error"]
    readonly_fields = ["receiver", "reason"]
    inlines = [AttemptInline]
    actions = ["send_again", "cancel"]

    @admin.display(description=_("to"))
    def receiver(self, message: Message) -> str:
        return masked(message.to) if message.to else ""

    @admin.display(description=_("last error"))
    def reason(self, message: Message) -> str:
        return why(message.error)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, services.revive)

    @admin.action(description=_("Do not send"))
    def cancel(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, services.cancel)

    def _each(self, request: HttpRequest, queryset: Any, act: Any) -> None:
        for message in queryset:
            try:
                act(message.pk, request.user)
            except IllegalTransition:
                self.message_user(request, f"{message}: {message.get_state_display()}", messages.WARNING)


@admin.register(Outlet)
class OutletAdmin(AuditedAdmin):
    form = OutletForm
    list_display = ["name", "kind", "url", "active", "position"]
    helps = {
        "events": _("Empty: all. Or names and beginnings, such as callback., trunk., connect.low; with 、."),
    }
    list_filter = ["kind", "active"]
    actions = ["try_out"]

    def get_fields(self, request: HttpRequest, obj: Outlet | None = None) -> list[str]:
        if obj is None:
            return ["name", "kind"]
        return [*OutletForm.Meta.fields, *OutletForm.own_fields(obj)]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The kind's own fields are made by the form itself; the factory knows the model's only.
        kwargs["fields"] = OutletForm.Meta.fields if obj else ["name", "kind"]
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["kind"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Outlet, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        assert isinstance(form, OutletForm)
        if not change:
            obj.url = DEFAULTS.get(OutletKind(obj.kind), "")
        obj.settings = {**obj.settings, **form.typed(secret=False)}
        super().save_model(request, obj, form, change)
        if secrets := form.typed(secret=True):
            services.set_secrets(obj, secrets, request.user)  # type: ignore[arg-type]

    def response_add(
        self, request: HttpRequest, obj: Outlet, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:messaging_outlet_change", args=[obj.pk]))

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # messages name it; one that is not wanted is made inactive

    @admin.action(description=_("Send a trial message"))
    def try_out(self, request: HttpRequest, queryset: Any) -> None:
        for outlet in queryset:
            if outlet.channel is Channel.SMS:
                self.message_user(request, _("An SMS needs a receiver: use a template."), messages.WARNING)
                continue
            services.try_out(outlet, f"{timezone.now():%Y%m%d%H%M%S%f}")
            self.message_user(request, _("A trial message is on its way; see the messages."))


@admin.register(SmsTemplate)
class SmsTemplateAdmin(AuditedAdmin):
    form = SmsTemplateForm
    list_display = ["code", "text", "signature", "active"]
    search_fields = ["code", "text"]

    def get_fields(self, request: HttpRequest, obj: SmsTemplate | None = None) -> list[str]:
        return [*SmsTemplateForm.Meta.fields, *SmsTemplateForm.own_fields()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The form makes a field for each outlet; the factory knows the model's only.
        kwargs["fields"] = SmsTemplateForm.Meta.fields
        return super().get_form(request, obj, change, **kwargs)

    sheet = ("code", "text", "signature", "active")
    sheet_key = ("code",)
    list_filter = ["active"]
