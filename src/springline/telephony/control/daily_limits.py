"""What calls out may take of a day: how many, and how much money."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

import msgspec
import structlog

from springline.contracts import subjects
from springline.contracts.config import OutboundConfig
from springline.platform.bus import AnyBus, BusError

log = structlog.get_logger("exchange")

SHANGHAI = ZoneInfo("Asia/Shanghai")


def cost(talk_seconds: float, rate: int) -> int:
    """In 分; begun minutes count, and a call that nobody took costs nothing."""
    return ceil(talk_seconds / 60) * rate


class DayOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a day of Shanghai has seen of calls out: how many, and how much (分) those that ended cost."""

    day: date | None = None
    calls: int = 0
    spent: int = 0


class DailyLimits:
    """A day of Shanghai. `keep` is told of every change, so that a restart goes on with it (`used`)."""

    def __init__(
        self, used: DayOut | None = None, keep: Callable[[DayOut], None] = lambda used: None
    ) -> None:
        self._used = used or DayOut()
        self._keep = keep

    def refusal(self, now: datetime, rules: OutboundConfig, talking: Iterable[float]) -> str | None:
        """The code of what forbids one more call; `talking`: seconds so far of each call out that goes on."""
        self._turn(now)
        if self._used.calls >= rules.daily_calls:
            return "daily_cap"
        # A call that still rings may cost its first minute as well.
        running = sum(max(cost(seconds, rules.rate), rules.rate) for seconds in talking)
        return "spend_cap" if self._used.spent + running + rules.rate > rules.daily_spend else None

    def count(self, now: datetime) -> None:
        """A call is made."""
        self._turn(now)
        self._change(calls=self._used.calls + 1)

    def spend(self, now: datetime, talk_seconds: float, rate: int) -> None:
        """A call has ended."""
        self._turn(now)
        if fen := cost(talk_seconds, rate):
            self._change(spent=self._used.spent + fen)

    def _turn(self, now: datetime) -> None:
        day = now.astimezone(SHANGHAI).date()
        if day != self._used.day:
            self._used = DayOut(day=day)

    def _change(self, **fields: int) -> None:
        self._used = msgspec.structs.replace(self._used, **fields)
        self._keep(self._used)


async def store_day(bus: AnyBus, changes: list[DayOut]) -> None:
    """Raises BusError."""
    await bus.kv_put(subjects.CONTROL_BUCKET, subjects.DAY_OUT_KEY, msgspec.json.encode(changes[-1]))


async def stored_day(bus: AnyBus) -> DayOut | None:
    """What the run before had counted; None when nobody knows."""
    try:
        stored = await bus.kv_get(subjects.CONTROL_BUCKET, subjects.DAY_OUT_KEY)
        return msgspec.json.decode(stored, type=DayOut) if stored is not None else None
    except (BusError, msgspec.DecodeError) as error:
        log.warning("day_out_unknown", error=str(error))
        return None
