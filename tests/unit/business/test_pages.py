"""Pages and files: the desk, static files, headers, the documents, the back office in Chinese."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from ninja import Schema

import springline.business
from springline.business import catalogue, openapi, static
from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.hotline.models import Hotline, IvrVersion
from springline.business.hotline.services import draft_flow, publish_flow
from tests.unit.business import people
from tests.unit.business.people import FakeControl

HERE = Path(springline.business.__file__).parent
ROOT = HERE.parents[2]
PO = catalogue.FOLDER / "zh_Hans/LC_MESSAGES/django.po"


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Path:  # type: ignore[no-untyped-def]
    class Home(type(settings.HOME)):  # type: ignore[misc]
        @property
        def frontend_dir(self) -> Path:
            return tmp_path

    settings.HOME = Home(**{name: getattr(settings.HOME, name) for name in settings.HOME.__struct_fields__})
    (tmp_path / "secret.txt").write_text("secret")
    for app in static.APPS:
        built = tmp_path / app / "dist"
        (built / "assets").mkdir(parents=True)
        (tmp_path / app / "secret.txt").write_text("secret")
        (built / "index.html").write_text(f"<!DOCTYPE html><title>{app}</title>")
        (built / "assets/app-1a2b.js").write_text("1")
    (tmp_path / "courier/dist/sw.js").write_text("2")
    (tmp_path / "courier/dist/manifest.webmanifest").write_text("{}")
    return tmp_path


def test_the_root_leads_to_the_desk() -> None:
    assert Client().get("/")["Location"] == "/desk/"


@pytest.mark.parametrize("app", static.APPS)
def test_one_page_for_every_route_of_an_app(dist: Path, app: str) -> None:
    for path in ("", "calls/c1"):
        answer = Client().get(f"/{app}/{path}")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache")
        assert f"<title>{app}</title>" in answer.content.decode()
        assert "csrftoken" in answer.cookies
    assert Client().get("/nothing/").status_code == 404


@pytest.mark.parametrize("app", static.APPS)
def test_an_app_that_is_not_built_says_what_to_do(dist: Path, app: str) -> None:
    (dist / app / "dist/index.html").unlink()
    answer = Client().get(f"/{app}/")
    assert answer.status_code == 503
    assert "make setup" in answer.content.decode()
    assert "页面尚未构建" in answer.content.decode()


def test_assets_are_cached_for_good_and_others_for_an_hour(dist: Path) -> None:
    client = Client()
    answer = client.get("/static/desk/assets/app-1a2b.js")
    assert (answer.status_code, answer.content) == (200, b"1")
    assert answer["Content-Type"] in {"text/javascript", "application/javascript"}
    assert "immutable" in answer["Cache-Control"]
    again = client.get(
        "/static/desk/assets/app-1a2b.js", headers={"If-Modified-Since": answer["Last-Modified"]}
    )
    assert again.status_code == 304
    assert client.get("/static/ninja/swagger-ui.css")["Cache-Control"] == "max-age=3600"


def test_the_courier_app_can_be_installed_and_serves_its_pages_offline(dist: Path) -> None:
    client = Client()
    worker = client.get("/static/courier/sw.js")
    assert (worker["Service-Worker-Allowed"], worker["Cache-Control"]) == ("/courier/", "no-cache")
    assert "javascript" in worker["Content-Type"]
    manifest = client.get("/static/courier/manifest.webmanifest")
    assert (manifest["Content-Type"], manifest["Cache-Control"]) == ("application/manifest+json", "no-cache")
    # The worker keeps the page from there, with its headers.
    for page in ("/courier/", "/static/courier/index.html"):
        assert "img-src 'self' data: blob:" in client.get(page)["Content-Security-Policy"]
    assert "Service-Worker-Allowed" not in client.get("/static/desk/assets/app-1a2b.js")


@pytest.mark.parametrize(
    "path",
    [
        "/static/desk/../secret.txt",
        "/static/courier/../secret.txt",
        "/static/desk/%2e%2e/secret.txt",
        "/static/desk//etc/passwd",
        "/static//etc/passwd",
        "/static/../pyproject.toml",
        "/static/desk/",
        "/static/desk/none.js",
        "/static/desk/a%00b",
        "/static/",
    ],
)
def test_nothing_else_is_served(dist: Path, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_headers_of_every_page(dist: Path) -> None:
    answer = Client().get("/desk/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "frame-ancestors 'none'" in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "'unsafe-eval'" in Client().get("/admin/login/")["Content-Security-Policy"]


def test_the_documents_need_no_other_host(db: None) -> None:
    page = Client().get("/api/docs")
    assert page.status_code == 200
    text = page.content.decode()
    assert "http://" not in text
    assert "https://" not in text
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_every_schema_has_a_name_of_its_own() -> None:
    """Two classes of one name would be one in the API document, and one of them wrong."""
    names = [kind.__name__ for kind in _subclasses(Schema) if kind.__module__.startswith("springline.")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def _subclasses(kind: type) -> set[type]:
    return {found for child in kind.__subclasses__() for found in (child, *_subclasses(child))}


def test_the_api_document_is_the_one_the_front_end_was_made_from() -> None:
    committed = ROOT / "frontend/desk/openapi.json"
    assert committed.read_text() == openapi.document(), (
        "run: python -m springline.business.openapi > frontend/desk/openapi.json, then generate the client"
    )


def test_the_api_document_does_not_depend_on_the_home(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "springline.business.openapi"],
        env={"PATH": "/usr/bin:/bin", "SPRINGLINE_WEB_PORT": "9123", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == openapi.document()


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "accounts/user/",
        "accounts/user/add/",
        "accounts/apitoken/",
        "accounts/auditrow/",
        "hotline/hotline/",
        "hotline/ivrversion/",
        "hotline/queue/add/",
        "hotline/agent/1001/change/",
        "hotline/pausereason/add/",
        "customers/customer/",
        "customers/customer/?q=wdj",
        "customers/customer/add/",
        "customers/customermerge/",
        "customers/numbertag/add/",
        "customers/exchangeprefix/add/",
        "customers/customerchange/",
        "customers/importrun/",
        "calls/call/",
        "calls/call/c1/change/",
        "calls/recording/",
        "calls/wrapupcode/add/",
        "calls/agentstaterow/",
        "calls/trunkrefusal/",
        "calls/systemevent/",
        "calls/purgerow/",
        "catalog/product/add/",
        "catalog/buckettype/",
        "catalog/batch/",
        "catalog/pricerule/add/",
        "catalog/servicearea/",
        "vouchers/voucherpackage/add/",
        "vouchers/voucherlot/",
        "vouchers/voucherentry/",
        "vouchers/bucketentry/",
        "vouchers/depositentry/",
        "vouchers/iou/",
        "vouchers/paperexchange/",
        "vouchers/paperphoto/",
        "vouchers/reconcileitem/",
        "vouchers/clearingentry/",
        "vouchers/vouchercase/",
    ],
)
def test_the_back_office_opens_in_chinese(agents: object, signed_in, page: str) -> None:  # type: ignore[no-untyped-def]
    people.a_call("c1")
    answer = signed_in(people.a(Role.ADMIN)).get(f"/admin/{page}")
    assert answer.status_code == 200
    assert "泉线" in answer.content.decode()


def test_calls_stand_in_words_in_the_back_office(agents: object, signed_in) -> None:  # type: ignore[no-untyped-def]
    people.a_call("c1")
    page = signed_in(people.a(Role.OWNER)).get("/admin/calls/call/").content.decode()
    assert "霍山县" in page
    assert "00:03" in page
    assert ">huoshan<" not in page


def test_a_number_read_in_the_back_office_leaves_an_audit_row(agents: object, signed_in) -> None:  # type: ignore[no-untyped-def]
    from springline.business.accounts.models import AuditRow

    people.a_call("c1")
    client = signed_in(people.a(Role.OWNER))
    client.get("/admin/calls/call/")
    client.get("/admin/calls/call/c1/change/")
    rows = AuditRow.objects.filter(what__startswith="number").order_by("id")
    assert [(row.what, row.object_id) for row in rows] == [("numbers.listed", ""), ("number.read", "c1")]


def test_an_admin_makes_a_user_with_a_good_password(agents: object, signed_in) -> None:  # type: ignore[no-untyped-def]
    from springline.business.accounts.models import AuditRow, User

    client = signed_in(people.a(Role.ADMIN))
    form = {"username": "xiaohong", "name": "小红", "role": "agent", "language": "zh-hans", "is_active": "on"}
    for weak in ("", "short", "1234567890"):
        assert client.post("/admin/accounts/user/add/", {**form, "new_password": weak}).status_code == 200
    assert not User.objects.filter(username="xiaohong").exists()
    answer = client.post("/admin/accounts/user/add/", {**form, "new_password": "pale-otter-59"})
    assert answer.status_code == 302
    assert User.objects.get(username="xiaohong").check_password("pale-otter-59")
    row = AuditRow.objects.get(what="user.created")
    assert "pale" not in str(row.detail)


@pytest.mark.parametrize(("errors", "state"), [((), "live"), (("node x: no prompt",), "draft")])
def test_a_flow_goes_live_only_when_control_finds_it_good(  # type: ignore[no-untyped-def]
    agents: object, signed_in, floor: FakeControl, errors: tuple[str, ...], state: str
) -> None:
    floor.flow_errors = errors
    flow = draft_flow(Hotline.objects.create(number="4000564000"), "v1", "x")
    client = signed_in(people.a(Role.OWNER))
    form = {"action": "make_live", "_selected_action": [flow.pk]}
    page = client.post("/admin/hotline/ivrversion/", form, follow=True).content.decode()
    assert IvrVersion.objects.get().state == state
    assert all(error in page for error in errors)


@pytest.mark.parametrize(("errors", "live"), [((), "v1"), (("node x: no prompt",), "v2")])
def test_the_former_version_comes_back_by_a_button_that_asks_why(  # type: ignore[no-untyped-def]
    agents: object, signed_in, floor: FakeControl, errors: tuple[str, ...], live: str
) -> None:
    floor.flow_errors = errors
    hotline = Hotline.objects.create(number="4000564000")
    client = signed_in(people.a(Role.OWNER))
    path = f"/admin/hotline/hotline/{hotline.pk}/"
    publish_flow(draft_flow(hotline, "v1", "x"))
    assert "之前没有其他版本" in client.get(f"{path}roll-back/", follow=True).content.decode()
    publish_flow(draft_flow(hotline, "v2", "x"))
    assert "恢复上一个菜单版本" in client.get(f"{path}change/").content.decode()
    asked = client.get(f"{path}roll-back/").content.decode()
    assert "恢复为 v1" in asked
    assert client.post(f"{path}roll-back/", {"why": " "}).status_code == 200, "a reason is needed"
    assert IvrVersion.objects.get(state="live").version == "v2"
    page = client.post(f"{path}roll-back/", {"why": "客户听不懂"}, follow=True).content.decode()
    assert IvrVersion.objects.get(state="live").version == live
    assert all(error in page for error in errors)
    assert AuditRow.objects.filter(what="flow.published", why="客户听不懂").exists() == (live == "v1")


def test_nobody_without_the_right_brings_a_former_version_back(agents: object, signed_in) -> None:  # type: ignore[no-untyped-def]
    hotline = Hotline.objects.create(number="4000564000")
    for version in ("v1", "v2"):
        publish_flow(draft_flow(hotline, version, "x"))
    path = f"/admin/hotline/hotline/{hotline.pk}/roll-back/"
    answer = signed_in(people.a(Role.SUPERVISOR)).post(path, {"why": "x"})
    assert answer.status_code in {302, 403}
    assert IvrVersion.objects.get(state="live").version == "v2"


def test_without_control_no_flow_goes_live(agents: object, signed_in) -> None:  # type: ignore[no-untyped-def]
    flow = draft_flow(Hotline.objects.create(number="4000564000"), "v1", "x")
    form = {"action": "make_live", "_selected_action": [flow.pk]}
    page = signed_in(people.a(Role.OWNER)).post("/admin/hotline/ivrversion/", form, follow=True)
    assert IvrVersion.objects.get().state == "draft"
    assert "无法检查" in page.content.decode()


# Translations.


def messages() -> set[str]:
    found = set()
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "noop", "gettext_lazy"}
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_message_has_a_chinese_one_and_no_other_is_kept() -> None:
    translated = {key: value for key, value in catalogue.read_po(PO).items() if key}
    templates = "".join(path.read_text() for path in HERE.rglob("*.html"))
    assert not {text for text in messages() if not translated.get(text)}
    assert not {text for text in set(translated) - messages() if text not in templates}


def test_the_compiled_catalogue_is_current() -> None:
    assert PO.with_suffix(".mo").read_bytes() == catalogue.compile_mo(catalogue.read_po(PO)), (
        "run: python -m springline.business.catalogue"
    )


def test_placeholders_are_the_same_in_both_languages() -> None:
    import re

    fields = re.compile(r"\{(\w+)|%\((\w+)\)s")
    for source, text in catalogue.read_po(PO).items():
        assert sorted(fields.findall(source)) == sorted(fields.findall(text)), source


def test_django_reads_the_catalogue() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Unknown number") == "未知号码"
    with translation.override("en"):
        assert translation.gettext("Unknown number") == "Unknown number"


def test_a_bad_catalogue_line_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "x.po"
    bad.write_text('msgid "a"\nnonsense\n')
    with pytest.raises(ValueError, match="x.po:2"):
        catalogue.read_po(bad)
