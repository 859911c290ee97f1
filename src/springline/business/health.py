"""Which parts of the house answer."""

from typing import Literal

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from springline.business import control
from springline.business.calls.models import JournalPosition
from springline.business.hotline import commands
from springline.contracts.live import EngineRow

router = Router(tags=["health"], auth=None)
UpDown = Literal["up", "down"]


class HealthOut(Schema):
    """`worker_lag_seconds`: since the worker last had the whole journal in the tables; null: never yet."""

    web: UpDown
    database: UpDown
    bus: UpDown
    control: UpDown
    engine: UpDown
    worker_lag_seconds: float | None


@router.get("/health", response=HealthOut)
def health(request: HttpRequest) -> HealthOut:
    database, lag = _database()
    live = commands.snapshot()
    engine = next((row for row in live.rows if isinstance(row, EngineRow)), None) if live else None
    return HealthOut(
        web="up",
        database=database,
        bus="up" if live or getattr(control.link.bus, "connected", False) else "down",
        control="up" if live else "down",
        engine="up" if engine and engine.status == "up" else "down",
        worker_lag_seconds=lag,
    )


def _database() -> tuple[UpDown, float | None]:
    try:
        connection.ensure_connection()
        beat = JournalPosition.objects.filter(pk=1).values_list("beat_at", flat=True).first()
    except DatabaseError:
        return "down", None
    return "up", round(max((timezone.now() - beat).total_seconds(), 0), 1) if beat else None
