"""Who brings an order: chosen when it waits, by hand, again after three minutes without an answer."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from springline.business import notices
from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.delivery import choosing, words
from springline.business.delivery.assigning import Area, Candidate, Choice, Place, best, choose
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier, DeliveryTask, Territory
from springline.business.delivery.services import steps
from springline.business.delivery.states import OPEN, EndedWhy, TaskEventKind, TaskState, after
from springline.business.orders import lifecycle
from springline.business.orders import services as orders
from springline.business.orders.models import Order
from springline.business.orders.states import WITH_A_COURIER, OrderEvent, OrderState
from springline.business.prepared import PreparedUpdate

log = structlog.get_logger("delivery")
ANSWER_WITHIN = timedelta(minutes=3)
_E, _S = OrderEvent, OrderState
# Two orders of one courier at once: either's time is as good, and neither waits for the other.
_OFFERED = PreparedUpdate(
    lambda pk, at: (
        Courier.objects.filter(
            pk__in=Courier.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).values("pk")
        ),
        {"last_offer_at": at},
    )
)


@transaction.atomic
def assign(order_id: int, *, exclude: int | None = None) -> DeliveryTask | None:
    """Offer an order that waits to whom the rules choose; None when there is nobody, or it does not wait."""
    return assign_locked(lifecycle.locked(order_id), exclude=exclude)


def assign_locked(order: Order, *, exclude: int | None = None) -> DeliveryTask | None:
    """`assign` for an order that is locked already; the object follows."""
    if order.state != _S.UNASSIGNED:
        return None
    qty = qty_of(order)
    whom = choosing.near(place_of(order))
    choice = choice_for(order, whom, exclude=exclude, qty=qty)
    if choice.courier_id is None:
        log.info("nobody_to_deliver", order=order.pk, why=choice.nobody)
        notices.announce("task", f"order:{order.pk}", state="nobody", order_id=order.pk, why=choice.nobody)
        return None
    assert choice.station_id is not None
    if order.begun:
        order.begun.courier = next(one.name for one in whom if one.courier_id == choice.courier_id)
    return _offer(order, choice.courier_id, choice.station_id, None, qty=qty, match=choice.match)


def choice_for(
    order: Order, whom: list[Candidate], *, exclude: int | None = None, qty: int | None = None
) -> Choice:
    """`whom`: who is near. `qty`: of its buckets, when the caller knows."""
    tried = (set() if order.begun else choosing.tried(order.pk)) | ({exclude} if exclude else set())
    return choose(place_of(order), qty_of(order) if qty is None else qty, whom, tried=tried)


@transaction.atomic
def give(order_id: int, courier_id: int, *, key: str, by: User) -> DeliveryTask:
    """By hand, whatever the rules say; whoever has it loses it. The same key gives once.

    Raises DeliveryRefused: unknown_order, unknown_courier, not_possible.
    """
    order = order_or_refuse(order_id)
    mine = DeliveryTask.objects.filter(order_id=order.pk)
    known = mine.filter(events__key=key, events__kind=TaskEventKind.OFFER).first()
    if known is not None:
        return known
    courier = Courier.objects.filter(pk=courier_id, active=True).first()
    if courier is None:
        raise DeliveryRefused("unknown_courier", "没有这位配送员", "There is no such courier", status=404)
    if order.state in WITH_A_COURIER:
        task = open_task(order.pk)
        if task is not None and task.courier_id == courier.pk:
            return task
        order = take_back(order, task, EndedWhy.REASSIGNED, key=f"{key[:60]}:taken", by=by)
    if order.state != _S.UNASSIGNED:
        raise DeliveryRefused(
            "not_possible", "订单当前状态不能派单", "The order cannot be assigned in its present state"
        )
    task = _offer(order, courier.pk, courier.station_id, by, qty=qty_of(order), key=key)
    audit(by, "task.given", task, courier=courier.pk, order=order.pk)
    return task


@transaction.atomic
def choose_anew(order_id: int, *, key: str, by: User) -> DeliveryTask:
    """Let the rules choose now, another courier than who has it. Raises DeliveryRefused, with `nobody`."""
    order = order_or_refuse(order_id)
    had = open_task(order_id)
    whom = choosing.near(place_of(order))
    choice = choice_for(order, whom, exclude=had.courier_id if had else None)
    if choice.courier_id is None:
        raise DeliveryRefused("nobody", *words.both(choice.nobody or ""))
    return give(order_id, choice.courier_id, key=key, by=by)


def take_back(order: Order, task: DeliveryTask | None, why: EndedWhy, *, key: str, by: User | None) -> Order:
    """The order waits again."""
    if task is not None:
        withdraw(task, why, by=by)
    facts = {"why": why.value, "task_id": task.pk if task else None}
    return orders.record(order.pk, _E.UNASSIGNED, key=key, by=by, facts=facts)


def withdraw(
    task: DeliveryTask, why: EndedWhy, *, by: User | None = None, at: datetime | None = None
) -> None:
    """Off the courier's phone; the phone keeps it in view as taken away."""
    now = timezone.now()
    task.state, task.ended_why, task.ended_at = after(task.state, TaskEventKind.WITHDRAW), why, at or now
    steps.saved(task, TaskEventKind.WITHDRAW, None, at or now, by=by, why=why.value)


def expire_unanswered(now: datetime | None = None) -> int:
    """Take back what nobody answered in time and ask the next one; how many. For the worker."""
    return _offer_to_others(Q(ack_deadline__lte=now or timezone.now()))


def release_offers(courier: Courier) -> int:
    """Ask others at once for what a courier who goes home has not answered; how many."""
    return _offer_to_others(Q(courier=courier))


def _offer_to_others(which: Q) -> int:
    count, offers = 0, DeliveryTask.objects.filter(which, state=TaskState.OFFERED)
    for task_id, order_id in offers.values_list("pk", "order_id"):
        with transaction.atomic():
            order = lifecycle.locked(order_id)
            task = offers.select_for_update().filter(pk=task_id).first()
            if task is None:  # answered in this moment
                continue
            log.info("offer_unanswered", task=task.pk, order=order.pk)
            take_back(order, task, EndedWhy.UNANSWERED, key=f"task:{task.pk}:unanswered", by=None)
            assign(order_id)
            count += 1
    return count


def assign_waiting() -> int:
    """Offer what waits, now that somebody may have come to work or have room; how many found somebody.

    Looked through at once first: at night thousands may wait, and nobody is there.
    """
    waiting, found = waiting_now(), 0
    overview = choosing.Overview(waiting)
    for one in waiting:
        if overview.choice(one).courier_id is not None:
            task = assign(one.order_id)
            if task is not None:
                overview.reread(task.courier_id)
                found += 1
    return found


def waiting_now() -> list[choosing.Waiting]:
    """The most pressing first."""
    rows = (
        Order.objects.filter(state=_S.UNASSIGNED)
        .order_by("promise_at", "pk")
        .annotate(buckets=Sum("lines__qty"))
        .values_list("pk", "county", "town", "address_text", "building", "buckets")
    )
    return [
        choosing.Waiting(pk, Place(county, town, f"{text} {building}"), qty or 0)
        for pk, county, town, text, building, qty in rows
    ]


def covers(courier: Courier, place: Place) -> bool:
    """Whether the place is in a territory of the courier's."""
    own = _areas(courier) or [_area(one) for one in courier.station.territories.all()]
    return best(own, place)[0] > 0


def place_of(order: Order) -> Place:
    return Place(order.county, order.town, f"{order.address_text} {order.building}")


def qty_of(order: Order) -> int:
    return sum(line.qty for line in (order.begun.lines if order.begun else order.lines.all()))


def open_task(order_id: int) -> DeliveryTask | None:
    """Locked until the end of the transaction."""
    return (
        DeliveryTask.objects.select_for_update(of=("self",))
        .select_related("courier", "station")
        .filter(order_id=order_id, state__in=OPEN)
        .first()
    )


def order_or_refuse(order_id: int) -> Order:
    """Locked. Raises DeliveryRefused unknown_order."""
    try:
        return lifecycle.locked(order_id)
    except Order.DoesNotExist:
        raise DeliveryRefused("unknown_order", "没有这张订单", "There is no such order", status=404) from None


def _offer(
    order: Order,
    courier_id: int,
    station_id: int,
    by: User | None,
    *,
    qty: int,
    key: str = "",
    match: int | None = None,
) -> DeliveryTask:
    now = timezone.now()
    task = DeliveryTask(
        order_id=order.pk,
        courier_id=courier_id,
        station_id=station_id,
        qty=qty,
        by_hand=by is not None,
        offered_at=now,
        ack_deadline=now + ANSWER_WITHIN,
        version=0,
    )
    steps.saved(task, TaskEventKind.OFFER, None, now, by=by, key=key, match=match)
    _OFFERED(courier_id, now)
    facts = {"courier_id": courier_id, "station_id": station_id, "task_id": task.pk}
    orders.record_locked(order, _E.ASSIGNED, key=f"task:{task.pk}:assigned", by=by, facts=facts)
    return task


def _areas(courier: Courier) -> list[Area]:
    return [_area(one) for one in courier.territories.all()]


def _area(one: Territory) -> Area:
    return Area(one.county, one.town, one.estate, one.priority)
