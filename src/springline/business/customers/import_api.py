"""Import of customers and export of one person's data over HTTP."""

import json

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from springline.business import sheets
from springline.business.accounts.roles import Action
from springline.business.customers import erasing, importing, selectors, unimporting
from springline.business.customers.import_rows import Problem
from springline.business.customers.models import Customer, ImportRun
from springline.business.customers.refusals import Refusals
from springline.business.customers.schemas import (
    ImportedOut,
    ImportKeptOut,
    ImportPreviewOut,
    ImportRunOut,
    ImportUndoIn,
    ImportUndoOut,
    ProblemOut,
    ReasonIn,
)
from springline.business.http import BOTH, ApiError, answers, english, not_found, require

router = Router(tags=["customers"], auth=BOTH)
_PROBLEMS_SHOWN = _KEPT_SHOWN = 200
_IMPORTS_SHOWN = 10
_CSV = {
    "responses": {
        200: {
            "description": "All bad rows as CSV (UTF-8 with BOM)",
            "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
_JSON = {
    "responses": {
        200: {
            "description": "Everything kept about the customer",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    }
}


@router.post("/customers/import/preview", response=answers(ImportPreviewOut, 422))
def preview(request: HttpRequest, file: File[UploadedFile]) -> ImportPreviewOut:
    """What a CSV or XLSX file would bring, and its bad rows; nothing is written."""
    require(request, Action.MANAGE_CUSTOMERS)
    look = _look(file)
    return ImportPreviewOut(
        digest=look.digest,
        columns=look.columns,
        ignored=list(look.ignored),
        total=look.total,
        good=look.good,
        bad=look.total - look.good,
        unlocated=look.unlocated,
        problems=[_problem(p) for p in look.problems[:_PROBLEMS_SHOWN]],
        sample=[{name: value for name, value in row.values.items() if value} for row in look.sample],
    )


@router.post("/customers/import/report", response=answers(None, 422), openapi_extra=_CSV)
def report(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    require(request, Action.MANAGE_CUSTOMERS)
    answer = HttpResponse(importing.report(_look(file).problems), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="import-problems.csv"'
    return answer


@router.post("/customers/import", response=answers(ImportedOut, 409, 422))
def take_in(request: HttpRequest, file: File[UploadedFile], digest: Form[str]) -> ImportedOut:
    """All rows or none. `digest`: of the preview; 409 bad_rows, other_file, taken_in, phone_taken."""
    actor = require(request, Action.MANAGE_CUSTOMERS)
    try:
        with Refusals():
            run = importing.take_in(file.read(), file.name or "", actor, digest)
    except sheets.SheetError as error:
        raise _unreadable(error) from None
    return ImportedOut(id=run.pk, customers=run.customers)


@router.get("/customers/imports", response=answers(list[ImportRunOut]))
def list_imports(request: HttpRequest) -> list[ImportRunOut]:
    """Those of the last 24 hours, the newest first."""
    require(request, Action.MANAGE_CUSTOMERS)
    return [ImportRunOut.from_orm(run) for run in unimporting.recent()[:_IMPORTS_SHOWN]]


@router.get("/customers/imports/{int:run_id}/undo", response=answers(ImportUndoOut, 404, 409))
def preview_undo(request: HttpRequest, run_id: int) -> ImportUndoOut:
    """What taking an import back would do; nothing is written."""
    require(request, Action.MANAGE_CUSTOMERS)
    _known(run_id)
    with Refusals():
        return _undoing(unimporting.look(run_id))


@router.post("/customers/imports/{int:run_id}/undo", response=answers(ImportUndoOut, 404, 409, 422))
def undo_import(request: HttpRequest, run_id: int, body: ImportUndoIn) -> ImportUndoOut:
    """Take an import of the last 24 hours back, but for who was used since. 409 changed, undone, too_late."""
    actor = require(request, Action.MANAGE_CUSTOMERS)
    _known(run_id)
    with Refusals():
        return _undoing(unimporting.undo(run_id, body.goes, actor))


@router.post("/customers/{int:customer_id}/export", response=answers(None, 404, 422), openapi_extra=_JSON)
def export(request: HttpRequest, customer_id: int, body: ReasonIn) -> HttpResponse:
    """One person's data for that person. Leaves an audit row with the reason."""
    actor = require(request, Action.MANAGE_CUSTOMERS)
    try:
        selectors.canonical(customer_id)
    except Customer.DoesNotExist:
        raise not_found("unknown_customer") from None
    text = json.dumps(erasing.export(customer_id, actor, body.why), ensure_ascii=False, indent=2, default=str)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _look(file: UploadedFile) -> importing.Preview:
    try:
        return importing.preview(file.read(), file.name or "")
    except sheets.SheetError as error:
        raise _unreadable(error) from None


def _unreadable(error: sheets.SheetError) -> ApiError:
    return ApiError(422, "bad_file", error.en if english() else error.zh)


def _problem(p: Problem) -> ProblemOut:
    return ProblemOut(line=p.line, column=p.column, value=p.value, message=p.en if english() else p.zh)


def _known(run_id: int) -> None:
    if not ImportRun.objects.filter(pk=run_id).exists():
        raise not_found("unknown_import")


def _undoing(look: unimporting.Look) -> ImportUndoOut:
    shown = list(look.kept)[:_KEPT_SHOWN]
    names = dict(Customer.objects.filter(pk__in=shown).values_list("pk", "name"))
    kept = [ImportKeptOut(customer_id=pk, name=names[pk], why=list(look.kept[pk])) for pk in shown]
    return ImportUndoOut(goes=len(look.goes), stays=len(look.kept), kept=kept)
