"""Import of customers and export of one person's data over HTTP."""

import json

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from springline.business import sheets
from springline.business.accounts.roles import Action
from springline.business.customers import erasing, importing, selectors
from springline.business.customers.import_rows import Problem
from springline.business.customers.models import Customer
from springline.business.customers.refusals import Refusals
from springline.business.customers.schemas import ImportedOut, ImportPreviewOut, ProblemOut, ReasonIn
from springline.business.http import BOTH, ApiError, answers, english, not_found, require

router = Router(tags=["customers"], auth=BOTH)
_PROBLEMS_SHOWN = 200
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
