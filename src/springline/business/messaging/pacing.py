"""How many messages an outlet takes, as token buckets. Pure: the clock is given.

Limits of §5.2: WeCom and DingTalk 20 a minute for each robot, Feishu 100 a minute and 5 a second.
"""

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Holds at most `size` tokens and gains `size` in `seconds`."""

    size: float
    seconds: float
    tokens: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.size

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 when one is."""
        self._fill(now)
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) * self.seconds / self.size

    def take(self, now: float) -> None:
        """Raises ValueError when there is none."""
        if self.wait(now) > 0:
            raise ValueError("no token")
        self.tokens -= 1

    def _fill(self, now: float) -> None:
        # A clock that was set back gives nothing and takes nothing.
        gone = max(0.0, now - self.at) if self.at is not None else 0.0
        self.tokens = min(self.size, self.tokens + gone * self.size / self.seconds)
        self.at = now


class Pace:
    """All buckets of one outlet: it may send when each has a token."""

    def __init__(self, *limits: tuple[float, float]) -> None:
        self.buckets = [Bucket(size, seconds) for size, seconds in limits]

    def wait(self, now: float) -> float:
        return max((bucket.wait(now) for bucket in self.buckets), default=0.0)

    def take(self, now: float) -> None:
        for bucket in self.buckets:
            bucket.take(now)
