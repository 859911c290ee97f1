"""Voucher cases and their clock (M4): three minutes from the answered call to a remedy or an agreement."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.calls.models import Call
from springline.business.messaging.services import tell_robots
from springline.business.notices import announce
from springline.business.vouchers.ledger import name_of
from springline.business.vouchers.models import VoucherCase
from springline.business.vouchers.refusals import NotPossible, VoucherRefused
from springline.business.vouchers.states import CaseState, FormEvent, after_form

LIMIT = timedelta(minutes=3)
WARN_AT = timedelta(minutes=2, seconds=30)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """`state`: running, warning, late (both while open); then met or missed. Seconds are whole."""

    state: str
    seconds: int
    left: int


def open_case(
    refusal: VoucherRefused,
    customer_id: int,
    by: User | ApiToken | None,
    *,
    call_id: str = "",
    order_id: int | None = None,
    answered_at: datetime | None = None,
) -> VoucherCase:
    """Note a failure. The same failure of one customer in one call is one case, with the first clock."""
    if call_id:
        former = VoucherCase.objects.filter(call_id=call_id, customer_id=customer_id, code=refusal.code)
        same = former.exclude(state=CaseState.WITHDRAWN).first()
        if same is not None:
            return same
        # What the switch wrote down counts more than a browser's clock.
        call = Call.objects.filter(pk=call_id).only("connected_at").first()
        answered_at = call.connected_at if call and call.connected_at else answered_at
    now = timezone.now()
    case = VoucherCase.objects.create(
        customer_id=customer_id,
        code=refusal.code,
        call_id=call_id,
        order_id=order_id,
        detail=dict(refusal.facts),
        started_at=min(answered_at or now, now),
        actor=name_of(by),
    )
    _tell(case)
    return case


@transaction.atomic
def close_case(case_id: int, event: FormEvent, remedy: str, note: str) -> VoucherCase:
    """Resolved, an action agreed, or withdrawn: each stops the clock, and what was withdrawn counts nowhere.

    Only what an agent told can be withdrawn, never what the ledger refused. Raises VoucherCase.DoesNotExist,
    NotPossible.
    """
    case = VoucherCase.objects.select_for_update().get(pk=case_id)
    if event not in {FormEvent.RESOLVE, FormEvent.AGREE, FormEvent.WITHDRAW}:
        raise NotPossible("bad_event", "无此操作", "There is no such action")
    if event is FormEvent.WITHDRAW and not case.detail.get("told"):
        raise NotPossible(
            "not_told", "这是系统核销时的失败，不能撤回。", "The ledger refused this: it cannot be withdrawn."
        )
    if case.state in {CaseState.RESOLVED, CaseState.WITHDRAWN}:
        return case
    first = case.done_at is None
    case.state = after_form(case.state, event)
    case.remedy, case.note = remedy[:40], note[:200]
    if first:
        case.done_at = timezone.now()
    case.save(update_fields=["state", "remedy", "note", "done_at"])
    _tell(case)
    return case


@transaction.atomic
def escalate_late(now: datetime | None = None) -> int:
    """Mark, once, the cases of calls whose three minutes are over; how many. For supervisors to see."""
    moment = now or timezone.now()
    late = VoucherCase.objects.filter(done_at=None, escalated_at=None, started_at__lt=moment - LIMIT)
    found = list(late.exclude(call_id=""))
    done = VoucherCase.objects.filter(pk__in=[row.pk for row in found], escalated_at=None)
    count = done.update(escalated_at=moment)
    for row in found:
        _tell(row, late=1)
        tell_robots(
            "voucher.late",
            f"水票问题 {row.code} 超过 3 分钟未处理，请班长跟进。",
            key=f"case-late:{row.pk}",
            about=f"case:{row.pk}",
        )
    return count


def _tell(case: VoucherCase, **facts: int) -> None:
    announce("voucher", case.pk, customer_id=case.customer_id, code=str(case.code), **facts)


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """`met` and `missed` of those done; `rate` = met ÷ (met + missed + open ones that are late)."""

    total: int
    met: int
    missed: int
    open: int
    rate: float | None
    by_code: dict[str, int]


def kpi(since: datetime, until: datetime, now: datetime | None = None) -> Kpi:
    """M4 of the cases that began in [since, until) in a call: what nobody was waiting for has no clock."""
    moment = now or timezone.now()
    began = VoucherCase.objects.filter(started_at__gte=since, started_at__lt=until)
    rows = list(began.exclude(call_id="").exclude(state=CaseState.WITHDRAWN))
    states = Counter(clock(row, moment).state for row in rows)
    counted = states["met"] + states["missed"] + states["late"]
    return Kpi(
        total=len(rows),
        met=states["met"],
        missed=states["missed"],
        open=states["running"] + states["warning"] + states["late"],
        rate=states["met"] / counted if counted else None,
        by_code=dict(Counter(row.code for row in rows)),
    )


def clock(case: VoucherCase, now: datetime) -> Clock:
    """2:59 is met, 3:00 is met, later is missed."""
    took = (case.done_at or now) - case.started_at
    late, seconds = took > LIMIT, int(took.total_seconds())
    if case.done_at is not None:
        state = "missed" if late else "met"
    else:
        state = "late" if late else "warning" if took >= WARN_AT else "running"
    return Clock(state=state, seconds=seconds, left=int(LIMIT.total_seconds()) - seconds)
