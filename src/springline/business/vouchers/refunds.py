"""What a lot is worth to its owner, and so what a refund pays. Pure.

Formula 2026-1 (requirements §4.5): paid − used at the paid price, where gifts count as used first, in the
customer's favour, and fractions of a 分 are rounded in the customer's favour too. A full refund within seven
days when none was used is the same figure, and is said so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

VERSION = "2026-1"
FULL_REFUND_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class LotFacts:
    """`gone`: redeemed and not reversed, plus transferred away. `gifts` include compensations.

    `refunded_fen`: what earlier refunds of the lot paid; redemptions reversed since leave vouchers again.
    """

    paid_fen: int
    paid_qty: int
    gifts: int
    gone: int
    bought_at: datetime
    refunded_fen: int = 0


@dataclass(frozen=True, kw_only=True)
class Refund:
    """`fen` is what is paid back; `counted` how many of those gone are charged. Sentences show the sum."""

    version: str
    rule: str
    fen: int
    counted: int
    charged_fen: int
    zh: str
    en: str


def worth(paid_fen: int, paid_qty: int, gifts: int, gone: int) -> int:
    """What is left of the price (分) when `gone` of the lot are gone. Never negative."""
    counted = min(max(0, gone - gifts), paid_qty)
    return paid_fen - (paid_fen * counted // paid_qty if paid_qty else 0)


def refund(lot: LotFacts, at: datetime) -> Refund:
    """What refunding all that is left of the lot pays at the moment `at`."""
    left = worth(lot.paid_fen, lot.paid_qty, lot.gifts, lot.gone)
    counted = min(max(0, lot.gone - lot.gifts), lot.paid_qty)
    charged = lot.paid_fen - left
    fen = max(0, left - lot.refunded_fen)
    fresh = lot.gone == lot.refunded_fen == 0 and at - lot.bought_at <= timedelta(days=FULL_REFUND_DAYS)
    paid, back, used = _yuan(lot.paid_fen), _yuan(fen), _yuan(charged)
    if fresh:
        zh = f"购买 {FULL_REFUND_DAYS} 天内未使用，全额退款 {back} 元"
        en = f"Unused and bought within {FULL_REFUND_DAYS} days: all of {back} yuan"
    else:
        already, before = (
            (f" − 已退 {_yuan(lot.refunded_fen)} 元", f" − refunded before {_yuan(lot.refunded_fen)}")
            if lot.refunded_fen
            else ("", "")
        )
        zh = (
            f"实付 {paid} 元 − 已用 {lot.gone} 张（先抵赠票 {lot.gifts} 张，计费 {counted} 张）"
            f"{used} 元{already} = {back} 元"
        )
        en = (
            f"Paid {paid} − {counted} of {lot.gone} used (gifts first: {lot.gifts}) {used}{before} "
            f"= {back} yuan"
        )
    return Refund(
        version=VERSION,
        rule="seven_days" if fresh else "used_at_paid_price",
        fen=fen,
        counted=counted,
        charged_fen=charged,
        zh=zh,
        en=en,
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
