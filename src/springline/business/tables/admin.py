"""Admins of tables: sheets out of all of them, sheets into those that people edit, history of these."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin as DjangoAdmin
from django.contrib.admin.utils import get_fields_from_path
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.results import Result
from import_export.widgets import Widget
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.widgets import UnfoldAdminTextInputWidget

from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.accounts.tables import TABLES
from springline.business.customers.searching import search
from springline.business.sheets import SheetError
from springline.business.tables import large, linking, looking, numbers, regions
from springline.business.tables.days import DaysFilter
from springline.business.tables.formats import AnySheet, Csv, Xlsx, said
from springline.business.tables.resources import Sheet, sheet_of
from springline.business.tables.showing import ChangeWords, NamedFilter, WordsField, column, is_words

MOST_EXPORTED = 200_000
MOST_CUSTOMERS = 50


class ReasonForm(ExportForm):  # type: ignore[misc]
    """For personal data: the audit row says why they left the house."""

    why = forms.CharField(label=gettext_lazy("reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


class _Typed:
    """Regions, numbers and lists of words are typed as such, in forms and in rows of forms.

    `helps`: what a field means to whoever fills it in, by its name.
    """

    helps: Mapping[str, Any] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        help_text = self.helps.get(db_field.name) or db_field.help_text
        how = {"label": db_field.verbose_name, "required": not db_field.blank, "help_text": help_text}
        if regions.is_region(db_field) or regions.are_regions(db_field):
            return regions.formfield(db_field, **how)
        if numbers.is_phone(db_field):
            return numbers.PhoneField(max_length=db_field.max_length, **how)
        if is_words(db_field):
            return WordsField(widget=UnfoldAdminTextInputWidget, **how)
        found = super().formfield_for_dbfield(db_field, request, **more)  # type: ignore[misc]
        if found is not None:
            found.help_text = help_text
        return found

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Rows of long tables are looked for: a select box of thousands is no choice."""
        meta = self.opts  # type: ignore[attr-defined]
        long = [field.name for field in (*meta.fields, *meta.many_to_many) if large.looked_for(field)]
        return [*super().get_autocomplete_fields(request), *long]  # type: ignore[misc]


class RowsInline(_Typed, TabularInline):  # type: ignore[misc]
    """Rows of another table within a form. What a row is called stands in its columns already."""

    hide_title = True
    extra = 0


class ShownRows(RowsInline):
    """Rows that are only read; a subclass names `fields`."""

    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        return list(self.fields)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ExportingAdmin(_Typed, ExportMixin, ModelAdmin):  # type: ignore[misc]
    """`days`: the time or day that the list is narrowed down by. `grows`: there is no end to its rows.

    `sheet`: columns in order, "product__sku" for a product by its SKU; empty: every column with a name.

    `sheet_cells`: how a column is written where its field's own way will not do (tables/cells.py).
    """

    list_fullwidth = True
    paginator = large.CountedUpTo
    show_full_result_count = False
    list_per_page = 50
    grows = False
    days = ""
    sheet: Sequence[str] = ()
    sheet_key: Sequence[str] = ()
    sheet_read_only: Sequence[str] = ()
    sheet_cells: Mapping[str, Widget] = {}
    sheet_kind: type[Sheet] = Sheet
    export_formats = (Xlsx, Csv)

    @property
    def list_filter_submit(self) -> bool:
        """What is typed or looked for needs a button."""
        return bool(self.days) or any(map(self._is_looked_for, self.list_filter))

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request)
        match = request.resolver_match
        listed = match is not None and (match.url_name or "").endswith("_changelist")
        return linking.named(found, self.list_display) if listed else found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        fields = {field.name: field for field in self.opts.concrete_fields}
        names = super().get_list_display(request)
        return [column(fields[name], request) if name in fields else name for name in names]

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[large.Listed]:
        return large.Listed

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """The rows that a list names are read together with its own."""
        named = {field.name for field in self.opts.concrete_fields if field.many_to_one or field.one_to_one}
        return super().get_list_select_related(request) or sorted(named & set(self.list_display))

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What has no name for people is not for them."""
        nameless = [field.name for field in self.opts.concrete_fields if not _is_for_people(field)]
        return [*(super().get_exclude(request, obj) or []), *nameless]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        own = {"county": regions.CountyFilter, "channel": NamedFilter, "what": NamedFilter}
        choices = {field.name for field in self.opts.concrete_fields if field.choices}
        return [
            *([(self.days, DaysFilter)] if self.days else []),
            *(
                (name, own[name]) if name in own and name not in choices else self._filter(name)
                for name in super().get_list_filter(request)
            ),
        ]

    def _filter(self, name: Any) -> Any:
        if self._is_looked_for(name):
            return (name, large.LookedForFilter)
        field = self.opts.get_field(name) if isinstance(name, str) and "__" not in name else None
        written = isinstance(field, models.CharField) and not field.choices
        return (name, large.NewestValuesFilter) if written else name

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """`grows`: only by what an index leads."""
        found = super().get_sortable_by(request)
        return [name for name in found if name in large.led_by_index(self.model)] if self.grows else found

    def _is_looked_for(self, name: Any) -> bool:
        return isinstance(name, str) and large.looked_for(get_fields_from_path(self.model, name)[-1])

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """What is done to all rows of the list is done to no more than the list says there are."""
        if request.POST.get("select_across") == "1" and large.CountedUpTo(queryset, 1).more:
            text = _("More than %(most)s rows: narrow the list by its filters first.")
            self.message_user(request, text % {"most": large.MOST_COUNTED}, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Where rows are a customer's, the customer's name and number find them too."""
        fields = self.get_search_fields(request)
        if not fields or not search_term.strip():
            return queryset, False
        found = looking.matching(self.model, fields, search_term)
        if not {"=customer_id", "=customer__id"}.isdisjoint(fields):
            customers = [hit.customer_id for hit in search(search_term, MOST_CUSTOMERS)]
            found |= Q(customer_id__in=customers)
        return queryset.filter(found), False

    def get_resource_classes(self, request: HttpRequest) -> list[type[Sheet]]:
        columns = self.sheet or [field.name for field in self.opts.concrete_fields if _is_for_people(field)]
        sheet = sheet_of(
            self.model, columns, self.sheet_key, self.sheet_read_only, self.sheet_cells, self.sheet_kind
        )
        return [sheet]

    def get_export_form_class(self) -> type[ExportForm]:
        return ReasonForm if self._is_personal() else ExportForm

    def get_export_queryset(self, request: HttpRequest) -> Any:
        related = {name.partition("__")[0] for name in self.sheet if "__" in name}
        related -= {field.name for field in self.opts.many_to_many}
        found = super().get_export_queryset(request)
        return found.select_related(*related) if related else found

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **more: Any) -> bytes:
        """Leaves an audit row. Raises ValueError when there are more rows than a sheet should have."""
        count = queryset.count()
        if count > MOST_EXPORTED:
            raise ValueError(
                _("%(count)s rows are more than %(most)s: narrow the list by its filters first.")
                % {"count": count, "most": MOST_EXPORTED}
            )
        data: bytes = super().get_export_data(file_format, request, queryset, **more)
        form = more.get("export_form")
        audit(
            request.user,  # type: ignore[arg-type]
            f"{self.opts.model_name}.exported",
            why=form.cleaned_data.get("why", "") if form else "",
            rows=count,
            format=file_format.get_title(),
            # Only which filters: what was searched for may be somebody's number.
            filters=sorted(name for name in request.GET if request.GET[name]),
        )
        return data

    def init_request_context_data(self, request: HttpRequest, form: forms.Form) -> dict[str, Any]:
        context: dict[str, Any] = super().init_request_context_data(request, form)
        sheets = self.get_export_resource_classes(request)
        context["fields_list"] = [(kind.get_display_name(), kind().get_export_headers()) for kind in sheets]
        return context

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        return f"{self.opts.model_name}-{timezone.localdate():%Y%m%d}.{file_format.get_extension()}"

    def _is_personal(self) -> bool:
        rule = TABLES.get(self.opts.label_lower)
        return rule is None or rule.export is not Action.EXPORT_TABLES


class EditingAdmin(ImportExportMixin, ExportingAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    """Sheets come in too when `sheet_key` names the columns that tell rows apart; all rows or none."""

    import_formats = (AnySheet,)
    import_form_class = ImportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.sheet_key) and bool(super().has_import_permission(request))

    def get_import_data_kwargs(self, **more: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**more), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: forms.Form, error: Exception) -> None:
        if not isinstance(error, SheetError):
            raise error
        form.add_error("import_file", said(error))

    def process_import(self, request: HttpRequest, **more: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().process_import(request, **more)
        except FileNotFoundError:
            return self._again(request, _("The previewed file is gone: choose it again."))
        return answer

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            return self._again(request, _("Something changed since the preview. Nothing was taken in."))
        audit(
            request.user,  # type: ignore[arg-type]
            f"{self.opts.model_name}.imported",
            **{kind: count for kind, count in result.totals.items() if count},
        )
        answer: HttpResponse = super().process_result(result, request)
        return answer

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        words = {kind: result.totals[kind] for kind in ("new", "update", "skip")}
        messages.success(
            request, _("Taken in: %(new)s new, %(update)s changed, %(skip)s as they were.") % words
        )

    def get_historical_record_context_helper(self, request: HttpRequest, record: Any) -> ChangeWords:
        return ChangeWords(self.model, record)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if hasattr(self.opts, "simple_history_manager_attribute"):
            return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]
        return DjangoAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, *_more: Any, **_how: Any
    ) -> HttpResponse:
        """An old version is not put back by a form; the list of changes says all there is to see."""
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[object_id])
        )

    def _again(self, request: HttpRequest, message: str) -> HttpResponse:
        messages.error(request, message)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))


def _is_for_people(field: Any) -> bool:
    """Whether somebody gave the field a name for people; secrets and what is derived have none."""
    return bool(field.primary_key or field._verbose_name)
