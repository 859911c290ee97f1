from django.contrib import admin

from springline.business.accounts.admin import ReadOnlyAdmin
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask
from springline.business.tables.admin import ShownRows


class AttemptInline(ShownRows):
    model = CallbackAttempt
    fields = ["at", "by", "result", "note"]


@admin.register(CallbackTask)
class CallbackTaskAdmin(ReadOnlyAdmin):
    """Worked on at the desk."""

    ordering = ["-id"]
    list_display = ["begins_at", "kind", "state", "due_at", "first_attempt_at", "escalation", "taken_by"]
    list_filter = ["kind", "state", "escalation"]
    days = "begins_at"
    inlines = [AttemptInline]
