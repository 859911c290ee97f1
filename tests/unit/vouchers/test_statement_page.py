"""The statement on paper: what it says, where its lines lead, and a machine that cannot print."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import ImageFile

from springline.business.accounts.roles import Role
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer
from springline.business.vouchers import buckets, services
from springline.business.vouchers.models import VoucherPackage
from springline.business.vouchers.statement_page import yuan
from springline.platform.pdf import PdfUnavailable, libraries, printing
from tests.support import pdf_text
from tests.unit.vouchers.people import bought, req

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


@pytest.fixture
def customer(package: VoucherPackage, spring: Product) -> Customer:
    made = Customer.objects.create(name="王晓兰 <店>")
    bought(package, made.pk)
    services.redeem(req(order_id=31, delivery_id=41, call_id="call-51"), made.pk, spring, 2)
    assert spring.bucket_type is not None
    buckets.collect(req(), made.pk, spring.bucket_type, 1)
    return made


def test_the_page_says_it_in_words_and_links_every_line(customer: Customer, as_role: SignIn) -> None:
    url = f"/api/vouchers/customers/{customer.pk}/statement.html"
    page = as_role(Role.FINANCE).get(url).content.decode()
    assert "王晓兰 &lt;店&gt;" in page
    for path in ("orders/31", "calls/call-51", "deliveries/41"):
        assert f'href="http://testserver/desk/{path}"' in page
    assert re.search(r"购入 · 买十赠一.*?\+10.*?200\.00", page, re.DOTALL)
    assert re.search(r"核销 · 买十赠一 × 2", page)
    english = as_role(Role.FINANCE).get(url, headers={"accept-language": "en"}).content.decode()
    assert "Every line is one entry" in english
    assert as_role(Role.COURIER).get(url).status_code == 403
    assert as_role(Role.FINANCE).get(url.replace(str(customer.pk), "9999")).status_code == 404


def test_the_pdf_holds_the_chinese_text_and_the_links(customer: Customer, as_role: SignIn) -> None:
    if not (libraries.on_this_machine() and (printing.folder() / "fonts.conf").is_file()):
        pytest.skip("no printing parts; run make setup")
    answer = as_role(Role.AGENT).get(f"/api/vouchers/customers/{customer.pk}/statement.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    read = pdf_text.texts(answer.content)
    for text in ("水票对账单", "王晓兰", "核销", "买十赠一", "200.00", "押金（元）"):
        assert any(text in one for one in read), text
    assert pdf_text.links(answer.content) >= {
        f"http://testserver/desk/{path}" for path in ("orders/31", "calls/call-51", "deliveries/41")
    }


def test_a_machine_that_cannot_print_says_what_to_do(
    customer: Customer, as_role: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_folder: object) -> None:
        raise libraries.LibrariesMissing(["libpango-1.0.so.0"])

    monkeypatch.setattr(printing, "load", none)
    client, base = as_role(Role.AGENT), f"/api/vouchers/customers/{customer.pk}"
    answer = client.get(f"{base}/statement.pdf")
    assert (answer.status_code, answer.json()["code"]) == (503, "pdf_unavailable")
    assert "springline tools install printing" in answer.json()["message"]
    assert client.get(f"{base}/statement.html").status_code == 200


def test_a_document_fetches_nothing(tmp_path: object) -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        printing._nothing("file:///etc/passwd")


@pytest.mark.parametrize(("fen", "text"), [(0, ""), (5, "0.05"), (-12_345, "−123.45"), (20_000, "200.00")])
def test_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(libraries, "_loads", lambda name: "pango" not in name)
    with pytest.raises(libraries.LibrariesMissing) as missing:
        libraries.load(tmp_path)  # type: ignore[arg-type]
    assert missing.value.missing == ["libpango-1.0.so.0", "libpangoft2-1.0.so.0"]
    assert str(PdfUnavailable(f"({missing.value})"))


def test_printing_leaves_other_pictures_alone() -> None:
    """WeasyPrint tells Pillow, for the whole process, to take half a picture for a whole one."""
    printing.pdf("<p>水票</p>")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
