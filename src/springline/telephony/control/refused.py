"""Counts the SIP requests the engine refused, from its security log, and journals them by address."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import TrunkRefused
from springline.telephony.control.growing_log import GrowingLog

log = structlog.get_logger("trunk")

READ_EVERY_SECONDS = 1.0
REPORT_EVERY_SECONDS = 10.0
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
        following = GrowingLog(self._path, self.see)
        waited = REPORT_EVERY_SECONDS
        while True:
            await asyncio.sleep(READ_EVERY_SECONDS)
            waited += READ_EVERY_SECONDS
            await following.read()
            if self._seen and waited >= REPORT_EVERY_SECONDS:
                self._report()
                waited = 0.0

    def see(self, line: str) -> None:
        if (found := _BAD.search(line)) is not None:
            REFUSED.labels(found["event"]).inc()
            self._seen[found["address"], found["service"]] += 1
            self._refused(found["address"])

    def _report(self) -> None:
        """The worst by address; forged senders of a flood must not fill the journal one by one."""
        worst = Counter(dict(self._seen.most_common(MOST_ADDRESSES)))
        if rest := self._seen.total() - worst.total():
            worst[OTHERS, "PJSIP"] = rest
        for (address, service), count in worst.items():
            log.warning("sip_refused", address=address, service=service, count=count)
            self._journal(TrunkRefused(at=utcnow(), address=address, service=service, count=count))
        self._seen.clear()
