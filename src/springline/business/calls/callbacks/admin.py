from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from springline.business import phones
from springline.business.accounts.admin import ReadOnlyAdmin
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.customers import places
from springline.business.tables.admin import ShownRows


class AttemptInline(ShownRows):
    model = CallbackAttempt
    fields = ["at", "by", "result", "note"]


@admin.register(CallbackTask)
class CallbackTaskAdmin(ReadOnlyAdmin):
    """Worked on at the desk."""

    ordering = ["-id"]
    list_display = [
        "begins_at",
        "masked",
        "kind",
        "counties",
        "state",
        "due_at",
        "first_attempt_at",
        "kept",
        "taken_by",
        "note",
    ]
    list_select_related = ["taken_by"]
    list_filter = ["kind", "state", "escalation"]
    days = "begins_at"
    inlines = [AttemptInline]

    @admin.display(description=_("number"))
    def masked(self, task: CallbackTask) -> str:
        return phones.masked(task.number) if task.number else ""

    @admin.display(description=_("region"))
    def counties(self, task: CallbackTask) -> str:
        return places.counties_zh(task.region)

    @admin.display(description=_("in time"), boolean=True)
    def kept(self, task: CallbackTask) -> bool | None:
        return task.in_time
