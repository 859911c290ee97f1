"""Orders in words: what the agent reads back, and the one line of a screen pop."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from springline.business.catalog.models import Product
from springline.business.customers.places import pack
from springline.business.customers.regions.sentences import county_en, county_zh
from springline.business.orders.models import Order, OrderLine
from springline.business.orders.plan import Plan, Where
from springline.business.orders.promising import SHANGHAI

_VOLUME = re.compile(r"\s*\d[\d.]*\s*(?:升|毫升|L|ml)\s*(?:×\s*\d+)?", re.IGNORECASE)


def yuan(fen: int) -> str:
    """1250 → 12.50, 4000 → 40."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}{f'.{part:02}' if part else ''}"


def short_name(product: Product) -> str:
    """As F3 says it: 18.9L 山泉水."""
    if not product.volume_ml or product.volume_ml < 1000 or "×" in product.name_zh:
        return product.name_zh
    return f"{product.volume_ml / 1000:g}L {_VOLUME.sub('', product.name_zh)}"


def last_line(order: Order, lines: Sequence[OrderLine]) -> str:
    """“上次：18.9L 山泉水 ×2 · 10-28 · 衡山镇…” (F3). Lines with their products."""
    what = "、".join(f"{short_name(line.product)} ×{line.qty}" for line in lines[:2])
    when = (order.delivered_at or order.placed_at).astimezone(SHANGHAI)
    more = "等" if len(lines) > 2 else ""
    return f"上次：{what}{more} · {when:%m-%d} · {_town(order.town) or order.address_text[:8]}…"


def last_line_en(order: Order, lines: Sequence[OrderLine]) -> str:
    what = ", ".join(f"{line.product.name_en or line.name} ×{line.qty}" for line in lines[:2])
    when = (order.delivered_at or order.placed_at).astimezone(SHANGHAI)
    more = " …" if len(lines) > 2 else ""
    return f"Last: {what}{more} · {when:%m-%d} · {_town(order.town) or order.address_text[:8]}…"


def read_back_zh(plan: Plan, now: datetime) -> str:
    goods = "、".join(f"{line.product.name_zh} {line.qty} {line.product.unit}" for line in plan.lines)
    parts = [f"您要{goods}", f"送到{_place(plan.where)}" if plan.where else "送到哪里"]
    parts.append(_when_zh(plan, now))
    parts += _money_zh(plan)
    return "，".join(parts) + "，对吗？"


def read_back_en(plan: Plan, now: datetime) -> str:
    goods = ", ".join(f"{line.qty} × {line.product.name_en or line.product.name_zh}" for line in plan.lines)
    place = f"to {_place(plan.where, english=True)}" if plan.where else "to an address still to be given"
    parts = [goods, place, _when_en(plan, now), *_money_en(plan)]
    return "; ".join(parts) + ". Is that right?"


def moment_zh(at: datetime, now: datetime) -> str:
    """今天 11:20, 明天 09:00, 12月1日 10:00."""
    local, days = at.astimezone(SHANGHAI), _days(at, now)
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local:%H:%M}"


def moment_en(at: datetime, now: datetime) -> str:
    local, days = at.astimezone(SHANGHAI), _days(at, now)
    day = {0: "today", 1: "tomorrow"}.get(days, f"{local:%d %b}")
    return f"{day} {local:%H:%M}"


def _days(at: datetime, now: datetime) -> int:
    gap: timedelta = at.astimezone(SHANGHAI).date() - now.astimezone(SHANGHAI).date()
    return gap.days


def _when_zh(plan: Plan, now: datetime) -> str:
    if plan.window_to is not None:
        end = plan.window_to.astimezone(SHANGHAI)
        if plan.window_from is None:
            return f"{moment_zh(plan.window_to, now)} 前送到"
        if plan.window_from.astimezone(SHANGHAI).date() == end.date():
            return f"{moment_zh(plan.window_from, now)} 到 {end:%H:%M} 之间送到"
        return f"{moment_zh(plan.window_from, now)} 到{moment_zh(plan.window_to, now)} 之间送到"
    if plan.promise_at is None:
        return "送达时间与您另约"
    return f"{moment_zh(plan.promise_at, now)} 前送到"


def _when_en(plan: Plan, now: datetime) -> str:
    if plan.window_to is not None:
        end = moment_en(plan.window_to, now)
        return f"between {moment_en(plan.window_from, now)} and {end}" if plan.window_from else f"by {end}"
    return f"by {moment_en(plan.promise_at, now)}" if plan.promise_at else "at a time to be agreed"


def _money_zh(plan: Plan) -> list[str]:
    parts = [f"用水票 {plan.vouchers} 张"] if plan.vouchers else []
    fees = [
        ("送水费", plan.delivery_fee_fen),
        ("楼层费", plan.floor_fee_fen or 0),
        ("押桶", plan.deposit_fen),
    ]
    inside = "、".join(f"{name} {yuan(fen)} 元" for name, fen in fees if fen)
    included = f"（含{inside}）" if inside else ""
    if plan.due_fen == 0:
        parts.append("不用再付钱")
    elif plan.monthly:
        parts.append(f"记月结 {yuan(plan.due_fen)} 元{included}")
    else:
        parts.append(f"应付 {yuan(plan.due_fen)} 元{included}")
    if plan.floor_fee_fen is None:
        parts.append("楼层费到时另计")
    return parts


def _money_en(plan: Plan) -> list[str]:
    parts = [f"{plan.vouchers} vouchers"] if plan.vouchers else []
    fees = [
        ("delivery", plan.delivery_fee_fen),
        ("floors", plan.floor_fee_fen or 0),
        ("deposits", plan.deposit_fen),
    ]
    inside = ", ".join(f"{name} {yuan(fen)}" for name, fen in fees if fen)
    included = f" (of it {inside})" if inside else ""
    if plan.due_fen == 0:
        parts.append("nothing to pay")
    elif plan.monthly:
        parts.append(f"¥{yuan(plan.due_fen)} on the monthly account{included}")
    else:
        parts.append(f"¥{yuan(plan.due_fen)} to pay{included}")
    if plan.floor_fee_fen is None:
        parts.append("a floor fee is agreed at the door")
    return parts


def _place(where: Where, *, english: bool = False) -> str:
    """The county first unless the text says it: the town's name alone may mean another county."""
    county = county_zh(pack(), where.county) if where.county else ""
    # As the desk has it: “168 号 3 栋 501” is read at a glance, “168 号3 栋 501” is not.
    said = f"{where.text} {where.building}".rstrip()
    if not county or county in said or county[:-1] in said:
        return said
    return f"{county_en(pack(), where.county)} {said}" if english else county + said


def _town(code: str) -> str:
    town = pack().town(code) if code else None
    return town.name if town else ""
