"""Measures over HTTP."""

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from springline.business.accounts.roles import Action
from springline.business.calls.callbacks import selectors as callbacks
from springline.business.http import BOTH, answers, require_some
from springline.business.reports import measures, selectors

router = Router(tags=["reports"], auth=BOTH)


class CallbacksWaitingOut(Schema):
    """Call-backs now. `warned`, `late`: not tried 10, 15 minutes of service time after the call.

    `kept`: of those `due` today, as far as it is decided, so many were tried in time.
    """

    waiting: int
    oldest_at: datetime | None
    warned: int
    late: int
    kept: int
    due: int
    kept_rate: float | None


class TodayOut(Schema):
    """Rates are 0…1 and null while there is nothing to divide by; times in s. `since`: midnight in Shanghai.

    `connect_needs_action`: below 95 % after at least 20 calls.
    """

    since: datetime
    calls: int
    open: int
    requests: int
    connected: int
    abandoned: int
    short_abandoned: int
    messages: int
    out_of_area: int
    left_in_menu: int
    connect_rate: float | None
    offered_connect_rate: float | None
    service_level: float | None
    abandon_rate: float | None
    average_talk: float | None
    warned: int
    connect_needs_action: bool
    connect_target: float
    callbacks: CallbacksWaitingOut


@router.get("/reports/today", response=answers(TodayOut))
def today(request: HttpRequest) -> TodayOut:
    """Today's figures of the whole hotline, for boards."""
    require_some(request, Action.WATCH_LIVE)
    since, until = selectors.today()
    found = selectors.measures(since, until)
    promised = callbacks.promise(since, until)
    fields = {name: getattr(found, name) for name in found.__slots__}
    return TodayOut(
        since=since,
        connect_needs_action=found.connect_needs_action,
        connect_target=measures.CONNECT_TARGET,
        callbacks=CallbacksWaitingOut(
            **asdict(callbacks.waiting_now()), **asdict(promised), kept_rate=promised.rate
        ),
        **fields,
    )
