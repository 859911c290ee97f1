"""Pages of couriers, stations and days: a page's worth of rows and of queries, however large the company."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery import board, carrying, crew, settling, signing
from springline.business.delivery.models import BatchOnRoad, Courier, DeliveryTask, Station
from springline.business.delivery.services import assignment
from springline.business.orders.models import Order
from tests.unit.delivery.people import JINAN, Phone, a_courier, a_station, leaves, placed, task_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as made:
        work()
    return len(made)


def test_for_an_order_those_near_come_first_then_all_others(
    as_role: SignIn, wang: Customer, zhou: Courier, wu: Courier
) -> None:
    far = a_courier("far", a_station("城区站", JINAN))
    a_courier("gone", zhou.station, active=False)
    order = placed(wang)
    asleep = a_courier("asleep", zhou.station, working=False)
    busy, free = (zhou, wu) if task_of(order).courier == zhou else (wu, zhou)
    client = as_role(Role.SUPERVISOR)

    def asked(**params: object) -> list[str]:
        answer = client.get("/api/delivery/couriers", {"order": order.pk, **params})
        return [one["name"] for one in answer.json()]

    assert asked() == [free.name, busy.name, asleep.name, far.name]
    pages = [asked(limit=1, offset=at) for at in range(5)]
    assert pages == [[free.name], [busy.name], [asleep.name], [far.name], []]
    assert asked(q="far") == asked(q="城区") == [far.name]
    assert asked(q="nobody") == []
    assert client.get("/api/delivery/couriers", {"limit": 501}).status_code == 422
    assert [one["name"] for one in client.get("/api/delivery/stations", {"q": "城"}).json()] == ["城区站"]


def test_a_page_costs_the_same_for_one_courier_and_for_many(wang: Customer, zhou: Courier) -> None:
    def all_pages() -> list[int]:
        now, today = timezone.now(), timezone.localdate()
        return [
            queries(lambda: crew.couriers(now)),
            queries(lambda: crew.couriers(now, order=order.pk)),
            queries(lambda: crew.stations()),
            queries(lambda: crew.days(today)),
            queries(lambda: board.board(now)),
            queries(lambda: signing.unsigned(today)),
        ]

    order = placed(wang)
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    placed(wang)
    few = all_pages()
    for n in range(5):
        courier = a_courier(f"more{n}", a_station(f"站{n}"))
        for _ in range(2):
            another = placed(wang)
            assignment.give(another.pk, courier.pk, key=f"given-{another.pk}", by=courier.user)
        Phone(courier).reports(task_of(another), "deliver", **leaves(another, cash_fen=100))
    assert all_pages() == few
    assert len(crew.days(timezone.localdate())) == 6
    assert [one.courier for one in crew.days(timezone.localdate(), q="more3")] == ["more3"]
    assert [one.courier for one in crew.days(timezone.localdate(), limit=2, offset=4)] == ["more3", "more4"]


def test_the_days_of_many_are_each_ones_day(wang: Customer, zhou: Courier, wu: Courier) -> None:
    for _ in range(4):
        order = placed(wang)
        Phone(task_of(order).courier).reports(task_of(order), "deliver", **leaves(order, cash_fen=1000))
    today = timezone.localdate()
    both = settling.of_days([zhou.pk, wu.pk], today)
    assert both == {one.pk: settling.of_day(one, today) for one in (zhou, wu)}
    assert [of.delivered for of in both.values()] == [2, 2]
    assert [of.cash_fen for of in both.values()] == [2000, 2000]
    assert {of.products[0].qty for of in both.values()} == {4}


def test_the_board_counts_all_and_shows_what_is_to_be_done_first(
    monkeypatch: pytest.MonkeyPatch, wang: Customer, zhou: Courier
) -> None:
    waits = placed(wang)
    for _ in range(3):
        order = placed(wang)
        Phone(zhou).reports(task_of(order), "deliver", **leaves(order))
    DeliveryTask.objects.filter(order_id=waits.pk).update(ack_deadline=timezone.now() - timedelta(minutes=1))
    Order.objects.filter(pk=waits.pk).update(promise_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(board, "MOST", 2)
    shown = board.board(timezone.now())
    assert [task.order_id for task in shown.tasks] == [order.pk, waits.pk]
    monkeypatch.setattr(board, "MOST", 1)
    shown = board.board(timezone.now())
    assert [task.order_id for task in shown.tasks] == [waits.pk]
    assert (shown.warnings["unanswered"], shown.warnings["late"]) == (1, 1)


def test_of_a_batch_the_fullest_vehicles_are_named_and_all_counted(
    spring: object, zhou: Courier, wu: Courier
) -> None:
    from springline.business.catalog.models import Batch

    batch, now = Batch.objects.first(), timezone.now()
    assert batch is not None
    for courier, qty in ((zhou, 5), (wu, 9)):
        BatchOnRoad.objects.create(
            courier=courier, batch=batch, move="loaded", qty=qty, at=now, key=f"load:{courier.pk}"
        )
    [of] = carrying.carried(now, most=1)
    assert (of.vehicles, of.left, [one.courier_id for one in of.carriers]) == (2, 14, [wu.pk])


@pytest.mark.parametrize("page", ["done", "ended", "busy"])
def test_a_day_is_read_by_its_index(db: None, page: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("its planner looks through small tables")
    now = timezone.now()
    rows = {
        "done": DeliveryTask.objects.filter(done_at__gte=now, done_at__lt=now),
        "ended": DeliveryTask.objects.filter(ended_at__gte=now, ended_at__lt=now).order_by("-pk"),
        "busy": DeliveryTask.objects.filter(done_at__gte=now).order_by().values("courier_id"),
    }[page]
    assert f"INDEX task_{'ended' if page == 'ended' else 'done'}" in rows.explain()


def test_a_station_without_anybody_is_listed_too(station: Station) -> None:
    [shown] = crew.stations()
    assert (shown.id, shown.couriers, shown.on_shift, shown.waiting) == (station.pk, 0, 0, 0)
