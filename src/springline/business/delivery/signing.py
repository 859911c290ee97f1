"""A courier's day is signed off: the cash was counted, every question of that day has an answer."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from springline.business import notices
from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.days import bounds
from springline.business.delivery import board_schemas as io
from springline.business.delivery import settling
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import (
    CashHandover,
    Courier,
    DaySignOff,
    DeliveryTask,
    SyncConflict,
)
from springline.business.delivery.states import HandoverState

# Days longer ago than this are no longer asked for.
LOOK_BACK_DAYS = 31


@transaction.atomic
def sign_off(courier_id: int, body: io.SignOffIn, day: date, by: User) -> Courier:
    """Sign the day as it was seen (`body`); the same again is one row. Raises DeliveryRefused."""
    # Nobody hands over cash, and nobody else signs, in between.
    courier = Courier.objects.select_for_update().filter(pk=courier_id).first()
    if courier is None:
        raise DeliveryRefused("unknown_courier", "没有这位配送员", "There is no such courier", status=404)
    if courier.user_id == by.pk:
        raise DeliveryRefused("own_approval", "需由另一人确认", "A second person must confirm")
    now = settling.of_day(courier, day)
    if (now.cash_fen, now.handed_fen) != (body.cash_fen, body.handed_fen):
        raise DeliveryRefused(
            "stale",
            "金额刚有变动，已为您重新读取，请再核对",
            "The sums changed; look at them again",
        )
    if now.signed is not None and now.signed.current:
        return courier
    _nothing_is_open(courier, day)
    note = body.note.strip()[:200]
    if now.to_hand_fen and not note:
        raise DeliveryRefused(
            "note_missing", "交款与收款不符，请说明原因", "Cash is missing or too much; say why", status=422
        )
    row = DaySignOff.objects.create(
        courier=courier, day=day, cash_fen=now.cash_fen, handed_fen=now.handed_fen, note=note, by=by
    )
    audit(by, "day.signed", row, why=note, cash_fen=row.cash_fen, difference_fen=row.difference_fen)
    notices.announce("cash", row.pk)
    return courier


def _nothing_is_open(courier: Courier, day: date) -> None:
    if CashHandover.objects.filter(courier=courier, day=day, state=HandoverState.DECLARED).exists():
        raise DeliveryRefused("not_counted", "还有交款未清点，请先清点", "Cash was not counted yet")
    if open_conflicts(day).filter(action__courier=courier).exists():
        raise DeliveryRefused(
            "conflicts_open", "当天还有冲突未处理，请先处理", "Conflicts of that day are still open"
        )


def open_conflicts(day: date) -> QuerySet[SyncConflict]:
    start, end = bounds(day)
    return SyncConflict.objects.filter(closed_at=None, action__at__gte=start, action__at__lt=end)


def conflicts_by_courier(day: date) -> dict[int, int]:
    rows = open_conflicts(day).values_list("action__courier").annotate(Count("pk"))
    return {courier: count for courier, count in rows if courier is not None}


def unsigned(today: date) -> list[io.UnsignedOut]:
    """Earlier days with cash that nobody signed for, the oldest first."""
    days = [today - timedelta(days=ago) for ago in range(LOOK_BACK_DAYS, 0, -1)]
    found = []
    # Day by day, from the index alone: to tell the day of each task takes longer than to read it.
    for day in days:
        start, end = bounds(day)
        taken = DeliveryTask.objects.filter(done_at__gte=start, done_at__lt=end, cash_fen__gt=0)
        left = taken.exclude(courier__in=DaySignOff.objects.filter(day=day).values("courier"))
        sums = left.aggregate(couriers=Count("courier", distinct=True), fen=Sum("cash_fen"))
        if sums["couriers"]:
            found.append(io.UnsignedOut(day=day.isoformat(), couriers=sums["couriers"], cash_fen=sums["fen"]))
    return found
