"""Calls of the trunk that the engine refused before control saw them, from the engine's own words.

Such a caller hears the carrier's announcement, and no call is on record: only the engine's logs know. What
they say nothing of is not counted: an offer without any sound (488), an unknown extension that is required
(420).
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import prometheus_client as metrics
import structlog

from springline.contracts.event import utcnow
from springline.contracts.events import AnyEvent
from springline.contracts.house_events import CallsTurnedAway, TurnedAwayFor
from springline.telephony.control.growing_log import GrowingLog

log = structlog.get_logger("trunk")

READ_EVERY_SECONDS, REPORT_EVERY_SECONDS = 1.0, 10.0

TURNED_AWAY = metrics.Counter(
    "springline_trunk_calls_turned_away_total",
    "Calls of the trunk that the engine refused before they were a call",
    ["reason"],
)


class TurnedAway:
    """`logs` of the engine: its messages, and what it makes of offers; `trunk`: its endpoint."""

    def __init__(self, logs: Iterable[Path], trunk: str, journal: Callable[[AnyEvent], None]) -> None:
        self._logs = [GrowingLog(path, self.see) for path in logs]
        self._journal = journal
        self._seen: Counter[TurnedAwayFor] = Counter()
        name = re.escape(trunk)
        self._words = {
            # Lines that name nobody: phones of agents do not call.
            TurnedAwayFor.CODEC: re.compile(r"res_pjsip_sdp_rtp\.c: .*No incoming call offer caps"),
            TurnedAwayFor.TRANSPORT: re.compile(rf"res_pjsip_session\.c: +{name}: Couldn't negotiate stream"),
            TurnedAwayFor.OFFER: re.compile(r"pjproject: .*sip_inv\.c .*Error parsing/validating SDP body"),
            TurnedAwayFor.NUMBER: re.compile(
                rf"res_pjsip_session\.c: +{name}: Call .* rejected because extension not found"
            ),
        }

    async def run(self) -> None:
        """Follow the log until cancelled."""
        waited = REPORT_EVERY_SECONDS
        while True:
            await asyncio.sleep(READ_EVERY_SECONDS)
            waited += READ_EVERY_SECONDS
            for log_file in self._logs:
                await log_file.read()
            if self._seen and waited >= REPORT_EVERY_SECONDS:
                self.report()
                waited = 0.0

    def see(self, line: str) -> None:
        for reason, words in self._words.items():
            if words.search(line):
                TURNED_AWAY.labels(reason.value).inc()
                self._seen[reason] += 1

    def report(self) -> None:
        """To the journal, and begin to count anew."""
        for reason, count in self._seen.items():
            log.warning("calls_turned_away", reason=reason.value, count=count)
            self._journal(CallsTurnedAway(at=utcnow(), reason=reason, count=count))
        self._seen.clear()
