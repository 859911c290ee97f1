"""What a delivery earns, and the sentence that says how. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """分 per order, per bucket, and per bucket and floor above the first."""

    per_order_fen: int
    per_bucket_fen: int
    per_floor_fen: int


def earned(rule: Rule, qty: int, floor: int | None, lift: str) -> tuple[int, str]:
    """分 and why. An unknown floor or lift earns no floor money: it is asked for, not guessed."""
    if qty < 1:
        return 0, "0 桶"
    floors = max(0, (floor or 1) - 1) if lift == "no" else 0
    parts = [
        (rule.per_order_fen, f"每单 {_yuan(rule.per_order_fen)}"),
        (rule.per_bucket_fen * qty, f"{qty} 桶 × {_yuan(rule.per_bucket_fen)}"),
        (
            rule.per_floor_fen * qty * floors,
            f"爬楼 {qty} 桶 × {floors} 层 × {_yuan(rule.per_floor_fen)}",
        ),
    ]
    paid = [(fen, words) for fen, words in parts if fen]
    return sum(fen for fen, _words in paid), " + ".join(words for _fen, words in paid) or "0"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
