"""Admins of tables: sheets out of all of them, sheets into those that people edit, history of these."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin as DjangoAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin, ImportExportMixin
from import_export.results import Result
from import_export.widgets import Widget
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.widgets import UnfoldAdminTextInputWidget

from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit
from springline.business.accounts.tables import TABLES
from springline.business.sheets import SheetError
from springline.business.tables.formats import AnySheet, Csv, Xlsx, said
from springline.business.tables.resources import Sheet, sheet_of
from springline.business.tables.showing import ChangeWords, WordsField, column, is_words

MOST_EXPORTED = 200_000


class ReasonForm(ExportForm):  # type: ignore[misc]
    """For personal data: the audit row says why they left the house."""

    why = forms.CharField(label=gettext_lazy("reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


class ExportingAdmin(ExportMixin, ModelAdmin):  # type: ignore[misc]
    """`sheet`: columns in order, "product__sku" for a product by its SKU; empty: every column with a name.

    `sheet_cells`: how a column is written where its field's own way will not do (tables/cells.py).
    """

    list_fullwidth = True
    sheet: Sequence[str] = ()
    sheet_key: Sequence[str] = ()
    sheet_read_only: Sequence[str] = ()
    sheet_cells: Mapping[str, Widget] = {}
    sheet_kind: type[Sheet] = Sheet
    export_formats = (Xlsx, Csv)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        fields = {field.name: field for field in self.opts.concrete_fields}
        names = super().get_list_display(request)
        return [column(fields[name]) if name in fields else name for name in names]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **more: Any) -> Any:
        if is_words(db_field):
            kwargs = {"widget": UnfoldAdminTextInputWidget, "help_text": db_field.help_text}
            return WordsField(label=db_field.verbose_name, required=not db_field.blank, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **more)

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
