"""Couriers of the delivery stories, and a phone that reports."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery import syncing
from springline.business.delivery.models import Courier, DeliveryTask, Shift, Station, Territory
from springline.business.delivery.schemas import ActionIn, ResultOut, SyncIn
from springline.business.orders import services as orders
from springline.business.orders.models import Order
from tests.unit.orders.people import wants

HUOSHAN, HENGSHAN, JINAN = "341525", "341525100", "341502"
_keys = count(1)


def key(what: str = "key") -> str:
    return f"{what}-{next(_keys):06d}"


def a_station(name: str = "霍山站", county: str = HUOSHAN) -> Station:
    station = Station.objects.create(name=name, county=county, phone="+8656450001", lat=31.39, lng=116.33)
    Territory.objects.create(station=station, name=name, county=county)
    return station


def a_courier(username: str, station: Station, *, working: bool = True, **how: Any) -> Courier:
    user = User.objects.create_user(username, "quiet-river-17", name=username, role=Role.COURIER)
    courier = Courier.objects.create(user=user, name=username, station=station, **how)
    if working:
        Shift.objects.create(courier=courier, start_key=key())
    return courier


def placed(customer: Customer, qty: int = 2, **how: Any) -> Order:
    """A confirmed order, as orders places it."""
    return orders.place(
        wants(customer, ("SPRING-18.9", qty), key=key("order"), confirm_duplicate=True, **how)
    )


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def task_of(order: Order) -> DeliveryTask:
    """The last one."""
    return DeliveryTask.objects.filter(order_id=order.pk).latest("pk")


def leaves(order: Order, **more: Any) -> dict[str, Any]:
    """The payload of a delivery of everything."""
    lines = [{"id": line.pk, "qty": line.qty} for line in order.lines.all()]
    return {"lines": lines, **more}


class Phone:
    """A courier's phone. `skew`: how far its clock is wrong; `offline` keeps what it does for `send`."""

    def __init__(self, courier: Courier, *, skew: timedelta = timedelta(0)) -> None:
        self.courier, self.skew = courier, skew
        self.queue: list[ActionIn] = []

    def does(
        self, task: DeliveryTask, kind: str, at: datetime | None = None, *, named: str = "", **payload: Any
    ) -> ActionIn:
        action = ActionIn(
            key=named or key(kind),
            task_id=task.pk,
            kind=kind,  # type: ignore[arg-type]
            at=(at or timezone.now()) + self.skew,
            payload=payload,
        )
        self.queue.append(action)
        return action

    def send(self, actions: list[ActionIn] | None = None) -> list[ResultOut]:
        now = timezone.now()
        batch = self.queue if actions is None else actions
        body = SyncIn(device_id="phone", sent_at=now + self.skew, actions=batch)
        self.queue = []
        return syncing.sync(self.courier, body, now)

    def reports(self, task: DeliveryTask, kind: str, **payload: Any) -> ResultOut:
        return self.send([self.does(task, kind, **payload)])[0]


def post(client: Client, path: str, **body: Any):  # type: ignore[no-untyped-def]
    return client.post(path, body, content_type="application/json")
