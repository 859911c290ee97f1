"""What goes on the vehicle and comes back: by batch, once, on its day, and what the station sees."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog import services as catalog
from springline.business.catalog.models import Batch, Product
from springline.business.customers.models import Customer
from springline.business.delivery.models import BatchOnRoad, Courier
from springline.business.messaging.models import Message, Outlet
from springline.business.messaging.states import OutletKind
from tests.unit.complaints.people import a_batch
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, key, leaves, placed, post, task_of

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SKU, NUMBER = "SPRING-18.9", "A20261120"
NONE = timedelta(0)


@pytest.fixture
def batch(spring: Product) -> Batch:
    Batch.objects.all().delete()
    return a_batch(spring, "A20261120")


@pytest.fixture
def phone(zhou: Courier) -> Client:
    return signed_in(zhou.user)


def loads(client: Client, qty: int = 10, *, skew: timedelta = NONE, ago: timedelta = NONE, **how: Any):  # type: ignore[no-untyped-def]
    """`skew`: how far the phone's clock is wrong; `ago`: how long before sending it was done."""
    sent = timezone.now() + skew
    body = {"key": key("load"), "sku": SKU, "batch_no": "A20261120", "qty": qty, **how}
    return post(client, "/api/courier/loads", at=(sent - ago).isoformat(), sent_at=sent.isoformat(), **body)


def undoes(client: Client, load: str, named: str = ""):  # type: ignore[no-untyped-def]
    now = timezone.now().isoformat()
    return post(client, "/api/courier/loads/undo", load=load, key=named or key("undo"), at=now, sent_at=now)


def day(client: Client) -> tuple[int, int]:
    told = client.get("/api/courier/settlement").json()
    assert told["left"] == max(0, told["loaded"] - told["returned"])
    assert told["unnoted"] == 0
    return told["loaded"], told["returned"]


def shown(client: Client) -> list[tuple[str, str, int]]:
    return [
        (row["move"], row["batch_no"], row["qty"]) for row in client.get("/api/courier/tasks").json()["loads"]
    ]


def test_a_load_counts_once_however_it_is_typed(phone: Client, batch: Batch) -> None:
    answers = [loads(phone, batch_no=" a2026 1120", key="load-key-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == answers[2].json()
    assert (answers[0].json()["key"], answers[0].json()["batch_no"]) == ("load-key-1", "A20261120")
    assert shown(phone) == [("loaded", "A20261120", 10)]
    assert day(phone) == (10, 0)


def test_what_can_never_be_loaded_is_refused_for_good(phone: Client, batch: Batch) -> None:
    """404 would mean "not now" to a phone, and everything behind it would wait for ever."""
    for how in ({"batch_no": "A2026112O"}, {"sku": "PURE-18.9"}, {"sku": "none"}):
        answer = loads(phone, **how)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_batch")
    assert "A2026112O" in loads(phone, batch_no="A2026112O").json()["message"]
    Batch.objects.update(
        produced=timezone.localdate() - timedelta(days=9), expires=timezone.localdate() - timedelta(days=1)
    )
    assert (loads(phone).status_code, loads(phone).json()["code"]) == (409, "expired_batch")
    assert loads(phone, ago=timedelta(days=1, hours=1)).status_code == 200


def test_a_stopped_batch_is_refused_with_why(phone: Client, batch: Batch) -> None:
    catalog.stop_sale(batch.pk, "有异味", None)
    refused = loads(phone)
    assert (refused.status_code, refused.json()["code"]) == (409, "stopped_batch")
    assert "A20261120 已停售（有异味）" in refused.json()["message"]
    assert BatchOnRoad.objects.count() == 0


def test_what_was_loaded_before_the_stop_is_on_the_vehicle(
    phone: Client, zhou: Courier, batch: Batch
) -> None:
    catalog.stop_sale(batch.pk, "有异味", None)
    told = loads(phone, ago=timedelta(minutes=20))
    assert (told.status_code, told.json()["stopped"], told.json()["reason"]) == (200, True, "有异味")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        later = signed_in(zhou.user)
        assert shown(later) == [("loaded", "A20261120", 10)]
        assert loads(later, 10, move="returned").status_code == 200


@pytest.mark.parametrize("skew", [timedelta(0), timedelta(days=1), timedelta(days=-1), timedelta(hours=-8)])
def test_a_load_belongs_to_the_day_it_was_done(skew: timedelta, zhou: Courier, batch: Batch) -> None:
    """Done at 23:50 in a dead zone, sent at 00:20, with whatever clock."""
    midnight = datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    with time_machine.travel(midnight + timedelta(minutes=20), tick=False):
        phone = signed_in(zhou.user)
        assert loads(phone, 7, skew=skew, ago=timedelta(minutes=30)).status_code == 200
        assert loads(phone, 3, skew=skew).status_code == 200
        assert day(phone) == (3, 0)
        assert [qty for _move, _no, qty in shown(phone)] == [3]
        before = f"/api/courier/settlement?day={midnight.date() - timedelta(days=1)}"
        assert phone.get(before).json()["loaded"] == 7
    row = BatchOnRoad.objects.get(qty=7)
    assert row.at == midnight - timedelta(minutes=10)
    assert row.client_at == row.at + skew
    assert row.received_at == midnight + timedelta(minutes=20)


def test_a_delivered_batch_belongs_to_the_day_of_the_delivery(
    wang: Customer, zhou: Courier, batch: Batch
) -> None:
    order = placed(wang)
    task, phone = task_of(order), Phone(zhou)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch.batch_no
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        done = timezone.now()
        phone.does(task, "deliver", **told)
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        phone.send()
    assert abs(BatchOnRoad.objects.get().at - done) < timedelta(seconds=2)


def test_what_went_without_a_load_is_told_and_never_negative(
    phone: Client, wang: Customer, zhou: Courier, batch: Batch, spring: Product, as_role: Any
) -> None:
    def stock() -> tuple[int, int]:
        told = phone.get("/api/courier/settlement").json()
        return told["left"], told["unnoted"]

    order = placed(wang, 3)
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order))
    assert stock() == (0, 3)
    [of] = as_role(Role.OWNER).get("/api/delivery/days").json()
    assert (of["left"], of["unnoted"]) == (0, 3)
    loads(phone, 2)
    assert stock() == (0, 1)
    loads(phone, 5)
    assert stock() == (4, 0)
    # What was delivered of one water is no stock of another.
    a_batch(Product.objects.get(sku="PURE-18.9"), "P1")
    loads(phone, 4, sku="PURE-18.9", batch_no="P1")
    assert stock() == (8, 0)


def test_another_couriers_key(phone: Client, wu: Courier, batch: Batch) -> None:
    loads(phone, key="load-key-1")
    other = loads(signed_in(wu.user), key="load-key-1")
    assert (other.status_code, other.json()["code"]) == (409, "key_taken")
    assert undoes(phone, "load-key-1", "undo-key-1").status_code == 200
    loads(signed_in(wu.user), key="load-key-2")
    assert undoes(signed_in(wu.user), "load-key-2", "undo-key-1").json()["code"] == "key_taken"


def test_no_phone_can_take_the_key_of_a_delivery(
    phone: Client, wang: Customer, zhou: Courier, batch: Batch
) -> None:
    order = placed(wang)
    task = task_of(order)
    assert loads(phone, key=f"task:{task.pk}:{batch.pk}").status_code in (200, 422)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch.batch_no
    Phone(zhou).reports(task, "deliver", **told)
    assert BatchOnRoad.objects.get(move="delivered").task == task


def test_a_mistake_is_taken_back_once(phone: Client, batch: Batch) -> None:
    loads(phone, 10, key="load-key-1")
    loads(phone, 4, key="load-key-2")
    for named in ("undo-key-1", "undo-key-1", "undo-key-2"):
        answer = undoes(phone, "load-key-1", named)
        assert answer.status_code == 200
        assert [row["key"] for row in answer.json()["loads"]] == ["load-key-2"]
    assert day(phone) == (4, 0)
    # Nothing is changed in place: what was said and that it was taken back both stay.
    assert sorted(BatchOnRoad.objects.values_list("move", "qty")) == [
        ("loaded", 4),
        ("loaded", 10),
        ("undone", 10),
    ]
    unknown = undoes(phone, "load-key-9")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_load")


def test_nobody_takes_back_anothers(phone: Client, wu: Courier, batch: Batch) -> None:
    loads(phone, key="load-key-1")
    assert undoes(signed_in(wu.user), "load-key-1").json()["code"] == "unknown_load"
    assert day(phone) == (10, 0)


def test_no_more_comes_back_than_went_out(phone: Client, batch: Batch) -> None:
    loads(phone, 10, key="load-key-1")
    refused = loads(phone, 11, move="returned")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_on_vehicle")
    assert loads(phone, 4, move="returned", key="back-key-1").status_code == 200
    assert undoes(phone, "load-key-1").json()["code"] == "not_on_vehicle"
    assert day(phone) == (10, 4)
    assert undoes(phone, "back-key-1").status_code == 200
    assert undoes(phone, "load-key-1").status_code == 200
    assert day(phone) == (0, 0)


def test_what_can_be_loaded_without_a_task(phone: Client, batch: Batch, spring: Product) -> None:
    old = a_batch(spring, "OLD")
    yesterday = timezone.localdate() - timedelta(days=1)
    Batch.objects.filter(pk=old.pk).update(produced=yesterday, expires=yesterday)
    [good] = phone.get("/api/courier/tasks").json()["goods"]
    assert (good["sku"], good["unit"]) == (SKU, "桶")
    assert good["batches"] == [{"batch_no": "A20261120", "stopped": False, "reason": ""}]


def test_a_task_names_its_sku_and_what_was_left(
    phone: Client, wang: Customer, zhou: Courier, batch: Batch
) -> None:
    order = placed(wang)
    [line] = phone.get("/api/courier/tasks").json()["tasks"][0]["lines"]
    assert (line["sku"], line["delivered"]) == (SKU, None)
    Phone(zhou).reports(task_of(order), "deliver", lines=[{"id": line["id"], "qty": 1}])
    [line] = phone.get("/api/courier/tasks").json()["tasks"][-1]["lines"]
    assert (line["qty"], line["delivered"]) == (2, 1)


@pytest.mark.parametrize(
    "broken", [{"at": "2026-11-26T09:00:00"}, {"qty": 0}, {"move": "delivered"}, {"key": "k"}]
)
def test_a_broken_load(broken: dict[str, Any], phone: Client, batch: Batch) -> None:
    now = timezone.now().isoformat()
    body = {"key": "load-key-1", "sku": SKU, "batch_no": "A20261120", "qty": 1, "at": now, "sent_at": now}
    assert post(phone, "/api/courier/loads", **{**body, **broken}).status_code == 422


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COURIER])
def test_only_couriers_load(role: Role, as_role: Any, batch: Batch) -> None:
    assert loads(as_role(role)).status_code == 403
    assert undoes(as_role(role), "load-key-1").status_code == 403


def carried(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/delivery/loads").json()
    return found


def test_the_station_sees_which_batch_is_on_which_vehicle(
    phone: Client, wu: Courier, zhou: Courier, wang: Customer, batch: Batch, spring: Product, as_role: Any
) -> None:
    a_batch(spring, "B1")
    loads(phone, 10, key="load-key-1")
    loads(phone, 99, key="load-key-2")
    undoes(phone, "load-key-2")
    loads(phone, 3, move="returned")
    loads(signed_in(wu.user), 5, batch_no="B1")
    order = placed(wang)
    told = leaves(order)
    told["lines"][0]["batch_no"] = batch.batch_no
    Phone(task_of(order).courier).reports(task_of(order), "deliver", **told)
    assert task_of(order).courier == zhou
    found = {of["batch_no"]: of["carriers"] for of in carried(as_role(Role.SUPERVISOR))}
    [one] = found["A20261120"]
    assert (one["courier"], one["station"]) == ("courier01", "霍山站")
    assert (one["loaded"], one["returned"], one["delivered"], one["left"]) == (10, 3, 2, 5)
    assert [(one["courier"], one["left"]) for one in found["B1"]] == [("courier02", 5)]
    [of_zhou, of_wu] = as_role(Role.OWNER).get("/api/delivery/days").json()
    assert (of_zhou["loaded"], of_zhou["returned"], of_wu["loaded"]) == (10, 3, 5)
    assert (of_zhou["left"], of_wu["left"]) == (5, 5)
    loads(phone, 5, move="returned")
    assert [of["batch_no"] for of in carried(as_role(Role.AGENT))] == ["B1"]
    assert phone.get("/api/delivery/loads").status_code == 403


def test_a_stopped_batch_is_asked_for_and_the_others_are_forgotten(
    phone: Client, batch: Batch, spring: Product, as_role: Any
) -> None:
    a_batch(spring, "B1")
    loads(phone, 10)
    loads(phone, 5, batch_no="B1")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert carried(as_role(Role.OWNER)) == []
        catalog.stop_sale(batch.pk, "有异味", None)
        [of] = carried(as_role(Role.OWNER))
    assert (of["batch_no"], of["stopped"], of["reason"], of["carriers"][0]["left"]) == (
        "A20261120",
        True,
        "有异味",
        10,
    )


def test_a_stop_tells_who_carries_it(phone: Client, wu: Courier, batch: Batch, monitor: User) -> None:
    Outlet.objects.create(
        name="群", kind=OutletKind.ROBOT_WECOM, url="https://example.invalid/", events=["batch."]
    )
    loads(phone, 10)
    catalog.stop_sale(batch.pk, "有异味", monitor)
    catalog.stop_sale(batch.pk, "again", monitor)
    text = Message.objects.get().body["text"]
    assert "A20261120（山泉水 18.9 升）已停售" in text
    assert "courier01（霍山站）10 桶" in text
    assert "courier02" not in text


def test_a_stop_of_what_nobody_carries_tells_nobody(batch: Batch, zhou: Courier, monitor: User) -> None:
    Outlet.objects.create(name="群", kind=OutletKind.ROBOT_WECOM, url="https://example.invalid/")
    catalog.stop_sale(batch.pk, "有异味", monitor)
    assert Message.objects.count() == 0


def test_the_back_office_lists_moves_by_batch_and_vehicle(phone: Client, batch: Batch, as_role: Any) -> None:
    loads(phone, 10, key="load-key-1")
    undoes(phone, "load-key-1")
    catalog.stop_sale(batch.pk, "有异味", None)
    owner = as_role(Role.OWNER)
    page = owner.get("/admin/delivery/batchonroad/?q=A20261120&batch__stop_sale__exact=1").content.decode()
    assert "courier01" in page
    assert "撤销" in page
    assert (
        "courier01"
        not in owner.get("/admin/delivery/batchonroad/?batch__stop_sale__exact=0").content.decode()
    )
