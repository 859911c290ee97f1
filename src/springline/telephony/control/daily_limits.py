"""What calls out may take of a day: how many, and how much money."""

from collections.abc import Iterable
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from springline.contracts.config import OutboundConfig

SHANGHAI = ZoneInfo("Asia/Shanghai")


def cost(talk_seconds: float, rate: int) -> int:
    """In 分; begun minutes count, and a call that nobody took costs nothing."""
    return ceil(talk_seconds / 60) * rate


class DailyLimits:
    """A day of Shanghai. A restart of control begins anew: the business floor counts as well."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._calls = self._spent = 0

    def refusal(self, now: datetime, rules: OutboundConfig, talking: Iterable[float]) -> str | None:
        """The code of what forbids one more call; `talking`: seconds so far of each call out that goes on."""
        self._turn(now)
        if self._calls >= rules.daily_calls:
            return "daily_cap"
        # A call that still rings may cost its first minute as well.
        running = sum(max(cost(seconds, rules.rate), rules.rate) for seconds in talking)
        return "spend_cap" if self._spent + running + rules.rate > rules.daily_spend else None

    def count(self) -> None:
        self._calls += 1

    def spend(self, now: datetime, talk_seconds: float, rate: int) -> None:
        """A call has ended."""
        self._turn(now)
        self._spent += cost(talk_seconds, rate)

    def _turn(self, now: datetime) -> None:
        day = now.astimezone(SHANGHAI).date()
        if day != self._day:
            self._day, self._calls, self._spent = day, 0, 0
