"""What the courier's phone asks: who am I, what do I bring, this is what happened, this is my day."""

import uuid

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Router, UploadedFile

from springline.business.delivery import carrying, photos, selectors, settling, showing, syncing
from springline.business.delivery import schemas as io
from springline.business.delivery.api.common import courier_of, day_of, refusals
from springline.business.delivery.models import Courier
from springline.business.delivery.services import assignment, loading, shifts
from springline.business.http import SESSION_ONLY, answers

router = Router(auth=SESSION_ONLY)


@router.get("/me", response=answers(io.MeOut))
def me(request: HttpRequest) -> io.MeOut:
    return _me(courier_of(request))


@router.post("/shift", response=answers(io.MeOut, 422))
def shift(request: HttpRequest, body: io.ShiftIn) -> io.MeOut:
    """Begin or end work; the same key does it once."""
    courier = courier_of(request)
    if body.on:
        shifts.start(courier, body.key, courier.user)
        assignment.assign_waiting()
    else:
        if shifts.end(courier, body.key, courier.user) is not None:
            assignment.release_offers(courier)
    return _me(courier)


@router.get("/tasks", response=answers(io.TasksOut))
def tasks(request: HttpRequest) -> io.TasksOut:
    """Open tasks in the order of the suggested round, then today's closed ones."""
    courier, now = courier_of(request), timezone.now()
    return io.TasksOut(
        server_now=now,
        tasks=showing.list_for(courier, now),
        loads=carrying.loads_of(courier, now),
        goods=carrying.goods(now),
    )


@router.post("/sync", response=answers(io.SyncOut, 422, 503))
def sync(request: HttpRequest, body: io.SyncIn) -> io.SyncOut:
    """What happened on the phone, oldest first: each key is done once, whatever is repeated or reordered.

    After 503 send all of it again: what was done already answers `repeated`.
    """
    courier, received_at = courier_of(request), timezone.now()
    with refusals():
        results = syncing.sync(courier, body, received_at)
    return io.SyncOut(server_now=timezone.now(), results=results)


@router.post("/photos", response=answers(io.PhotoOut, 409, 413, 422, 507))
def photo(request: HttpRequest, key: Form[uuid.UUID], file: File[UploadedFile]) -> io.PhotoOut:
    """A picture; the same key again answers the first one's id. Larger than 10 MB: 413; unreadable: 422."""
    courier = courier_of(request)
    with refusals():
        return io.PhotoOut(id=str(photos.store(courier, key, file, file.size).pk))


@router.post("/loads", response=answers(io.CourierLoadOut, 409, 422))
def load(request: HttpRequest, body: io.LoadIn) -> io.CourierLoadOut:
    """Full buckets of a batch go on the vehicle, or come back; the same key does it once.

    409 `stopped_batch` when it was loaded after its sale was stopped.
    """
    courier, received_at = courier_of(request), timezone.now()
    with refusals():
        return carrying.shown(loading.load(courier, body, received_at))


@router.post("/loads/undo", response=answers(io.CourierLoadsOut, 409, 422))
def undo_load(request: HttpRequest, body: io.UndoLoadIn) -> io.CourierLoadsOut:
    """A report of a load was a mistake; answers what counts now."""
    courier, received_at = courier_of(request), timezone.now()
    with refusals():
        loading.undo(courier, body, received_at)
    return io.CourierLoadsOut(loads=carrying.loads_of(courier, received_at))


@router.get("/settlement", response=answers(io.SettlementOut, 422))
def settlement(request: HttpRequest, day: str = "") -> io.SettlementOut:
    """The courier's day; today's when `day` (YYYY-MM-DD) is left out."""
    return settling.of_day(courier_of(request), day_of(day))


@router.post("/settlement", response=answers(io.SettlementOut, 409, 422))
def settle(request: HttpRequest, body: io.HandOverIn) -> io.SettlementOut:
    """Say how much cash is handed over. The same key is one handover; a person at the station confirms it."""
    courier, day = courier_of(request), day_of(body.day)
    with refusals():
        settling.declare(courier, day, body.cash_fen, body.key)
    return settling.of_day(courier, day)


def _me(courier: Courier) -> io.MeOut:
    station, working = courier.station, selectors.open_shift(courier)
    return io.MeOut(
        id=courier.pk,
        name=courier.name,
        station=io.CourierStationOut(id=station.pk, name=station.name, phone=station.phone),
        shift=io.ShiftOut(started_at=working.started_at if working else None),
    )
