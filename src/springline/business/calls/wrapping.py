"""The end of a call: what it was about, what came of it, and a guess that one key confirms."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls import hooks
from springline.business.calls.hooks import Clue
from springline.business.calls.models import Call, WrapUp, WrapUpCode
from springline.business.calls.states import Intent, LostReason, WrapUpOutcome

# What the menus call an intent (flow documents) → what it is here. Key 0 says nothing about it.
_MENUS = {
    "订水": Intent.ORDER,
    "售后": Intent.AFTERSALE,
    "企业团购": Intent.ENTERPRISE,
    "投诉建议": Intent.COMPLAINT,
    **{intent.value: intent for intent in Intent},
}
_LONGEST_TAGS = 20


class LostReasonMissing(ValueError):
    """A call for water gave no order, and nobody said why (N2)."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What the agent says. `intent` "" : an older screen, which knows the code alone."""

    code: WrapUpCode
    note: str = ""
    intent: str = ""
    outcome: str = ""
    lost_reason: str = ""
    knowledge: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """`code` None: no wrap-up code bears the intent's name. `needs_reason`: as it is, it wants a reason."""

    intent: Intent
    outcome: WrapUpOutcome | None
    code: WrapUpCode | None
    why_zh: str
    why_en: str
    orders: list[tuple[int, str]]

    @property
    def needs_reason(self) -> bool:
        return lost(self.intent, self.outcome or "", self.orders)


def guess(call: Call) -> Guess:
    """From what was done in the call, and else from the keys that were pressed."""
    found = [clue for look in hooks.clues.values() if (clue := look(call.id)) is not None]
    best = max([*found, _pressed(call)], key=lambda clue: clue.weight)
    return Guess(
        intent=best.intent,
        outcome=best.outcome,
        code=WrapUpCode.objects.filter(pk=best.intent.value, active=True).first(),
        why_zh=best.why_zh,
        why_en=best.why_en,
        orders=hooks.orders_of(call.id),
    )


def lost(intent: str, outcome: str, orders: Sequence[object]) -> bool:
    """Whether a call for water gave no order, so that a reason is due. A call back is not lost yet."""
    return intent == Intent.ORDER and not orders and outcome != WrapUpOutcome.CALL_BACK


@transaction.atomic
def wrap_up(call: Call, noted: Noted, by: User | ApiToken) -> WrapUp:
    """Note it; a second time replaces the first, and the audit trail keeps both.

    Raises LostReasonMissing when the agent says it was about an order, there is none, and no reason is given.
    """
    if lost(noted.intent, noted.outcome, hooks.orders_of(call.id)):
        if not noted.lost_reason:
            raise LostReasonMissing
        reason = LostReason(noted.lost_reason).value
    else:
        reason = ""
    former = WrapUp.objects.filter(pk=call.id).values_list("code_id", flat=True).first()
    row, _new = WrapUp.objects.update_or_create(
        call_id=call.id,
        defaults={
            "code": noted.code,
            "note": noted.note.strip(),
            "intent": noted.intent or intent_of_code(noted.code),
            "outcome": noted.outcome,
            "lost_reason": reason,
            "knowledge": tags(noted.knowledge),
            "by": by if isinstance(by, User) else None,
            "at": timezone.now(),
        },
    )
    audit(by, "call.wrapped_up", row, code=noted.code.code, former=former, lost_reason=reason)
    for listener in hooks.wrapped_up.values():
        listener(row, call.caller, call.region)
    return row


def tags(words: Sequence[str]) -> list[str]:
    """Without blanks and repetitions, in the order they were given."""
    return list(dict.fromkeys(word.strip()[:40] for word in words if word.strip()))[:_LONGEST_TAGS]


def intent_of_code(code: WrapUpCode) -> str:
    """ "" for a code of the operator's own that names no intent."""
    return code.code if code.code in Intent.values else ""


def intent_of_menu(said: str | None) -> Intent | None:
    """What the menus' word for an intent means; None when the caller chose nothing."""
    return _MENUS.get(said or "")


def _pressed(call: Call) -> Clue:
    intent = intent_of_menu(call.intent)
    if intent is None:
        return Clue(
            intent=Intent.OTHER,
            outcome=None,
            weight=0,
            why_zh="来电没有选择业务",
            why_en="No key said what it is about",
        )
    return Clue(
        intent=intent,
        outcome=WrapUpOutcome.NONE if intent is Intent.ORDER else None,
        weight=10,
        why_zh=f"来电按键：{call.intent}",
        why_en=f"The caller's keys: {intent.value}",
    )
