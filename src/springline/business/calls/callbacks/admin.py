from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from springline.business.accounts.admin import ReadOnlyAdmin
from springline.business.calls.callbacks.models import CallbackAttempt, CallbackTask


class AttemptInline(TabularInline):  # type: ignore[misc]
    model = CallbackAttempt
    fields = ["at", "by", "result", "note"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(CallbackTask)
class CallbackTaskAdmin(ReadOnlyAdmin):
    """Worked on at the desk."""

    list_display = ["begins_at", "kind", "state", "due_at", "first_attempt_at", "escalation", "taken_by"]
    list_filter = ["kind", "state", "escalation"]
    date_hierarchy = "begins_at"
    inlines = [AttemptInline]
