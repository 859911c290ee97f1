"""Counts the SIP requests the engine refused, from its security log, and journals them by address."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import TrunkRefused

log = structlog.get_logger("trunk")

READ_EVERY_SECONDS = 1.0
REPORT_EVERY_SECONDS = 10.0
LINES_AT_ONCE = 500
MOST_ADDRESSES, OTHERS = 50, "others"

REFUSED = metrics.Counter("springline_sip_refused_total", "SIP requests refused by the engine", ["event"])

_BAD = re.compile(
    r'SecurityEvent="(?P<event>InvalidAccountID|InvalidPassword|ChallengeResponseFailed|FailedACL)"'
    r'.*?Service="(?P<service>[^"]*)".*?RemoteAddress="[^/"]*/[^/"]*/(?P<address>[^/"]+)/'
)


class RefusedRequests:
    def __init__(
        self,
        security_log: Path,
        journal: Callable[[AnyEvent], None],
        refused: Callable[[str], None] = lambda _address: None,
    ) -> None:
        self._refused = refused
        self._path = security_log
        self._journal = journal
        self._seen: Counter[tuple[str, str]] = Counter()

    async def run(self) -> None:
        """Follow the log until cancelled; begins at its present end."""
        position = self._size()
        waited = REPORT_EVERY_SECONDS
        while True:
            await asyncio.sleep(READ_EVERY_SECONDS)
            waited += READ_EVERY_SECONDS
            while (further := self._read(position)) != position:
                position = further
                # A flood's lines must not hold up calls.
                await asyncio.sleep(0.01)
            if self._seen and waited >= REPORT_EVERY_SECONDS:
                self._report()
                waited = 0.0

    def see(self, line: str) -> None:
        if (found := _BAD.search(line)) is not None:
            REFUSED.labels(found["event"]).inc()
            self._seen[found["address"], found["service"]] += 1
            self._refused(found["address"])

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _read(self, position: int) -> int:
        size = self._size()
        if size < position:
            # A smaller file is a new one, and none at all is one to come: the log was rotated.
            position = 0
        if size == position:
            return position
        with self._path.open("rb") as file:
            file.seek(position)
            for line in islice(file, LINES_AT_ONCE):
                if not line.endswith(b"\n"):
                    # Its other half is still to be written.
                    break
                self.see(line.decode(errors="replace"))
                position += len(line)
        return position

    def _report(self) -> None:
        """The worst by address; forged senders of a flood must not fill the journal one by one."""
        worst = Counter(dict(self._seen.most_common(MOST_ADDRESSES)))
        if rest := self._seen.total() - worst.total():
            worst[OTHERS, "PJSIP"] = rest
        for (address, service), count in worst.items():
            log.warning("sip_refused", address=address, service=service, count=count)
            self._journal(TrunkRefused(at=utcnow(), address=address, service=service, count=count))
        self._seen.clear()
