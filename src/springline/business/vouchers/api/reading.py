"""What the desk shows of a customer's vouchers."""

from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from springline.business.accounts.roles import Action
from springline.business.customers.models import Customer
from springline.business.customers.selectors import family
from springline.business.http import ApiError, answers, english, not_found, require
from springline.business.vouchers import schemas as out
from springline.business.vouchers import selectors, shapes
from springline.business.vouchers import statement as statements
from springline.business.vouchers.models import VoucherEntry, VoucherLot, VoucherPackage
from springline.business.vouchers.statement import Statement
from springline.business.vouchers.statement_page import html as statement_page_of
from springline.platform.pdf import PdfUnavailable, pdf

router = Router()
_A_YEAR = timedelta(days=366)
_MOST_ENTRIES = 100


@router.get("/packages", response=answers(list[out.PackageOut]))
def packages(request: HttpRequest) -> list[VoucherPackage]:
    require(request, Action.READ_VOUCHERS)
    return list(VoucherPackage.objects.filter(active=True))


@router.get("/customers/{customer_id}", response=answers(out.PanelOut))
def panel(request: HttpRequest, customer_id: int) -> out.PanelOut:
    """The ticket panel: balance, lots, buckets and deposits, what fits, last failures, what is owed."""
    require(request, Action.READ_VOUCHERS)
    return shapes.panel(family(customer_id))


@router.get("/customers/{customer_id}/balance", response=answers(out.BalanceOut))
def balance(request: HttpRequest, customer_id: int) -> out.BalanceOut:
    require(request, Action.READ_VOUCHERS)
    return out.BalanceOut(**asdict(selectors.balance(family(customer_id))))


@router.get("/customers/{customer_id}/lots", response=answers(list[out.LotOut]))
def lots(request: HttpRequest, customer_id: int) -> list[out.LotOut]:
    require(request, Action.READ_VOUCHERS)
    now = timezone.now()
    return [shapes.lot(held, now) for held in selectors.heads(family(customer_id))]


@router.get("/lots/{lot_id}/entries", response=answers(list[out.EntryOut], 404))
def entries(request: HttpRequest, lot_id: int) -> list[out.EntryOut]:
    """What happened to one lot, the newest first: the ledger a fix is explained with."""
    require(request, Action.READ_VOUCHERS)
    if not VoucherLot.objects.filter(pk=lot_id).exists():
        raise not_found("unknown_lot")
    rows = VoucherEntry.objects.filter(lot=lot_id).order_by("-seq")[:_MOST_ENTRIES]
    return [shapes.entry(row) for row in rows]


@router.get("/customers/{customer_id}/statement", response=answers(out.StatementOut, 422))
def statement(
    request: HttpRequest, customer_id: int, since: datetime | None = None, until: datetime | None = None
) -> out.StatementOut:
    """Every line in [since, until): the last year without them. Lines name their order, call and delivery."""
    require(request, Action.READ_VOUCHERS)
    return out.StatementOut(**asdict(_statement(customer_id, since, until)))


@router.get(
    "/customers/{customer_id}/statement.html",
    response=answers(None, 404, 422),
    openapi_extra={"responses": {200: {"description": "A page to print", "content": {"text/html": {}}}}},
)
def statement_page(
    request: HttpRequest, customer_id: int, since: datetime | None = None, until: datetime | None = None
) -> HttpResponse:
    """The statement as a page to print; each line links to the desk's order, call and delivery."""
    require(request, Action.READ_VOUCHERS)
    return HttpResponse(_page(request, customer_id, since, until, printing=False))


@router.get(
    "/customers/{customer_id}/statement.pdf",
    response=answers(None, 404, 422, 503),
    openapi_extra={"responses": {200: {"description": "A4", "content": {"application/pdf": {}}}}},
)
def statement_pdf(
    request: HttpRequest, customer_id: int, since: datetime | None = None, until: datetime | None = None
) -> HttpResponse:
    """The same as a PDF with the same links. 503 `pdf_unavailable` says what this machine lacks."""
    require(request, Action.READ_VOUCHERS)
    page = _page(request, customer_id, since, until, printing=True)
    try:
        data = pdf(page, settings.HOME.home)
    except PdfUnavailable as error:
        message = error.message_en if english() else error.message_zh
        raise ApiError(503, error.code, message) from error
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="statement-{customer_id}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: HttpRequest, customer_id: int, since: datetime | None, until: datetime | None, *, printing: bool
) -> str:
    found, base = _statement(customer_id, since, until), request.build_absolute_uri("/").rstrip("/")
    try:
        return statement_page_of(found, customer_id, base=base, printing=printing)
    except Customer.DoesNotExist as error:
        raise not_found("unknown_customer") from error


def _statement(customer_id: int, since: datetime | None, until: datetime | None) -> Statement:
    end = _aware(until) or timezone.now()
    begin = _aware(since) or end - _A_YEAR
    return statements.statement(family(customer_id), begin, end)


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is Shanghai's."""
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment, ZoneInfo("Asia/Shanghai"))
