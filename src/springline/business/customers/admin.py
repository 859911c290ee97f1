from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business import phones
from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.customers import cells, merging, places, prefix_file, selectors
from springline.business.customers.errors import CustomerRefusal
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerMerge,
    CustomerPhone,
    DepositWaiver,
    ExchangePrefix,
    ImportRun,
    NumberTag,
)
from springline.business.customers.regions.sentences import county_zh
from springline.business.customers.searching import search
from springline.business.customers.services import profiles
from springline.business.customers.services.shared import note, reindex
from springline.business.http import english
from springline.business.tables.admin import RowsInline

_MOST_FOUND = 200
_MOST_PROPOSED = 20


class _Shown(RowsInline):
    """Phones and addresses are changed at the desk, where numbers are checked and places recognised."""

    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class PhoneInline(_Shown):
    model = CustomerPhone
    fields = ["masked", "label", "contact", "is_primary", "bound_at", "unbound_at"]
    readonly_fields = fields

    @admin.display(description=_("number"))
    def masked(self, phone: CustomerPhone) -> str:
        return phones.masked(phone.e164)


class ContactInline(_Shown):
    model = Contact
    fields = ["name", "duty", "active"]


class AddressInline(_Shown):
    model = CustomerAddress
    fields = ["text", "county", "town", "building", "floor", "lift", "notes", "is_default", "last_used_at"]
    readonly_fields = ["last_used_at"]


class ChangeInline(_Shown):
    model = CustomerChange
    fields = ["at", "who", "what", "before", "after"]
    readonly_fields = fields
    ordering = ["-id"]


@admin.register(Customer)
class CustomerAdmin(AuditedAdmin):
    list_display = ["name", "number", "address", "type", "level", "settlement", "active_at"]
    list_filter = ["type", "level", "settlement"]
    grows = True
    # Searched by the desk's one box, see get_search_results; Django asks for a non-empty list.
    search_fields = ["name"]
    readonly_fields = ["created_at", "active_at"]
    exclude = ["merged_into", "erased_at"]
    inlines = [PhoneInline, ContactInline, AddressInline, ChangeInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).filter(merged_into=None, erased_at=None)
        phones_now = CustomerPhone.objects.filter(unbound_at=None)
        places_now = CustomerAddress.objects.filter(removed_at=None).order_by("-is_default", "-uses", "id")
        return found.prefetch_related(
            Prefetch("phones", phones_now, "phones_now"), Prefetch("addresses", places_now, "places_now")
        )

    @admin.display(description=_("number"))
    def number(self, customer: Customer) -> str:
        """The main one, masked: two of a name are told apart."""
        found: list[CustomerPhone] = customer.phones_now  # type: ignore[attr-defined]
        return phones.masked(found[0].e164) if found else ""

    @admin.display(description=_("address"))
    def address(self, customer: Customer) -> str:
        found: list[CustomerAddress] = customer.places_now  # type: ignore[attr-defined]
        return f"{found[0].text} {found[0].building}".rstrip() if found else ""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=[hit.customer_id for hit in search(search_term, _MOST_FOUND)]), False

    def save_model(self, request: HttpRequest, obj: Customer, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        """Through the services, so that history, version and search stay right."""
        fields = {name: form.cleaned_data[name] for name in profiles.FIELDS if name in form.changed_data}
        if change:
            profiles.update(
                obj.pk,
                Customer.objects.values_list("version", flat=True).get(pk=obj.pk),
                fields,
                request.user,
            )  # type: ignore[arg-type]
            return
        super().save_model(request, obj, form, change)
        note(obj, "created", request.user, after=fields)  # type: ignore[arg-type]
        reindex(obj)


@admin.register(DepositWaiver)
class DepositWaiverAdmin(AuditedAdmin):
    """Who saves it approves it."""

    list_display = [
        *("customer", "agreement_no", "valid_from", "valid_to", "most_buckets", "approved_by", "approved_at"),
    ]
    list_select_related = ["customer", "approved_by"]
    search_fields = ["customer__name", "agreement_no"]
    autocomplete_fields = ["customer"]
    readonly_fields = ["approved_by", "approved_at"]

    def save_model(self, request: HttpRequest, obj: DepositWaiver, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        obj.approved_by, obj.approved_at = request.user, timezone.now()  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(CustomerMerge)
class CustomerMergeAdmin(ReadOnlyAdmin):
    list_display = ["at", "kept", "gone", "who", "why", "undone_at"]
    list_select_related = ["kept", "gone"]
    actions = ["undo"]

    @admin.action(description=_("Undo this merge"))
    def undo(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            try:
                merging.undo(row.pk, request.user)  # type: ignore[arg-type]
            except CustomerRefusal as error:
                self.message_user(request, cells.sentence(error), "ERROR")


class NumberTagForm(ModelForm):  # type: ignore[type-arg]
    def clean_e164(self) -> str:
        try:
            return cells.number_of(self.cleaned_data["e164"])
        except ValueError as error:
            raise ValidationError(str(error)) from None


class NumbersHomesAdmin(AuditedAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Says of when the file of mobile prefixes is: beside what people entered it decides about homes."""
        found = prefix_file.present()
        level = "WARNING" if found.unusable or prefix_file.is_old(found) else "INFO"
        if request.method == "GET":
            self.message_user(request, found.words()[english()], level)
        return super().changelist_view(request, extra_context)


@admin.register(NumberTag)
class NumberTagAdmin(NumbersHomesAdmin):
    list_display = ["masked", "county", "lasting", "who", "at"]
    list_filter = ["county", "lasting"]
    form = NumberTagForm
    sheet = ("e164", "county", "lasting", "who", "at")
    sheet_cells = {"e164": cells.Number()}
    sheet_key = ("e164",)
    sheet_read_only = ("who", "at")

    @admin.display(description=_("number"))
    def masked(self, tag: NumberTag) -> str:
        return phones.masked(tag.e164)


@admin.register(ExchangePrefix)
class ExchangePrefixAdmin(NumbersHomesAdmin):
    list_display = ["area_code", "prefix", "county", "source"]
    list_filter = ["area_code", "county"]
    sheet = ("area_code", "prefix", "county", "source")
    sheet_cells = {"area_code": cells.AreaCode()}
    sheet_key = ("area_code", "prefix")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Says what customers' own addresses suggest; adding it stays the operator's decision."""
        area_code = places.pack().city.area_code
        proposals = selectors.exchange_proposals(area_code) if request.method == "GET" else []
        for prefix, county, count in proposals[:_MOST_PROPOSED]:
            what = f"{area_code} {prefix} → {county_zh(places.pack(), county)} {county} ({count})"
            self.message_user(request, _("Customers' addresses suggest: %(what)s") % {"what": what})
        return super().changelist_view(request, extra_context)


@admin.register(CustomerChange)
class CustomerChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "customer", "who", "what"]
    list_filter = ["what"]
    list_select_related = ["customer"]
    days = "at"


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    grows = False
    list_display = ["at", "who", "file", "customers", "undone_at", "taken_back"]
