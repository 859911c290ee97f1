"""The courier's phone over HTTP: what it shows, reports, pictures, and whom it serves."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from springline.business import pictures
from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery.models import Courier, Door, Photo, Station
from springline.business.orders import services as orders
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import a_courier, key, leaves, placed, post, task_of
from tests.unit.orders.people import buys

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


@pytest.fixture
def phone(zhou: Courier) -> Client:
    return signed_in(zhou.user)


def report(client: Client, task_id: int, kind: str, **payload: Any) -> dict[str, Any]:
    now = timezone.now().isoformat()
    action = {"key": key(), "task_id": task_id, "kind": kind, "at": now, "payload": payload}
    answer = post(client, "/api/courier/sync", device_id="d", sent_at=now, actions=[action])
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()["results"][0]
    return found


def test_who_am_i_and_my_shift(phone: Client, zhou: Courier) -> None:
    me = phone.get("/api/courier/me").json()
    assert (me["name"], me["station"]["name"]) == ("courier01", "霍山站")
    assert me["shift"]["started_at"]
    off = post(phone, "/api/courier/shift", on=False, key="shift-key-1").json()
    assert off["shift"]["started_at"] is None
    on = [post(phone, "/api/courier/shift", on=True, key="shift-key-2").json() for _ in range(2)]
    assert on[0] == on[1]
    assert on[0]["shift"]["started_at"]


def test_beginning_work_takes_what_waits(phone: Client, zhou: Courier, wang: Customer) -> None:
    post(phone, "/api/courier/shift", on=False, key="shift-key-1")
    order = placed(wang)
    assert order.state == "unassigned"
    post(phone, "/api/courier/shift", on=True, key="shift-key-2")
    assert task_of(order).courier == zhou


def test_who_goes_home_leaves_what_was_not_answered(
    phone: Client, zhou: Courier, wang: Customer, station: Station
) -> None:
    order = placed(wang)
    wu = a_courier("courier02", station)
    post(phone, "/api/courier/shift", on=False, key="shift-key-1")
    assert task_of(order).courier == wu


def test_what_a_task_shows(phone: Client, wang: Customer, zhou: Courier) -> None:
    buys(wang, 1)
    order = placed(wang)
    task = phone.get("/api/courier/tasks").json()["tasks"][0]
    assert (task["state"], task["position"], task["order_no"]) == ("offered", 1, order.no)
    assert (task["phone_masked"], task["tel"]) == ("139****0017", "+8613900000017")
    assert task["address"]["county_name"] == "霍山县"
    assert task["address"]["town_name"] == "衡山镇"
    line = task["lines"][0]
    assert (line["qty"], line["vouchers"], line["pay_by"], line["bucket_name"]) == (
        2,
        1,
        "cash",
        "18.9 升 PC 桶",
    )
    assert task["vouchers_due"] == 1
    assert task["cash_due_fen"] == 2000 + task["deposit_due_fen"]
    assert task["empties_expected"] == 2 - task["deposit_due_fen"] // 5000


def test_the_number_only_while_it_is_open_and_once_in_the_audit(phone: Client, wang: Customer) -> None:
    order = placed(wang)
    for _ in range(3):
        phone.get("/api/courier/tasks")
    assert AuditRow.objects.filter(what="number.given_to_courier").count() == 1
    result = report(phone, task_of(order).pk, "deliver", **leaves(order))
    assert (result["status"], result["task"]["tel"]) == ("done", None)
    shown = phone.get("/api/courier/tasks").json()["tasks"][0]
    assert (shown["state"], shown["tel"], shown["position"]) == ("delivered", None, 0)
    assert shown["phone_masked"] == "139****0017"


def test_the_round_puts_who_asked_first(phone: Client, wang: Customer) -> None:
    first, second = placed(wang), placed(wang)
    orders.urge(second.pk, key=key(), by=None)
    tasks = phone.get("/api/courier/tasks").json()["tasks"]
    assert [(task["order_no"], task["position"]) for task in tasks] == [(second.no, 1), (first.no, 2)]
    assert tasks[0]["urged"]


def test_the_phone_learns_where_doors_are_and_the_round_follows(phone: Client, wang: Customer) -> None:
    order = placed(wang)
    report(phone, task_of(order).pk, "arrive", lat=31.4, lng=116.4)
    shown = phone.get("/api/courier/tasks").json()["tasks"][0]
    assert (shown["address"]["lat"], shown["address"]["lng"]) == (31.4, 116.4)
    report(phone, task_of(order).pk, "deliver", **leaves(order, lat=31.5, lng=116.5))
    assert (Door.objects.get().lat, Door.objects.get().lng) == (31.5, 116.5)
    again = placed(wang)
    shown = phone.get("/api/courier/tasks").json()["tasks"][0]
    assert (shown["order_no"], shown["position"], shown["address"]["lat"]) == (again.no, 1, 31.5)
    bad = report(phone, task_of(again).pk, "arrive", lat=123, lng=0)
    assert (bad["status"], bad["code"]) == ("rejected", "bad_payload")


def test_what_was_taken_away_stays_in_view_today(phone: Client, wang: Customer, monitor: User) -> None:
    order = placed(wang)
    orders.cancel(order.pk, "customer", key=key(), by=monitor)
    task = phone.get("/api/courier/tasks").json()["tasks"][0]
    assert (task["state"], task["withdrawn_why"], task["withdrawn_words"]) == (
        "withdrawn",
        "cancelled",
        "订单已取消",
    )


def test_nobody_sees_anothers_tasks(wang: Customer, zhou: Courier, wu: Courier) -> None:
    task = task_of(placed(wang))
    stranger = wu if task.courier == zhou else zhou
    client = signed_in(stranger.user)
    assert client.get("/api/courier/tasks").json()["tasks"] == []
    assert report(client, task.pk, "accept")["code"] == "unknown_task"


COURIER_GETS = ["/api/courier/me", "/api/courier/tasks", "/api/courier/settlement", "/api/courier/live"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COURIER])
@pytest.mark.parametrize("path", COURIER_GETS)
def test_the_phones_api_is_for_couriers(role: Role, path: str, as_role: SignIn) -> None:
    assert as_role(role).get(path).status_code == 403


@pytest.mark.parametrize("path", COURIER_GETS)
def test_and_not_for_strangers(path: str, db: None) -> None:
    assert Client().get(path).status_code == 401


def test_a_courier_without_a_row_or_who_left(as_role: SignIn, zhou: Courier) -> None:
    assert as_role(Role.COURIER).get("/api/courier/me").status_code == 403
    Courier.objects.update(active=False)
    assert signed_in(zhou.user).get("/api/courier/tasks").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"device_id": "d", "sent_at": "2026-11-26T09:00:00", "actions": []},
        {"device_id": "d", "sent_at": "2026-11-26T09:00:00Z", "actions": [{"key": "k"}]},
    ],
)
def test_a_broken_request(body: dict[str, Any], phone: Client) -> None:
    assert post(phone, "/api/courier/sync", **body).status_code == 422


def picture(size: tuple[int, int] = (3000, 2000), orientation: int = 1, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (10, 120, 200))
    image.putpixel((0, 0), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a maker"
    image.save(out, kind, exif=exif)
    return out.getvalue()


def upload(client: Client, data: bytes, key: str | None = None):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
    return client.post("/api/courier/photos", {"key": key or str(uuid.uuid4()), "file": file})


def test_a_photo_is_turned_made_small_and_stripped(phone: Client) -> None:
    answer = upload(phone, picture(orientation=6))
    assert answer.status_code == 200
    row = Photo.objects.get(pk=answer.json()["id"])
    assert (row.width, row.height) == (1067, 1600)
    path = Path(settings.HOME.home) / "photos" / row.path
    with Image.open(path) as stored:
        assert (stored.size, stored.format) == ((1067, 1600), "JPEG")
        assert not dict(stored.getexif())


def test_the_same_photo_again_is_one(phone: Client) -> None:
    which = str(uuid.uuid4())
    ids = [upload(phone, picture((20, 20)), which).json()["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    assert Photo.objects.count() == 1


def test_a_photo_of_another_couriers_key(phone: Client, wu: Courier) -> None:
    which = str(uuid.uuid4())
    upload(phone, picture((20, 20)), which)
    assert upload(signed_in(wu.user), picture((20, 20)), which).json()["code"] == "key_taken"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"not a picture", 422, "photo_unreadable"),
        (picture((800, 600))[:2000], 422, "photo_unreadable"),
        (b"x" * (10 * 1024 * 1024 + 1), 413, "photo_too_large"),
    ],
    ids=["text", "half", "large"],
)
def test_photos_that_are_none(data: bytes, status: int, code: str, phone: Client) -> None:
    answer = upload(phone, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Photo.objects.count() == 0


def test_an_upload_that_broke_off_succeeds_the_next_time(phone: Client) -> None:
    whole, which = picture((800, 600)), str(uuid.uuid4())
    assert upload(phone, whole[: len(whole) // 2], which).status_code == 422
    assert upload(phone, whole, which).status_code == 200


def test_a_small_file_with_a_huge_picture(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_PIXELS", 100)
    assert upload(phone, picture((20, 20))).status_code == 413


def test_a_full_disk_says_so_and_leaves_nothing(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures.os, "fsync", full)
    which = str(uuid.uuid4())
    answer = upload(phone, picture((20, 20)), which)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert "空间不足" in answer.json()["message"]
    assert not list((Path(settings.HOME.home) / "photos").rglob("*.partial"))
    monkeypatch.undo()
    assert upload(phone, picture((20, 20)), which).status_code == 200


def test_who_may_see_a_photo(phone: Client, wu: Courier, as_role: SignIn, wang: Customer) -> None:
    which = upload(phone, picture((20, 20))).json()["id"]
    path = f"/api/delivery/photos/{which}"
    mine = phone.get(path)
    assert (mine.status_code, mine["Content-Type"]) == (200, "image/jpeg")
    assert as_role(Role.AGENT).get(path).status_code == 200
    assert signed_in(wu.user).get(path).status_code == 403
    assert Client().get(path).status_code == 401
    assert AuditRow.objects.filter(what="photo.seen").count() == 2
    assert as_role(Role.AGENT).get(f"/api/delivery/photos/{uuid.uuid4()}").status_code == 404


def test_a_photo_belongs_to_the_delivery_that_names_it(
    phone: Client, wang: Customer, as_role: SignIn
) -> None:
    order = placed(wang)
    which = upload(phone, picture((20, 20))).json()["id"]
    task = task_of(order)
    assert report(phone, task.pk, "deliver", **leaves(order, photo_ids=[which]))["status"] == "done"
    assert Photo.objects.get().task == task
    board = as_role(Role.SUPERVISOR).get("/api/delivery/tasks").json()
    assert board["tasks"][0]["photos"] == [which]
