"""The photo of a paper voucher: stored once, seen by who decides, audited, exported, erased."""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from springline.business import pictures
from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.customers import hooks
from springline.business.vouchers import paper_photos
from springline.business.vouchers.models import PaperPhoto, VoucherPackage
from tests.unit.vouchers.people import WANG

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]
BASE = f"/api/vouchers/customers/{WANG}/fixes/paper"


def picture() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "camera"
    Image.new("RGB", (1700, 20), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(client: Client, data: bytes, key: str = ""):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("paper.jpg", data, "image/jpeg")
    return client.post(f"{BASE}/photo", {"key": key or str(uuid.uuid4()), "file": file})


def hand_in(client: Client, serial: str, photo_id: str):  # type: ignore[no-untyped-def]
    body = {"key": serial * 8, "sku": "SPRING-18.9", "qty": 1, "serial": serial, "photo_id": photo_id}
    return client.post(BASE, body, content_type="application/json")


def test_from_the_desk_to_who_decides(package: VoucherPackage, as_role: SignIn) -> None:
    agent, key = as_role(Role.AGENT), str(uuid.uuid4())
    found = {upload(agent, picture(), key).json()["id"] for _twice in range(2)}
    (photo,) = found
    row = PaperPhoto.objects.get()
    with Image.open(pictures.folder() / row.path) as stored:
        assert (stored.width, dict(stored.getexif())) == (1600, {})
    assert hand_in(agent, "AB12", photo).status_code == 200
    assert hand_in(agent, "AB13", photo).json()["code"] == "unknown_photo"
    chief = as_role(Role.SUPERVISOR)
    (waiting,) = chief.get("/api/vouchers/papers").json()
    assert waiting["photos"] == [photo]
    assert chief.get(f"/api/vouchers/papers/photos/{photo}").status_code == 200
    assert AuditRow.objects.filter(what="photo.seen").count() == 1
    assert hooks.export_parts["vouchers"]([WANG])["papers"][0]["photos"] == [photo]
    hooks.erasers["vouchers"]([WANG])
    assert not (pictures.folder() / row.path).exists()
    assert chief.get(f"/api/vouchers/papers/photos/{photo}").status_code == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_the_back_office_leads_to_the_picture(role: Role, package: VoucherPackage, as_role: SignIn) -> None:
    agent, office = as_role(Role.AGENT), as_role(role)
    photo = upload(agent, picture()).json()["id"]
    paper = hand_in(agent, "AB12", photo).json()["id"]
    link = f"/api/vouchers/papers/photos/{photo}"
    for page in (f"paperexchange/{paper}/change/", "paperphoto/?q=AB12"):
        assert f'href="{link}"' in office.get(f"/admin/vouchers/{page}").content.decode()
    assert office.get(link).status_code == 200


def test_another_agent_does_not_see_it(package: VoucherPackage, as_role: SignIn) -> None:
    photo = upload(as_role(Role.SUPERVISOR), picture()).json()["id"]
    assert as_role(Role.AGENT).get(f"/api/vouchers/papers/photos/{photo}").status_code == 403


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"text", 422), (b"\0\0\0\x18ftypheic", 422), (b"x" * (pictures.LARGEST_BYTES + 1), 413)],
    ids=["text", "heic", "large"],
)
def test_photos_that_are_none(data: bytes, status: int, package: VoucherPackage, as_role: SignIn) -> None:
    assert upload(as_role(Role.AGENT), data).status_code == status
    assert not PaperPhoto.objects.exists()


def test_a_photo_of_no_form_goes_after_a_day(package: VoucherPackage, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    kept, unused, fresh = (upload(agent, picture()).json()["id"] for _ in range(3))
    assert hand_in(agent, "AB12", kept).status_code == 200
    old = timezone.now() - paper_photos.UNUSED_FOR - timedelta(minutes=1)
    PaperPhoto.objects.filter(pk__in=[kept, unused]).update(uploaded_at=old)
    path = pictures.folder() / PaperPhoto.objects.get(pk=unused).path
    assert path.exists()
    paper_photos.sweep()
    assert {str(key) for key in PaperPhoto.objects.values_list("pk", flat=True)} == {kept, fresh}
    assert not path.exists()
