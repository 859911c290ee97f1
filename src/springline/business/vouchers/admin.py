from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.accounts.roles import Action
from springline.business.http import english
from springline.business.tables.admin import ShownRows
from springline.business.tables.deciding import Deciding, decision
from springline.business.vouchers.models import (
    BucketEntry,
    ClearingEntry,
    DepositEntry,
    Iou,
    OneTimeCode,
    PaperExchange,
    PaperPhoto,
    ReconcileItem,
    VoucherCase,
    VoucherEntry,
    VoucherLot,
    VoucherPackage,
)
from springline.business.vouchers.refusals import NotPossible
from springline.business.vouchers.remedies import close_reconcile


@admin.register(VoucherPackage)
class VoucherPackageAdmin(AuditedAdmin):
    """A change of terms holds for lots bought later: each keeps its own copy."""

    list_display = ["sku", "name_zh", "scope", "product", "paid_qty", "gift_qty", "price_fen", "active"]
    list_filter = ["active", "scope"]
    search_fields = ["sku", "name_zh"]
    fields = [
        *("sku", "name_zh", "name_en", "scope", "product", "paid_qty", "gift_qty", "price_fen"),
        *("valid_days", "min_per_delivery", "regions", "terms_version", "active"),
    ]
    helps = {
        "price_fen": _("For all vouchers of the package together."),
        "valid_days": _("Days from the purchase; empty: for ever."),
        "min_per_delivery": _("Fewer are not delivered for vouchers of this package."),
        "regions": _("None chosen: valid everywhere."),
        "terms_version": _("Write another one when the terms change; what is sold keeps its own."),
        "active": _("Off: no longer sold; what is sold stays valid."),
    }
    sheet = (
        *("sku", "name_zh", "name_en", "scope", "product__sku", "paid_qty", "gift_qty", "price_fen"),
        *("valid_days", "min_per_delivery", "regions", "terms_version", "active"),
    )
    sheet_key = ("sku",)


class EntryInline(ShownRows):
    model = VoucherEntry
    fields = ["seq", "at", "kind", "qty", "available", "reserved", "frozen", "order_id", "reason", "actor"]


@admin.register(VoucherLot)
class VoucherLotAdmin(AuditedAdmin):
    """Only the remark can be written: the database refuses the rest, and lots are made by services."""

    ordering = ["-id"]
    list_display = ["id", "customer_id", "name", "scope", "paid_qty", "gift_qty", "paid_fen", "bought_at"]
    list_filter = ["scope", "source"]
    grows = True
    search_fields = ["=id", "=customer_id", "sku"]
    days = "bought_at"
    inlines = [EntryInline]

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        unwritable = {"remark", "terms_hash"}
        return [field.name for field in VoucherLot._meta.fields if field.name not in unwritable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(VoucherEntry)
class VoucherEntryAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = [
        "at",
        "lot",
        "seq",
        "kind",
        "qty",
        "available",
        "customer_id",
        "order_id",
        "reason",
        "actor",
    ]
    list_filter = ["kind"]
    list_select_related = ["lot"]
    search_fields = ["=customer_id", "=order_id", "=lot__id", "=call_id"]
    days = "at"


@admin.register(BucketEntry)
class BucketEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "account", "seq", "kind", "qty", "out_after", "order_id", "actor"]
    list_filter = ["kind"]
    list_select_related = ["account__bucket_type"]
    search_fields = ["=account__customer_id"]


@admin.register(DepositEntry)
class DepositEntryAdmin(ReadOnlyAdmin):
    list_display = [
        "at",
        "account",
        "kind",
        "qty",
        "d_fen",
        "fen_after",
        "receipt_no",
        "approved_by",
        "actor",
    ]
    list_filter = ["kind", "channel"]
    list_select_related = ["account__bucket_type"]
    search_fields = ["=account__customer_id", "receipt_no"]


@admin.register(Iou)
class IouAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = ["at", "customer_id", "product", "qty", "state", "code", "tries", "actor"]
    list_filter = ["state", "code"]


@admin.register(ReconcileItem)
class ReconcileItemAdmin(Deciding, ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = ["at", "kind", "customer_id", "note", "approved_by", "closed_at", "closing_note"]
    list_filter = ["kind", ("closed_at", admin.EmptyFieldListFilter)]
    deciding = Action.APPROVE_VOUCHERS
    refusals = (NotPossible,)
    actions = ["close_it"]

    @staticmethod
    def words(refusal: NotPossible) -> str:
        return refusal.message_en if english() else refusal.message_zh

    @decision(_("Looked at: close (with a note)"))
    def close_it(self, request: HttpRequest, queryset: QuerySet[ReconcileItem]) -> None:
        self.each(request, queryset, lambda row, user, note: close_reconcile(row.pk, user, note))


@admin.register(ClearingEntry)
class ClearingEntryAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = ["at", "from_station_id", "to_station_id", "qty", "value_fen"]


class _Looking:
    """A photo's row leads to the picture, where each look is audited."""

    @admin.display(description=_("photo"))
    def look(self, row: PaperPhoto) -> str:
        path = reverse("api:paper_photo", args=[row.pk])
        return format_html('<a href="{}" target="_blank" class="text-link">{}</a>', path, _("Look at it"))


class PhotoInline(_Looking, ShownRows):
    model = PaperPhoto
    fields = ["uploaded_at", "uploaded_by", "look", "width", "height", "size"]


@admin.register(PaperPhoto)
class PaperPhotoAdmin(_Looking, ReadOnlyAdmin):
    list_display = [
        "uploaded_at",
        "customer_id",
        "paper",
        "look",
        "width",
        "height",
        "size",
        "uploaded_by",
    ]
    list_filter = [("paper", admin.EmptyFieldListFilter)]
    search_fields = ["=customer_id", "paper__serial"]
    days = "uploaded_at"


@admin.register(PaperExchange)
class PaperExchangeAdmin(ReadOnlyAdmin):
    inlines = [PhotoInline]
    ordering = ["-id"]
    list_display = ["at", "serial", "customer_id", "product", "qty", "state", "decided_by"]
    list_filter = ["state"]
    search_fields = ["serial"]


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    list_display = [
        "issued_at",
        "customer_id",
        "sent_to",
        "issued_by",
        "expires_at",
        "tries",
        "used_at",
        "used_by",
    ]
    search_fields = ["=customer_id"]


@admin.register(VoucherCase)
class VoucherCaseAdmin(ReadOnlyAdmin):
    ordering = ["-id"]
    days = "started_at"
    list_display = ["started_at", "code", "customer_id", "state", "done_at", "remedy", "actor"]
    list_filter = ["code", "state"]
    search_fields = ["=customer_id", "=order_id", "=call_id"]
