"""Whom the rules choose from: by place from the roster in memory, and then only these couriers' loads.

A chain has thousands of couriers and a place has some. Of couriers whose territories do not hold the place
the rules choose nobody, so what they choose is the same as from all.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from django.db.models import Count, FilteredRelation, Max, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from springline.business.catalog.models import Revision
from springline.business.delivery.assigning import Candidate, Choice, Place, choose
from springline.business.delivery.models import Courier, DeliveryTask
from springline.business.delivery.roster import NAME, Roster, roster
from springline.business.delivery.states import OPEN, EndedWhy, NextStep
from springline.business.prepared import Prepared

# Who did not answer is asked again after this long: the phone may have had no network.
ASK_AGAIN_AFTER = timedelta(minutes=30)
# So many couriers are named one by one; of more, all couriers are read.
MOST_NAMED = 256
_LEAST_NAMED = 4
_AT_ONCE = 5000
# Courier, last offer, buckets and number of open tasks, shift, the roster's number.
Row: TypeAlias = tuple[int, datetime | None, int | None, int, int | None, int | None]
_NUMBER = Revision.objects.filter(pk=NAME).order_by().values("number")


def _with_loads(couriers: "QuerySet[Courier]") -> "QuerySet[Courier, Row]":
    """One open shift at most is there to join, so that nothing is counted twice."""
    return (
        couriers.order_by("pk")
        .annotate(
            mine=FilteredRelation("tasks", condition=Q(tasks__state__in=OPEN)),
            now=FilteredRelation("shifts", condition=Q(shifts__ended_at=None)),
            load=Sum("mine__qty"),
            # Of what the index holds, so that no row is fetched.
            busy=Count("mine__qty"),
            shift=Max("now__pk"),
            roster=Subquery(_NUMBER),
        )
        .values_list("pk", "last_offer_at", "load", "busy", "shift", "roster")
    )


_NAMED = Prepared(lambda ids: _with_loads(Courier.objects.filter(pk__in=ids)))
_ALL = Prepared(lambda: _with_loads(Courier.objects.filter(active=True)))


def _over(since: datetime) -> Q:
    """Tasks whose couriers are not asked again: refused, unanswered lately, failed and passed on."""
    return (
        Q(ended_why=EndedWhy.REFUSED)
        | Q(ended_why=EndedWhy.UNANSWERED, ended_at__gte=since)
        | Q(next_step=NextStep.REASSIGN)
    )


_TRIED = Prepared(
    lambda order_id, since: (
        DeliveryTask.objects.filter(order_id=order_id)
        .filter(_over(since))
        .order_by()
        .values_list("courier_id", flat=True)
    )
)


def near(place: Place) -> list[Candidate]:
    """Whose territories hold the place, as they are at this moment."""
    return _candidates(lambda staff: staff.near(place))


def loads(ids: Iterable[int]) -> dict[int, Candidate]:
    """Those of these couriers who are active."""
    wanted = sorted(set(ids))
    found = _candidates(lambda staff: [one for one in wanted if one in staff.posts])
    return {one.courier_id: one for one in found}


def tried(order_id: int) -> set[int]:
    """Who refused this order, failed it and was passed over, or did not answer a while ago."""
    return set(_TRIED(order_id, timezone.now() - ASK_AGAIN_AFTER))


class Waiting(NamedTuple):
    """An order without a courier. `qty`: buckets."""

    order_id: int
    place: Place
    qty: int


class Overview:
    """What the rules would choose for many orders, read at once."""

    def __init__(self, orders: Collection[Waiting]) -> None:
        self._near: dict[int, list[int]] = {}

        def ids(staff: Roster) -> list[int]:
            self._near = {one.order_id: staff.near(one.place) for one in orders}
            return sorted(set().union(*self._near.values()))

        self._candidates = {one.courier_id: one for one in _candidates(ids)} if orders else {}
        self._tried: dict[int, set[int]] = {}
        over = DeliveryTask.objects.filter(_over(timezone.now() - ASK_AGAIN_AFTER)).order_by()
        numbers = [one.order_id for one in orders]
        for first in range(0, len(numbers), _AT_ONCE):
            some = over.filter(order_id__in=numbers[first : first + _AT_ONCE])
            for order_id, courier_id in some.values_list("order_id", "courier_id"):
                self._tried.setdefault(order_id, set()).add(courier_id)

    def choice(self, order: Waiting) -> Choice:
        here = [self._candidates[one] for one in self._near[order.order_id]]
        return choose(order.place, order.qty, here, tried=self._tried.get(order.order_id, ()))

    def reread(self, courier_id: int) -> None:
        """The courier got something."""
        self._candidates |= loads([courier_id])


def _candidates(wanted: Callable[[Roster], list[int]]) -> list[Candidate]:
    """The loads come with the roster's number: another one than ours, and we look again by the new roster."""
    number, staff = roster.held or roster.read()
    while True:
        ids = wanted(staff)
        rows = _rows(ids)
        now = rows[0][-1] if rows else roster.number()
        if now == number:
            return [_candidate(row, staff) for row in rows]
        number, staff = now, roster.at(now)


def _rows(ids: list[int]) -> list[Row]:
    """As many as are named are asked for in powers of two, the last one again and again: few statements."""
    if not ids:
        return []
    if len(ids) > MOST_NAMED:
        among = set(ids)
        return [row for row in _ALL() if row[0] in among]
    named = _LEAST_NAMED
    while named < len(ids):
        named *= 2
    return _NAMED(ids + ids[-1:] * (named - len(ids)))


def _candidate(row: Row, staff: Roster) -> Candidate:
    courier_id, last_offer_at, load, busy, shift, _number = row
    post = staff.posts[courier_id]
    return Candidate(
        courier_id=courier_id,
        station_id=post.station_id,
        areas=post.areas,
        on_shift=shift is not None,
        capacity=post.capacity,
        load=load or 0,
        open_tasks=busy or 0,
        last_offer_at=last_offer_at,
        name=post.name,
    )
