"""Tells people when control has to mend itself again and again: one lost word is an accident, many are a
fault."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from springline.business import jobs
from springline.business.calls.models import SystemEvent
from springline.business.calls.ringing_words import mended_of
from springline.business.messaging import services as messages
from springline.contracts import codec
from springline.contracts.reconciling import DifferenceKind, DifferenceMended

LOOK_SECONDS = 60.0
WINDOW = timedelta(hours=1)
OFTEN = 5
"""In a window. So many do not come of a message that crossed another one: those are seen once only."""


@dataclass(frozen=True)
class Mended:
    """How often what was mended in the window that ends at the newest."""

    counts: dict[DifferenceKind, int]
    newest: datetime

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def words(self, language: str) -> str:
        """The most frequent first. `language`: zh or en."""
        separator = "；" if language == "zh" else "; "
        ranked = sorted(self.counts.items(), key=lambda one: -one[1])
        return separator.join(f"{mended_of(kind)[language]} × {count}" for kind, count in ranked)


def register() -> None:
    jobs.every(LOOK_SECONDS, "calls.mending_alarm", look)


def mended(now: datetime) -> Mended | None:
    """Of the last hour; None: nothing."""
    rows = SystemEvent.objects.filter(type="DifferenceMended", error="", at__gt=now - WINDOW, at__lte=now)
    events = [codec.decode(row.data.encode(), DifferenceMended) for row in rows]
    if not events:
        return None
    return Mended(dict(Counter(event.kind for event in events)), max(event.at for event in events))


def look(now: datetime | None = None) -> None:
    found = mended(now or timezone.now())
    if found is None or found.total < OFTEN:
        return
    text = f"系统一小时内自动修正了 {found.total} 次状态：{found.words('zh')}。请运行 springline doctor。"
    key = f"engine.mended:{timezone.localtime(found.newest):%Y-%m-%d %H}"
    with transaction.atomic():
        messages.tell_robots("engine.mended", text, key=key, about="engine")
        messages.publish("engine.mended", {"text": text}, key=key, about="engine")
