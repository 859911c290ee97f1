from django.contrib import admin

from springline.business.accounts.admin import ReadOnlyAdmin
from springline.business.orders.models import Order, OrderLine, OrderStep, Payment, UnconvertedDemand
from springline.business.tables.admin import ShownRows


class LineInline(ShownRows):
    model = OrderLine
    fields = ["name", "qty", "unit_fen", "pay_by", "vouchers", "delivered", "redeemed", "vouchers_owed"]


class StepInline(ShownRows):
    model = OrderStep
    fields = ["at", "event", "state", "who", "facts"]


class PaymentInline(ShownRows):
    model = Payment
    fields = ["at", "channel", "fen", "who", "note"]


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Worked on at the desk, where each step leaves its row."""

    list_display = [
        "no",
        "state",
        "customer",
        "county",
        "promise_at",
        "overdue_at",
        "urges",
        "total_fen",
        "paid_fen",
        "placed_at",
    ]
    list_filter = ["state", "source", "monthly", "county"]
    list_select_related = ["customer"]
    search_fields = ["no", "=customer__id", "=call_id"]
    days = "placed_at"
    inlines = [LineInline, StepInline, PaymentInline]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["at", "order", "channel", "fen", "courier_id", "station_id", "who"]
    list_filter = ["channel"]
    list_select_related = ["order"]
    search_fields = ["order__no"]
    days = "at"


@admin.register(UnconvertedDemand)
class DemandAdmin(ReadOnlyAdmin):
    list_display = ["at", "reason", "county", "town", "place", "product", "qty", "call_id", "who"]
    list_filter = ["reason", "county"]
    list_select_related = ["product"]
    days = "at"
