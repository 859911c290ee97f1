from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as button

from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.delivery.admin_actions import ConflictActions, HandoverActions, TaskActions
from springline.business.delivery.models import (
    BatchOnRoad,
    CashHandover,
    CommissionEntry,
    CommissionRule,
    Courier,
    DaySignOff,
    DeliveryTask,
    Door,
    Photo,
    Shift,
    Station,
    SyncAction,
    SyncConflict,
    TaskEvent,
    Territory,
)
from springline.business.delivery.staffing_page import staffing_page
from springline.business.tables.admin import RowsInline, ShownRows


class TerritoryInline(RowsInline):
    model = Territory


@admin.register(Station)
class StationAdmin(AuditedAdmin):
    list_display = ["name", "county", "phone", "address", "active"]
    list_filter = ["active"]
    search_fields = ["name"]
    inlines = [TerritoryInline]
    sheet = ("name", "phone", "county", "address", "lat", "lng", "active")
    sheet_key = ("name",)
    actions_list = ["staffing"]

    @button(description=_("Couriers by county and hour"), url_path="staffing", permissions=["view"])
    def staffing(self, request: HttpRequest) -> HttpResponse:
        return staffing_page(request, {**self.admin_site.each_context(request), "opts": self.opts})


@admin.register(Territory)
class TerritoryAdmin(AuditedAdmin):
    list_display = ["name", "station", "county", "town", "estate", "priority"]
    list_filter = ["station"]
    search_fields = ["name", "estate", "town"]
    helps = {
        "town": _("Empty: the whole county."),
        "priority": _("The narrowest territory gets the order; of equals, the one with the higher number."),
    }
    sheet = ("id", "station__name", "name", "county", "town", "estate", "priority")
    sheet_key = ("id",)


@admin.register(Courier)
class CourierAdmin(AuditedAdmin):
    list_display = ["name", "station", "user", "phone", "capacity", "vehicle", "commission_rule", "active"]
    list_filter = ["active", "station"]
    search_fields = ["name", "phone"]
    helps = {
        "user": _("An account of the role courier, made before under “users” by an administrator."),
        "territories": _("None chosen: all of the station's."),
        "capacity": _("Buckets on one round."),
        "commission_rule": _("Empty: no commission."),
        "active": _("Off: gets no more tasks; what was done stays."),
    }
    sheet = (
        *("user__username", "name", "phone", "station__name", "capacity", "vehicle"),
        *("commission_rule__name", "active"),
    )
    sheet_key = ("user",)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Accounts are chosen from those that nobody has: who manages couriers may not look through users."""
        return [name for name in super().get_autocomplete_fields(request) if name != "user"]

    def get_form(
        self, request: HttpRequest, obj: Courier | None = None, change: bool = False, **more: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **more)
        if "user" in form.base_fields:
            free = User.objects.filter(role=Role.COURIER).filter(Q(courier=None) | Q(courier=obj))
            form.base_fields["user"].queryset = free
        return form


@admin.register(Shift)
class ShiftAdmin(AuditedAdmin):
    ordering = ["-id"]
    list_display = ["courier", "started_at", "ended_at"]
    list_filter = ["courier__station"]
    search_fields = ["courier__name"]
    days = "started_at"
    grows = True


@admin.register(Door)
class DoorAdmin(ReadOnlyAdmin):
    list_display = ["address", "lat", "lng", "courier", "at"]
    list_select_related = ["address", "courier"]


@admin.register(CommissionRule)
class CommissionRuleAdmin(AuditedAdmin):
    """A change holds for deliveries from now on: what was earned keeps its sum."""

    list_display = ["name", "per_order_fen", "per_bucket_fen", "per_floor_fen"]
    sheet = ("name", "per_order_fen", "per_bucket_fen", "per_floor_fen")
    sheet_key = ("name",)


class TaskEventInline(ShownRows):
    model = TaskEvent
    fields = ["at", "kind", "state", "client_at", "received_at", "who", "facts"]


@admin.register(DeliveryTask)
class DeliveryTaskAdmin(TaskActions, ReadOnlyAdmin):
    list_display = [
        "id",
        "order_id",
        "courier",
        "station",
        "state",
        "qty",
        "offered_at",
        "done_at",
        "fail_code",
    ]
    list_filter = ["state", "station", "fail_code"]
    list_select_related = ["courier", "station"]
    search_fields = ["=order_id", "courier__name"]
    days = "offered_at"
    inlines = [TaskEventInline]


@admin.register(SyncAction)
class SyncActionAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "courier", "kind", "task", "at", "client_at", "status", "code"]
    list_filter = ["status", "kind"]
    list_select_related = ["courier", "task__courier"]
    search_fields = ["=task__id", "key"]


@admin.register(SyncConflict)
class SyncConflictAdmin(ConflictActions, ReadOnlyAdmin):
    list_display = ["at", "code", "task", "applied", "closed_at", "closed_by", "decision", "closing_note"]
    list_filter = ["applied", "decision", "code"]
    list_select_related = ["task__courier", "closed_by"]


@admin.register(CommissionEntry)
class CommissionEntryAdmin(ReadOnlyAdmin):
    list_display = ["day", "courier", "kind", "fen", "why", "task"]
    list_filter = ["kind", "courier__station"]
    list_select_related = ["courier", "task__courier"]
    days = "day"


@admin.register(CashHandover)
class CashHandoverAdmin(HandoverActions, ReadOnlyAdmin):
    list_display = [
        "day",
        "courier",
        "due_fen",
        "declared_fen",
        "counted_fen",
        "state",
        "confirmed_by",
        "note",
    ]
    list_filter = ["state", "courier__station"]
    list_select_related = ["courier", "confirmed_by"]
    days = "day"


@admin.register(DaySignOff)
class DaySignOffAdmin(ReadOnlyAdmin):
    list_display = ["day", "courier", "cash_fen", "handed_fen", "difference_fen", "note", "by", "at"]
    list_filter = ["courier__station"]
    list_select_related = ["courier", "by"]
    days = "day"


@admin.register(BatchOnRoad)
class BatchOnRoadAdmin(ReadOnlyAdmin):
    list_display = [
        "at",
        "courier",
        "product",
        "batch",
        "stopped",
        "move",
        "qty",
        "task",
        "undoes",
        "received_at",
    ]
    list_filter = ["move", "batch__stop_sale", "batch__product", "courier__station"]
    list_select_related = ["courier", "batch__product", "task__courier", "undoes__batch"]
    search_fields = ["batch__batch_no", "courier__name"]
    days = "at"

    @admin.display(description=_("product"))
    def product(self, row: BatchOnRoad) -> str:
        return str(row.batch.product)

    @admin.display(description=_("sale stopped"), boolean=True)
    def stopped(self, row: BatchOnRoad) -> bool:
        return row.batch.stop_sale


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = ["uploaded_at", "courier", "task", "width", "height", "size"]
    list_select_related = ["courier", "task__courier"]
