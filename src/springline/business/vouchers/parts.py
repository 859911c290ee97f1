"""What customers' screens, exports and erasures show of vouchers (customers.hooks)."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from springline.business import jobs
from springline.business.calls import hooks as calls
from springline.business.calls.hooks import Clue
from springline.business.calls.states import Intent, WrapUpOutcome
from springline.business.customers import hooks
from springline.business.vouchers import cases, paper_photos, remedies, selectors, services
from springline.business.vouchers.models import (
    Iou,
    PaperExchange,
    ReconcileItem,
    VoucherCase,
    VoucherLot,
)
from springline.business.vouchers.statement import statement
from springline.business.vouchers.states import CaseState

_SETTLE_SECONDS, _RELEASE_SECONDS, _EXPIRE_SECONDS, _SWEEP_SECONDS = 60, 600, 3600, 3600
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def pop_part(ids: list[int]) -> dict[str, Any]:
    """The ticket balance and owed buckets of the screen pop, and the failures still open."""
    unsolved = [case for case in selectors.last_cases(ids) if case.done_at is None]
    return {
        **asdict(selectors.balance(ids)),
        "buckets_owed": sum(found.owed for found in selectors.bucket_standings(ids)),
        "open_cases": [{"id": case.pk, "code": case.code} for case in unsolved],
    }


def clue(call_id: str) -> Clue | None:
    """A voucher that could not be redeemed is what the call was about, unless it ended in more."""
    found = list(VoucherCase.objects.filter(call_id=call_id).exclude(state=CaseState.WITHDRAWN))
    if not found:
        return None
    solved = all(case.done_at is not None for case in found)
    codes = "、".join(sorted({case.code for case in found}))
    return Clue(
        intent=Intent.VOUCHER,
        outcome=WrapUpOutcome.SOLVED if solved else WrapUpOutcome.CASE_OPENED,
        weight=60,
        why_zh=f"本次通话处理了水票问题 {codes}",
        why_en=f"Voucher failures of this call: {codes}",
    )


def export_part(ids: list[int]) -> dict[str, Any]:
    """One person's ledger in full, times in ISO 8601."""
    everything = statement(ids, _BEGINNING, timezone.now())
    lines = [{**asdict(line), "at": line.at.isoformat()} for line in everything.lines]
    papers = [
        {
            "serial": paper.serial,
            "at": paper.at.isoformat(),
            "note": paper.photo,
            "photos": [str(photo.pk) for photo in paper.photos.all()],
        }
        for paper in PaperExchange.objects.filter(customer_id__in=ids).prefetch_related("photos")
    ]
    return {"closing": asdict(everything.closing), "lines": lines, "papers": papers}


def erase_blockers(ids: list[int]) -> list[tuple[str, str]]:
    """Water and money that are still owed one way or the other."""
    balance, reasons = selectors.balance(ids), []
    if balance.available or balance.reserved or balance.frozen:
        reasons.append(("还有未用的水票，请先退款或转让。", "Refund or transfer the unused vouchers first."))
    if balance.owed:
        reasons.append(("还有先送后核未结清。", "Vouchers are still owed for delivered water."))
    if any(found.out or found.held_fen for found in selectors.bucket_standings(ids)):
        reasons.append(("还有在外桶或押金未结清。", "Buckets or deposits are still outstanding."))
    return reasons


def erase(ids: list[int]) -> None:
    """What was written beside the ledgers. Their entries stay: each is hashed into the next."""
    Iou.objects.filter(customer_id__in=ids).update(reason="")
    ReconcileItem.objects.filter(customer_id__in=ids).update(note="", closing_note="")
    PaperExchange.objects.filter(customer_id__in=ids).update(photo="", why="")
    paper_photos.erase(ids)
    VoucherCase.objects.filter(customer_id__in=ids).update(note="")
    VoucherLot.objects.filter(customer_id__in=ids).update(remark="")


def register() -> None:
    jobs.every(5, "vouchers.cases", cases.escalate_late)
    jobs.every(_SETTLE_SECONDS, "vouchers.owed", remedies.settle_all)
    jobs.every(_RELEASE_SECONDS, "vouchers.stale", services.release_stale)
    jobs.every(_EXPIRE_SECONDS, "vouchers.expired", services.expire_due)
    jobs.every(_SWEEP_SECONDS, "vouchers.photos", paper_photos.sweep)
    calls.clues["vouchers"] = clue
    hooks.pop_parts["vouchers"] = pop_part
    hooks.export_parts["vouchers"] = export_part
    hooks.erasers["vouchers"] = erase
    hooks.erase_blockers["vouchers"] = erase_blockers
