"""The columns of a table's sheet: Chinese headers out; headers of either language and field names in."""

from collections.abc import Mapping, Sequence
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import Widget

from springline.business.tables import numbers, regions
from springline.business.tables.cells import cell_of
from springline.business.tables.money import Yuan


class Sheet(ModelResource):  # type: ignore[misc]
    """`read_only`: columns that are exported, and passed over when the same file is imported again."""

    read_only: frozenset[str] = frozenset()

    def get_import_fields(self) -> list[Field]:
        return [self.fields[name] for name in self._meta.export_order if name not in self.read_only]

    def import_data(self, dataset: tablib.Dataset, *given: Any, **more: Any) -> Result:
        """Bad rows bear the number of their line in the file."""
        result = super().import_data(dataset, *given, **more)
        lines = getattr(dataset, "lines", None)
        if lines:
            for row in [*result.invalid_rows, *result.error_rows]:
                row.number = lines[row.number - 1]
        return result

    def import_row(self, row: Any, *given: Any, **more: Any) -> RowResult:
        """What is wrong stands at the column's title rather than at the field's name."""
        result = super().import_row(row, *given, **more)
        wrong = result.validation_error
        if wrong is not None and hasattr(wrong, "error_dict"):
            result.validation_error = ValidationError(
                {
                    self._titles([name]) if name in self.fields else name: found
                    for name, found in wrong.error_dict.items()
                }
            )
        return result

    def before_import(self, dataset: tablib.Dataset, **_more: Any) -> None:
        """Names the columns as ours. Raises ValueError, and leaves no row, when they cannot be understood."""
        known = self._headers()
        named = {known.get(_bare(text)) for text in dataset.headers}
        if self._meta.import_id_fields == ("id",) and "id" not in named:
            # Rows that people wrote themselves have no number yet.
            dataset.append_col([""] * len(dataset), header="id")
        columns = [known.get(_bare(text), "") for text in dataset.headers]
        strange = [text for text, name in zip(dataset.headers, columns, strict=True) if text and not name]
        missing = [name for name in self._meta.import_id_fields if name not in columns]
        twice = sorted({name for name in columns if name and columns.count(name) > 1})
        if strange or missing or twice:
            dataset.wipe()
        if missing:
            raise ValueError(_("Missing columns: %(names)s.") % {"names": self._titles(missing)})
        if strange:
            raise ValueError(
                _("Unknown columns: %(names)s. Known are: %(known)s.")
                % {"names": "、".join(strange), "known": self._titles(self.fields)}
            )
        if twice:
            raise ValueError(_("Columns that occur twice: %(names)s.") % {"names": self._titles(twice)})
        dataset.headers = [str(self.fields[name].column_name) if name else "" for name in columns]

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> Any:
        instance, new = super().get_or_init_instance(instance_loader, row)
        if new and self._meta.import_id_fields == ("id",) and row[self.fields["id"].column_name]:
            raise ValidationError({"id": _("There is no such row: leave this empty for a new one.")})
        return instance, new

    def after_export(self, queryset: Any, dataset: tablib.Dataset, **_more: Any) -> None:
        dataset.title = str(self._meta.model._meta.verbose_name_plural)

    def _headers(self) -> dict[str, str]:
        """By their names in the database, too: but not 分 in a column of yuan, a hundred times as much."""
        paid = {name for name, field in self.fields.items() if isinstance(field.widget, Yuan)}
        known = {_bare(name): name for name in self.fields if name not in paid}
        for language in ("en", "zh-hans"):
            with override(language):
                known |= {_bare(str(field.column_name)): name for name, field in self.fields.items()}
        return known

    def _titles(self, names: Any) -> str:
        return "、".join(str(self.fields[name].column_name) for name in names)


def sheet_of(
    model: type[models.Model],
    columns: Sequence[str],
    key: Sequence[str] = (),
    read_only: Sequence[str] = (),
    cells: Mapping[str, Widget] | None = None,
    kind: type[Sheet] = Sheet,
) -> type[Sheet]:
    """`columns`: fields; "product__sku" is the product by its SKU. `key`: the fields that tell rows apart.

    Raises FieldDoesNotExist.
    """
    fields: dict[str, Any] = {}
    for column in columns:
        name, _double, code = column.partition("__")
        field: Any = model._meta.get_field(name)
        # Another row by its key alone is read without asking for that row.
        bare = bool(field.many_to_one or field.one_to_one) and not code
        fields[name] = Field(
            attribute=field.attname if bare else name,
            column_name="ID" if field.primary_key and not field._verbose_name else field.verbose_name,
            widget=(cells or {}).get(name) or _cell(field.target_field if bare else field, code or "pk"),
        )
    meta = {
        "model": model,
        "fields": tuple(fields),
        "import_id_fields": tuple(key),
        "skip_unchanged": True,
        "report_skipped": True,
        "import_order": tuple(fields),
        "export_order": tuple(fields),
        "clean_model_instances": True,
        "use_transactions": True,
    }
    return type(
        f"{model.__name__}Sheet",
        (kind,),
        {**fields, "Meta": type("Meta", (), meta), "read_only": frozenset(read_only)},
    )


def _cell(field: Any, code: str) -> Widget:
    if regions.is_region(field):
        return regions.Region()
    if numbers.is_phone(field):
        return numbers.Phone()
    return regions.Regions() if regions.are_regions(field) else cell_of(field, code)


def _bare(text: str) -> str:
    return text.strip().lower().replace("（", "(").replace("）", ")").replace(" ", "")
