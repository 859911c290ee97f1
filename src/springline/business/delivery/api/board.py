"""The desk and the board: who brings what, and what needs a person."""

from typing import Literal

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import Query, Router

from springline.business import pictures
from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.accounts.services import audit_reading
from springline.business.delivery import board, carrying, conflicts, crew, settling, signing, syncing
from springline.business.delivery import board_schemas as io
from springline.business.delivery import schemas as courier_io
from springline.business.delivery.api.common import day_of, refusals
from springline.business.delivery.models import CashHandover, Courier, DeliveryTask, Photo, SyncConflict
from springline.business.delivery.services import assignment, failing
from springline.business.delivery.states import NextStep
from springline.business.http import BOTH, SESSION_ONLY, answers, forbidden, not_found, require

router = Router(auth=BOTH)
_Q = Query("", max_length=60)
_LIMIT = Query(crew.PAGE, ge=1, le=crew.MOST)
_OFFSET = Query(0, ge=0, le=1_000_000)


@router.get("/tasks", response=answers(io.BoardOut, 422))
def tasks(
    request: HttpRequest, station: int | None = None, courier: int | None = None, day: str = ""
) -> io.BoardOut:
    """Open tasks, undecided failures and what was closed on `day`; orders without a courier, and warnings."""
    require(request, Action.READ_DELIVERY)
    return board.board(timezone.now(), station=station, courier=courier, day=day_of(day))


@router.get("/tasks/{int:task_id}/events", response=answers(list[io.TaskEventOut], 404))
def events(request: HttpRequest, task_id: int) -> list[io.TaskEventOut]:
    require(request, Action.READ_DELIVERY)
    return board.events(_task(task_id))


@router.post(
    "/tasks/{int:task_id}/assign", response=answers(io.BoardTaskOut, 404, 409, 422), auth=SESSION_ONLY
)
def assign_task(request: HttpRequest, task_id: int, body: io.AssignIn) -> io.BoardTaskOut:
    """Give the task's order to another courier."""
    require(request, Action.ASSIGN_DELIVERY)
    return _assigned(request, _task(task_id).order_id, body)


@router.post(
    "/orders/{int:order_id}/assign", response=answers(io.BoardTaskOut, 404, 409, 422), auth=SESSION_ONLY
)
def assign_order(request: HttpRequest, order_id: int, body: io.AssignIn) -> io.BoardTaskOut:
    """Give an order to a courier, or without one to whom the rules choose (409 `nobody`)."""
    return _assigned(request, order_id, body)


@router.post("/tasks/{int:task_id}/next", response=answers(io.BoardTaskOut, 404, 409, 422), auth=SESSION_ONLY)
def next_step(request: HttpRequest, task_id: int, body: io.NextIn) -> io.BoardTaskOut:
    """After a failed delivery: another time, another courier, or back to the station."""
    actor = _person(request, Action.ASSIGN_DELIVERY)
    with refusals():
        failing.next_step(
            task_id,
            NextStep(body.step),
            key=body.key,
            by=actor,
            window_from=body.window_from,
            window_to=body.window_to,
            note=body.note,
        )
    return _shown(task_id)


@router.get("/couriers", response=answers(list[io.CourierOut]))
def couriers(
    request: HttpRequest,
    q: str = _Q,
    station: int | None = None,
    order: int | None = None,
    limit: int = _LIMIT,
    offset: int = _OFFSET,
) -> list[io.CourierOut]:
    """Couriers with their load, and since when they are at work, these first; 50 unless `limit` says so.

    `order`: active ones, whose territories hold its address first. `q`: part of the name or the station's,
    or the whole number. Fewer than `limit` are the last ones.
    """
    require(request, Action.READ_DELIVERY)
    return crew.couriers(timezone.now(), q=q, station=station, order=order, limit=limit, offset=offset)


@router.get("/stations", response=answers(list[io.StationOut]))
def stations(
    request: HttpRequest, q: str = _Q, limit: int = _LIMIT, offset: int = _OFFSET
) -> list[io.StationOut]:
    """By name, 50 unless `limit` says so; `q`: part of the name."""
    require(request, Action.READ_DELIVERY)
    return crew.stations(q=q, limit=limit, offset=offset)


@router.get("/conflicts", response=answers(list[io.ConflictOut]))
def list_conflicts(request: HttpRequest, state: Literal["open", "all"] = "open") -> list[io.ConflictOut]:
    """Reports of phones that a person must look at, the newest first."""
    require(request, Action.READ_DELIVERY)
    rows = SyncConflict.objects.all()
    return conflicts.listed(rows.filter(closed_at=None) if state == "open" else rows)


@router.post(
    "/conflicts/{int:conflict_id}/resolve",
    response=answers(io.ConflictOut, 404, 409, 422),
    auth=SESSION_ONLY,
)
def resolve(request: HttpRequest, conflict_id: int, body: io.ResolveIn) -> io.ConflictOut:
    """What came of it; for supervisors."""
    actor = _person(request, Action.MANAGE_DELIVERY)
    with refusals():
        row = syncing.resolve(
            conflict_id, by=actor, deliver=body.how == "deliver", note=body.note, told=body.told
        )
    return conflicts.one(row)


@router.get("/loads", response=answers(list[io.CarriedOut]))
def loads(request: HttpRequest) -> list[io.CarriedOut]:
    """Which batch is on which vehicle, the stopped ones first; at most 50 vehicles of each, the fullest."""
    require(request, Action.READ_DELIVERY)
    return carrying.carried(timezone.now(), most=carrying.MOST_CARRIERS)


@router.get("/days", response=answers(list[io.DayOut], 422))
def days(
    request: HttpRequest, day: str = "", q: str = _Q, limit: int = _LIMIT, offset: int = _OFFSET
) -> list[io.DayOut]:
    """Couriers' days, 50 unless `limit` says so. `q`: part of the courier's or the station's name."""
    require(request, Action.READ_DELIVERY)
    return crew.days(day_of(day), q=q, limit=limit, offset=offset)


@router.get("/days/unsigned", response=answers(list[io.UnsignedOut]))
def unsigned(request: HttpRequest) -> list[io.UnsignedOut]:
    """Earlier days with cash that nobody signed for, the oldest first."""
    require(request, Action.READ_DELIVERY)
    return signing.unsigned(timezone.localdate())


@router.post(
    "/couriers/{int:courier_id}/sign-off",
    response=answers(courier_io.SettlementOut, 404, 409, 422),
    auth=SESSION_ONLY,
)
def sign_off(request: HttpRequest, courier_id: int, body: io.SignOffIn) -> courier_io.SettlementOut:
    """Settle a courier's day: all cash is counted and no conflict is open; a difference needs a note."""
    actor, day = _person(request, Action.CONFIRM_CASH), day_of(body.day)
    with refusals():
        return settling.of_day(signing.sign_off(courier_id, body, day, actor), day)


@router.get("/couriers/{int:courier_id}/settlement", response=answers(courier_io.SettlementOut, 404, 422))
def settlement(request: HttpRequest, courier_id: int, day: str = "") -> courier_io.SettlementOut:
    require(request, Action.READ_DELIVERY)
    courier = Courier.objects.filter(pk=courier_id).first()
    if courier is None:
        raise not_found("unknown_courier")
    return settling.of_day(courier, day_of(day))


@router.get("/handovers", response=answers(list[courier_io.HandoverOut], 422))
def handovers(
    request: HttpRequest, day: str = "", state: Literal["declared", "confirmed", ""] = ""
) -> list[courier_io.HandoverOut]:
    """Cash handed over, the newest first; without `day` those of all days."""
    require(request, Action.READ_DELIVERY)
    rows = CashHandover.objects.select_related("courier", "confirmed_by")
    if day:
        rows = rows.filter(day=day_of(day))
    if state:
        rows = rows.filter(state=state)
    return [settling.handover(row) for row in rows[: crew.MOST]]


@router.post(
    "/handovers/{int:handover_id}/confirm",
    response=answers(courier_io.HandoverOut, 404, 409, 422),
    auth=SESSION_ONLY,
)
def confirm(request: HttpRequest, handover_id: int, body: io.CountedIn) -> courier_io.HandoverOut:
    """Finance or a supervisor counted it; a difference needs a note."""
    actor = _person(request, Action.CONFIRM_CASH)
    with refusals():
        return settling.handover(settling.confirm(handover_id, body.counted_fen, actor, body.note))


@router.get("/photos/{uuid:photo_id}", response={200: None, **answers(None, 404)}, auth=BOTH)
def photo(request: HttpRequest, photo_id: str) -> HttpResponseBase:
    """The picture, for who may read delivery, and for the courier who took it."""
    row = Photo.objects.filter(pk=photo_id).select_related("courier").first()
    actor = request.auth  # type: ignore[attr-defined]
    if not (isinstance(actor, User) and row is not None and row.courier.user_id == actor.pk):
        require(request, Action.READ_DELIVERY)
    if row is None:
        raise not_found("unknown_photo")
    answer = pictures.shown(row.path)
    if answer is None:
        raise not_found("unknown_photo")
    audit_reading(actor, "photo.seen", row)
    return answer


def _person(request: HttpRequest, action: Action) -> User:
    actor = require(request, action)
    if not isinstance(actor, User):
        raise forbidden()
    return actor


def _task(task_id: int) -> DeliveryTask:
    task = DeliveryTask.objects.filter(pk=task_id).first()
    if task is None:
        raise not_found("unknown_task")
    return task


def _assigned(request: HttpRequest, order_id: int, body: io.AssignIn) -> io.BoardTaskOut:
    actor = _person(request, Action.ASSIGN_DELIVERY)
    with refusals():
        if body.courier_id is not None:
            return _shown(assignment.give(order_id, body.courier_id, key=body.key, by=actor).pk)
        return _shown(assignment.choose_anew(order_id, key=body.key, by=actor).pk)


def _shown(task_id: int) -> io.BoardTaskOut:
    rows = DeliveryTask.objects.filter(pk=task_id)
    return board.tasks_of(rows, timezone.now())[0]
