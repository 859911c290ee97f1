from django.contrib import admin

from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.complaints.models import (
    BatchAlert,
    Compensation,
    Complaint,
    ComplaintEvent,
    DueTime,
)
from springline.business.tables.admin import ShownRows


@admin.register(DueTime)
class DueTimeAdmin(AuditedAdmin):
    list_display = ["kind", "minutes", "service_time"]
    sheet = ("kind", "minutes", "service_time")
    sheet_key = ("kind",)


class EventInline(ShownRows):
    model = ComplaintEvent
    fields = ["at", "kind", "who", "note"]


@admin.register(Complaint)
class ComplaintAdmin(ReadOnlyAdmin):
    """Worked on at the desk, where each step leaves its event."""

    ordering = ["-id"]
    list_display = [
        "no",
        "kind",
        "level",
        "state",
        "customer_id",
        "batch_no",
        "filed_at",
        "due_at",
        "handler",
    ]
    list_filter = ["state", "kind", "level"]
    list_select_related = ["handler"]
    search_fields = ["no", "=customer_id", "=order_id", "batch_no"]
    days = "filed_at"
    inlines = [EventInline]


@admin.register(Compensation)
class CompensationAdmin(ReadOnlyAdmin):
    list_display = ["complaint", "qty", "product", "state", "asked_by", "decided_by", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["complaint", "product", "asked_by", "decided_by"]


@admin.register(BatchAlert)
class BatchAlertAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = ["batch_no", "state", "opened_at", "decided_by", "decided_at", "why"]
    list_filter = ["state"]
    list_select_related = ["decided_by"]
    search_fields = ["batch_no"]
