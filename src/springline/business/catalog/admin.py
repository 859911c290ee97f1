from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import ChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from springline.business.accounts.admin import AuditedAdmin
from springline.business.catalog import services
from springline.business.catalog.models import Batch, BucketType, PriceRule, Product, ServiceArea
from springline.business.catalog.states import ProductEvent
from springline.business.customers.choosing import CustomerField
from springline.business.customers.models import CustomerLevel
from springline.business.tables.admin import RowsInline
from springline.business.tables.cells import Choice
from springline.platform.states import IllegalTransition


@admin.register(BucketType)
class BucketTypeAdmin(AuditedAdmin):
    list_display = ["code", "name_zh", "deposit_fen", "active"]
    sheet = ("code", "name_zh", "name_en", "deposit_fen", "active")
    sheet_key = ("code",)


class PriceRuleForm(ModelForm):  # type: ignore[type-arg]
    customer_id = CustomerField(
        label=_("customer"), required=False, help_text=_("Name, number or address; for the kind “customer”.")
    )
    level = ChoiceField(
        label=_("customer level"),
        required=False,
        choices=[("", "---------"), *CustomerLevel.choices],
        widget=UnfoldAdminSelectWidget,
        help_text=_("For the kind “customer level”."),
    )


_RULE_HELPS = {
    "adcode": _("For the kind “region”."),
    "min_qty": _("The price holds from so many of one order on."),
    "valid_to": _("Empty: until further notice."),
}


class PriceRuleInline(RowsInline):
    model = PriceRule
    form = PriceRuleForm
    helps = _RULE_HELPS


@admin.register(Product)
class ProductAdmin(AuditedAdmin):
    list_display = ["sku", "name_zh", "brand", "water_type", "volume_ml", "price_fen", "state"]
    list_filter = ["state", "water_type", "brand"]
    search_fields = ["sku", "name_zh", "brand"]
    readonly_fields = ["state", "withdrawn_at"]
    inlines = [PriceRuleInline]
    fields = [
        *("sku", "name_zh", "name_en", "brand", "water_type", "volume_ml", "bucket_type", "returnable"),
        *("price_fen", "unit", "position", "state", "withdrawn_at"),
    ]
    helps = {
        "sku": _("Vouchers, sheets and orders name it: it cannot be changed afterwards."),
        "volume_ml": _("18.9 litres are 18900; 0 for what is no water."),
        "returnable": _("The empty bucket comes back; choose its type."),
        "price_fen": _("For one, without any rule. What is ordered already keeps its price."),
        "position": _("The smallest comes first."),
    }
    sheet = (
        *("sku", "name_zh", "name_en", "brand", "water_type", "volume_ml", "bucket_type__code", "returnable"),
        *("price_fen", "unit", "position", "state"),
    )
    sheet_key = ("sku",)
    sheet_read_only = ("state",)
    actions = ["offer", "pause", "withdraw"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fixed = ["sku"] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    @admin.action(description=_("Put on sale"))
    def offer(self, request: HttpRequest, queryset: Any) -> None:
        self._change(request, queryset, ProductEvent.OFFER)

    @admin.action(description=_("Pause the sale"))
    def pause(self, request: HttpRequest, queryset: Any) -> None:
        self._change(request, queryset, ProductEvent.PAUSE)

    @admin.action(description=_("Withdraw for good"))
    def withdraw(self, request: HttpRequest, queryset: Any) -> None:
        self._change(request, queryset, ProductEvent.WITHDRAW)

    def _change(self, request: HttpRequest, queryset: Any, event: ProductEvent) -> None:
        for product in queryset:
            try:
                services.change_state(product.pk, event, request.user)  # type: ignore[arg-type]
            except IllegalTransition:
                self.message_user(request, f"{product}: {product.get_state_display()}", messages.WARNING)


@admin.register(Batch)
class BatchAdmin(AuditedAdmin):
    list_display = ["batch_no", "product", "produced", "expires", "stop_sale", "stop_reason"]
    list_filter = ["stop_sale", "product"]
    search_fields = ["batch_no"]
    sheet = ("product__sku", "batch_no", "produced", "expires", "stop_sale", "stop_reason", "stopped_at")
    sheet_key = ("product", "batch_no")
    sheet_read_only = ("stop_sale", "stop_reason", "stopped_at")
    readonly_fields = ["stop_sale", "stop_reason", "stopped_at"]
    actions = ["stop", "resume"]

    @admin.action(description=_("Stop the sale"))
    def stop(self, request: HttpRequest, queryset: Any) -> None:
        for batch in queryset:
            services.stop_sale(batch.pk, "back office", request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Sell again"))
    def resume(self, request: HttpRequest, queryset: Any) -> None:
        for batch in queryset:
            services.resume_sale(batch.pk, "back office", request.user)  # type: ignore[arg-type]


@admin.register(PriceRule)
class PriceRuleAdmin(AuditedAdmin):
    list_display = [
        "product",
        "kind",
        "customer_id",
        "level",
        "adcode",
        "min_qty",
        "price_fen",
        "valid_from",
        "valid_to",
    ]
    list_filter = ["kind", "product"]
    list_select_related = ["product"]
    search_fields = ["product__sku", "product__name_zh", "note", "=customer_id"]
    form = PriceRuleForm
    helps = _RULE_HELPS
    sheet_cells = {"level": Choice(CustomerLevel.choices)}
    sheet = (
        *("id", "product__sku", "kind", "customer_id", "level", "adcode", "min_qty", "price_fen"),
        *("valid_from", "valid_to", "note"),
    )
    sheet_key = ("id",)


@admin.register(ServiceArea)
class ServiceAreaAdmin(AuditedAdmin):
    list_display = [
        "adcode",
        "name",
        "state",
        "promised_minutes",
        "min_qty",
        "delivery_fee_fen",
        "floor_fee_fen",
    ]
    list_filter = ["state"]
    search_fields = ["adcode", "name"]
    helps = {
        "adcode": _("A town without a row of its own is served as its county is."),
        "name": _("As agents and callers read it."),
        "promised_minutes": _("Minutes from the order to the door; empty: nothing is promised."),
        "free_floors": _("1: from the second floor on, without a lift, each floor costs."),
    }
    sheet = (
        *("adcode", "name", "state", "promised_minutes", "min_qty", "delivery_fee_fen", "floor_fee_fen"),
        *("free_floors", "note"),
    )
    sheet_key = ("adcode",)
