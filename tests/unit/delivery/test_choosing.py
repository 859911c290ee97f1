"""Read by place, the rules choose whom they chose from all couriers, and a chain's size costs no query."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery import board, choosing
from springline.business.delivery.assigning import Area, Candidate, Choice, Place, choose, fits
from springline.business.delivery.models import Courier, DeliveryTask, Shift, Station, Territory
from springline.business.delivery.roster import Post, Roster
from springline.business.delivery.services import assignment
from springline.business.delivery.states import OPEN, EndedWhy, TaskState
from springline.business.orders.models import Order
from tests.unit.delivery.people import HENGSHAN, HUOSHAN, JINAN, a_courier, a_station, placed, task_of

TOWNS = ("", HENGSHAN, "341525101")
ESTATES = ("", "迎驾小区", "花园")
TEXTS = ("衡山镇迎驾小区3栋", "花园东区", "解放路1号")
AREAS = st.builds(Area, st.sampled_from((HUOSHAN, JINAN)), st.sampled_from(TOWNS), st.sampled_from(ESTATES))
PLACES = st.builds(
    Place, st.sampled_from(("", HUOSHAN, JINAN)), st.sampled_from(TOWNS), st.sampled_from(TEXTS)
)


@given(st.lists(st.lists(AREAS, max_size=4), max_size=8), PLACES)
def test_near_are_those_with_an_area_that_holds_the_place(whose: list[list[Area]], place: Place) -> None:
    posts = {
        number: Post(name="", station_id=1, capacity=1, areas=tuple(areas))
        for number, areas in enumerate(whose)
    }
    assert Roster(posts).near(place) == [
        number for number, areas in enumerate(whose) if any(fits(area, place) for area in areas)
    ]


def a_company(dice: random.Random, size: int) -> None:
    """Stations with areas of every width, couriers at work and at home, with and without tasks."""
    areas = [(county, town, estate) for county in (HUOSHAN, JINAN) for town in TOWNS for estate in ESTATES]
    stations = [
        Station.objects.create(name=f"站{n}", county=HUOSHAN, active=dice.random() < 0.9)
        for n in range(max(2, size // 3))
    ]
    for station in stations:
        for county, town, estate in dice.sample(areas, dice.choice((0, 1, 1, 2))):
            Territory.objects.create(
                station=station, county=county, town=town, estate=estate, priority=dice.choice((0, 0, 1))
            )
    now, territories = timezone.now(), list(Territory.objects.all())
    for n in range(size):
        user = User.objects.create_user(f"courier{n}", role=Role.COURIER)
        courier = Courier.objects.create(
            user=user, name=f"c{n}", station=dice.choice(stations), capacity=dice.choice((2, 4, 20)),
            active=dice.random() < 0.9,
            last_offer_at=dice.choice((None, now, now - timedelta(hours=dice.randint(1, 3)))),
        )  # fmt: skip
        courier.territories.set(dice.sample(territories, dice.choice((0, 0, 1))))
        if dice.random() < 0.7:
            Shift.objects.create(courier=courier)
        Shift.objects.create(courier=courier, ended_at=now + timedelta(minutes=1))
        for task in range(dice.choice((0, 0, 1, 2))):
            a_task(900_000 + n * 10 + task, courier, state=dice.choice(sorted(OPEN)), qty=dice.randint(1, 5))
        a_task(900_000 + n * 10 + 9, courier, state=TaskState.DELIVERED, qty=9)


def a_task(order_id: int, courier: Courier, **how: object) -> DeliveryTask:
    return DeliveryTask.objects.create(
        order_id=order_id, courier=courier, station=courier.station, ack_deadline=timezone.now(),
        **{"qty": 1, **how},
    )  # fmt: skip


def all_candidates() -> list[Candidate]:
    """Every active courier of an active station, as choosing read them before: one by one, and plainly."""
    working = set(Shift.objects.filter(ended_at=None).values_list("courier_id", flat=True))
    found = []
    for courier in Courier.objects.filter(active=True, station__active=True):
        own = courier.territories.all() or courier.station.territories.all()
        tasks = courier.tasks.filter(state__in=OPEN)
        found.append(
            Candidate(
                courier_id=courier.pk, station_id=courier.station_id, capacity=courier.capacity,
                areas=tuple(Area(one.county, one.town, one.estate, one.priority) for one in own),
                on_shift=courier.pk in working, load=sum(task.qty for task in tasks),
                open_tasks=len(tasks), last_offer_at=courier.last_offer_at,
            )
        )  # fmt: skip
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("most", [256, 3])
@pytest.mark.parametrize("seed", range(6))
def test_the_same_courier_is_chosen_as_from_all(
    monkeypatch: pytest.MonkeyPatch, seed: int, most: int
) -> None:
    monkeypatch.setattr(choosing, "MOST_NAMED", most)
    dice = random.Random(seed)  # noqa: S311
    a_company(dice, dice.choice((1, 5, 20)))
    everybody, ids = all_candidates(), list(Courier.objects.values_list("pk", flat=True))
    waiting, expected = [], {}
    places = [
        Place(county, town, text) for county in ("", HUOSHAN, JINAN) for town in TOWNS for text in TEXTS
    ]
    for order_id, place in enumerate(places, 1):
        qty, refused = dice.choice((1, 3, 30)), dice.sample(ids, min(len(ids), dice.choice((0, 1, 4))))
        for courier_id in refused:
            courier = Courier.objects.get(pk=courier_id)
            a_task(order_id, courier, state=TaskState.WITHDRAWN, ended_why=EndedWhy.REFUSED)
        assert choosing.tried(order_id) == set(refused)
        waiting.append(choosing.Waiting(order_id, place, qty))
        expected[order_id] = choose(place, qty, everybody, tried=refused)
        assert choose(place, qty, choosing.near(place), tried=refused) == expected[order_id]
    overview = choosing.Overview(waiting)
    assert {one.order_id: overview.choice(one) for one in waiting} == expected


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as made:
        work()
    return len(made)


@pytest.mark.django_db
def test_one_query_and_a_change_of_the_company_is_seen_in_it(station: Station, zhou: Courier) -> None:
    here = Place(HUOSHAN)
    assert [one.courier_id for one in choosing.near(here)] == [zhou.pk]
    assert queries(lambda: choosing.near(here)) == 1
    wu = a_courier("new", station, working=False)
    found = choosing.near(here)
    assert [(one.courier_id, one.on_shift) for one in found] == [(zhou.pk, True), (wu.pk, False)]
    Shift.objects.create(courier=wu)
    assert queries(lambda: found.extend(choosing.near(here))) == 1
    assert found[-1].on_shift
    Territory.objects.all().delete()
    assert choosing.near(here) == []
    assert choose(here, 1, choosing.near(here)) == Choice(nobody="no_territory")  # type: ignore[arg-type]


@pytest.mark.django_db
def test_where_nobody_is_the_first_station_is_seen(db: None) -> None:
    assert choosing.near(Place(HUOSHAN)) == []
    courier = a_courier("first", a_station())
    assert [one.courier_id for one in choosing.near(Place(HUOSHAN))] == [courier.pk]


@pytest.mark.django_db
def test_orders_that_wait_are_looked_through_at_once(wang: Customer) -> None:
    for _ in range(3):
        placed(wang)
    few = queries(assignment.assign_waiting), queries(lambda: board.waiting_orders(timezone.now()))
    for _ in range(9):
        placed(wang)
    many = queries(assignment.assign_waiting), queries(lambda: board.waiting_orders(timezone.now()))
    assert many == few
    station = a_station()
    couriers = {a_courier(f"late{n}", station, capacity=12) for n in range(2)}
    # Twelve orders of two buckets, and each courier takes twelve: no more is given than there is room for.
    assert assignment.assign_waiting() == 12
    assert {task_of(order).courier for order in Order.objects.filter(customer=wang)} == couriers
    placed(wang)
    assert assignment.assign_waiting() == 0


@pytest.mark.django_db
def test_loads_are_read_by_indexes_alone(db: None) -> None:
    """However many tasks there were: by each courier's open ones, not by a look through the table."""
    if connection.vendor != "sqlite":
        pytest.skip("its planner looks through small tables")
    rows = choosing._with_loads(Courier.objects.filter(pk__in=[1, 2, 3]))
    plan = rows.explain()
    assert "COVERING INDEX task_load" in plan, plan
    assert "SCAN" not in plan, plan
