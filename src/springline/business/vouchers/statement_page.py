"""The statement as a page to print: words, yuan and links, for the template that screen and PDF share."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import urlencode

from springline.business.customers.selectors import canonical
from springline.business.hotline.models import Hotline
from springline.business.http import english
from springline.business.vouchers import hooks
from springline.business.vouchers.statement import Line, Statement


@dataclass(frozen=True)
class Link:
    name: str
    url: str


def html(found: Statement, customer_id: int, *, base: str, printing: bool) -> str:
    """`base`: what links begin with, such as https://desk.example; `printing`: without buttons."""
    customer = canonical(customer_id)
    orders = {line.order_id for line in found.lines if line.order_id}
    numbers = {pk: no for ask in hooks.order_numbers.values() for pk, no in ask(orders).items()}
    return render_to_string(
        "vouchers/statement.html",
        {
            "en": english(),
            "customer": {"id": customer.pk, "name": customer.name},
            "since": _day(found.since),
            "until": _day(found.until),
            "printed": _moment(timezone.now()),
            "sums": _sums(found),
            "lines": [_line(line, base, numbers) for line in found.lines],
            "hotline": _hotline(),
            "printing": printing,
            "query": urlencode({"since": found.since.isoformat(), "until": found.until.isoformat()}),
        },
    )


def yuan(fen: int) -> str:
    """¥ with a real minus sign; nothing for nothing."""
    if not fen:
        return ""
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _sums(found: Statement) -> list[dict[str, object]]:
    opening, closing = found.opening, found.closing
    names = (
        ("Vouchers", "Buckets out", "Deposited buckets", "Deposits (yuan)")
        if english()
        else ("水票（张）", "在外桶（只）", "押桶（只）", "押金（元）")
    )
    values = [
        (opening.vouchers, closing.vouchers),
        (opening.buckets, closing.buckets),
        (opening.deposits, closing.deposits),
        (yuan(opening.deposit_fen) or "0.00", yuan(closing.deposit_fen) or "0.00"),
    ]
    return [
        {"name": name, "opening": begin, "closing": end}
        for name, (begin, end) in zip(names, values, strict=True)
    ]


def _line(line: Line, base: str, numbers: dict[int, str]) -> dict[str, object]:
    return {
        "ledger": line.ledger,
        "at": _moment(line.at),
        "ref": line.ref,
        "kind_name": line.kind_name,
        "what": line.what,
        "qty": line.qty,
        # Where the change does not show it, such as what was set aside and is redeemed.
        "qty_told": line.qty and abs(line.change) != line.qty,
        "reason": line.reason,
        "change": f"{'+' if line.change > 0 else '−'}{abs(line.change)}" if line.change else "0",
        "sign": "plus" if line.change > 0 else "minus" if line.change < 0 else "",
        "after": line.after,
        "yuan": yuan(line.fen),
        "links": _links(line, base, numbers),
    }


def _links(line: Line, base: str, numbers: dict[int, str]) -> list[Link]:
    """An order by the number that the customer was told, the rest by what it is: ids tell nobody anything."""
    order, call, delivery = ("Order", "Call", "Delivery") if english() else ("订单", "通话", "配送")
    found = []
    if line.order_id:
        found.append(
            Link(
                f"{order} {numbers.get(line.order_id, line.order_id)}", f"{base}/desk/orders/{line.order_id}"
            )
        )
    if line.call_id:
        found.append(Link(call, f"{base}/desk/calls/{line.call_id}"))
    if line.delivery_id:
        found.append(Link(delivery, f"{base}/desk/deliveries/{line.delivery_id}"))
    return found


def _hotline() -> str:
    digits = Hotline.objects.values_list("number", flat=True).first() or ""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else digits


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d")


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
