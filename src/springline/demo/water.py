"""What the demo's people do: the agent orders, the courier's phone delivers, the statement adds up.

All of it over the same HTTP API that the desk and the courier's app use.
"""

import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from springline.demo.http import Person
from springline.demo.story import NEW_NUMBER

SKU = "SPRING-18.9"
# Where the courier's phone says it is: somewhere in 衡山镇.
DOOR = {"lat": 31.3952, "lng": 116.3411}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the story, in both languages; `ok` is False when it did not come out as it should."""

    zh: str
    en: str
    ok: bool = True


Tell = Callable[[Told], None]


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the story, whose courier has it, and the customer's vouchers before it."""

    id: int
    no: str
    customer_id: int
    courier: str
    vouchers_before: int


async def order_again(agent: Person, call_id: str, tell: Tell) -> Ordered:
    """再来一单 for whoever rings: the pop, the draft, its price, the order of this call."""
    pop = await agent.post("customers/pop", call_id=call_id)
    customer, parts = pop["customer"] or {}, pop["parts"]
    last = (parts.get("orders") or {}).get("last") or {}
    before = (parts.get("vouchers") or {}).get("available", 0)
    tell(
        Told(
            zh=f"弹屏：{customer.get('name')}，{last.get('text')}，水票 {before} 张",
            en=f"Pop: a known customer, {before} vouchers left",
            ok=pop["kind"] == "known" and bool(last),
        )
    )
    again = await agent.get(f"customers/{customer['id']}/reorder")
    preview = again["preview"]
    tell(
        Told(zh=f"再来一单，复述：{preview['read_back']['zh']}", en="The same again, read back to the caller")
    )
    order = await agent.post(
        "orders", **{**again["draft"], "call_id": call_id}, request_key=_key(), quote=preview["quote"]
    )
    return _ordered(order, call_id, before, tell)


async def first_order(agent: Person, call_id: str, tell: Tell) -> Ordered:
    """A number nobody knows: customer, address and order in one request."""
    pop = await agent.post("customers/pop", call_id=call_id)
    tell(
        Told(
            zh=f"弹屏：新客户 {pop['display']}，{pop['banner']}",
            en="Pop: a new customer; ask for the address",
            ok=pop["kind"] == "new",
        )
    )
    draft = {
        "customer": {"name": "刘先生", "phones": [{"number": NEW_NUMBER}]},
        "address": {"text": "霍山县衡山镇文盛路 12 号", "floor": 1, "lift": "no"},
        "lines": [{"sku": SKU, "qty": 1}],
        "call_id": call_id,
    }
    preview = await agent.post("orders/preview", **draft)
    tell(Told(zh=f"复述：{preview['read_back']['zh']}", en="First order, deposit included, read back"))
    order = await agent.post("orders", **draft, request_key=_key(), quote=preview["quote"])
    return _ordered(order, call_id, 0, tell)


def _ordered(order: dict[str, Any], call_id: str, before: int, tell: Tell) -> Ordered:
    tell(
        Told(
            zh=f"已下单 {order['no']}，自动派给 {order['courier'] or '——'}",
            en=f"Order {order['no']} placed and given to a courier",
            ok=order["state"] == "assigned" and order["call_id"] == call_id,
        )
    )
    return Ordered(
        id=order["id"],
        no=order["no"],
        customer_id=order["customer_id"],
        courier=order["courier"],
        vouchers_before=before,
    )


async def deliver(courier: Person, order_no: str, tell: Tell) -> dict[str, Any]:
    """The courier's phone: accept, load, arrive, deliver with empties, money and a photo."""
    tasks = (await courier.get("courier/tasks"))["tasks"]
    task = next(one for one in tasks if one["order_no"] == order_no)
    tell(
        Told(
            zh=f"配送员手机：第 {task['position']} 站 {task['address']['text']}，{task['phone_masked']}",
            en="The courier's phone shows it",
            ok=task["state"] == "offered",
        )
    )
    for kind, zh, en in (
        ("accept", "接单", "accepted"),
        ("pick_up", "取水出发", "loaded"),
        ("arrive", "到达", "arrived"),
    ):
        result = await _report(courier, task["id"], kind, {})
        tell(Told(zh=f"配送员{zh}", en=f"Courier {en}", ok=result["status"] == "done"))
    photo = await courier.upload("courier/photos", _picture(), key=str(uuid.uuid4()))
    result = await _report(courier, task["id"], "deliver", _left(task, photo["id"]))
    again = await _report(courier, task["id"], "deliver", _left(task, photo["id"]), key=result["key"])
    empties = task["empties_expected"]
    tell(
        Told(
            zh=f"送达：水票 {task['vouchers_due']} 张，现金 {task['cash_due_fen'] / 100:g} 元，"
            f"回收空桶 {empties} 只，照片 1 张",
            en=f"Delivered once, with a photo: vouchers {task['vouchers_due']}, empties {empties}",
            ok=(result["status"], again["status"]) == ("done", "repeated"),
        )
    )
    return dict(task)


def _left(task: dict[str, Any], photo: str) -> dict[str, Any]:
    kinds = [line["bucket_type_id"] for line in task["lines"] if line["bucket_type_id"]]
    return {
        "lines": [{"id": line["id"], "qty": line["qty"]} for line in task["lines"]],
        "empties": [{"bucket_type_id": kind, "qty": task["empties_expected"]} for kind in kinds[:1]],
        "cash_fen": task["cash_due_fen"],
        "vouchers": task["vouchers_due"],
        "photo_ids": [photo],
        **DOOR,
    }


async def _report(
    courier: Person, task_id: int, kind: str, payload: dict[str, Any], key: str = ""
) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    action = {"key": key or _key(), "task_id": task_id, "kind": kind, "at": now, "payload": payload}
    answer = await courier.post("courier/sync", device_id="demo", sent_at=now, actions=[action])
    result: dict[str, Any] = answer["results"][0]
    return result


async def adds_up(agent: Person, ordered: Ordered, task: dict[str, Any], tell: Tell) -> None:
    """The customer's statement against what was delivered: sums, balance, and a line that names its order."""
    statement = await agent.get(f"vouchers/customers/{ordered.customer_id}/statement")
    balance = await agent.get(f"vouchers/customers/{ordered.customer_id}/balance")
    order = await agent.get(f"orders/{ordered.id}")
    lines, closing = statement["lines"], statement["closing"]
    sums = {
        ledger: sum(line["change"] for line in lines if line["ledger"] == ledger)
        for ledger in ("voucher", "bucket", "deposit")
    }
    of_order = [line for line in lines if line["order_id"] == ordered.id and line["delivery_id"]]
    redeemed = sum(line["qty"] for line in of_order if line["kind"] == "redeem")
    ok = (
        sums == {"voucher": closing["vouchers"], "bucket": closing["buckets"], "deposit": closing["deposits"]}
        and balance["available"] == ordered.vouchers_before - task["vouchers_due"]
        and redeemed == task["vouchers_due"]
        and bool(of_order)
        and order["state"] == "delivered"
        and order["owed_fen"] == 0
    )
    tell(
        Told(
            zh=f"对账单逐笔相符：水票 {closing['vouchers']} 张，在外桶 {closing['buckets']} 只，"
            f"押金 {closing['deposit_fen'] / 100:g} 元",
            en=f"The statement adds up: {closing['vouchers']} vouchers, {closing['buckets']} buckets out",
            ok=ok,
        )
    )


async def settle(courier: Person, tell: Tell) -> None:
    """The courier's day so far: the cash is handed over."""
    day = await courier.get("courier/settlement")
    done = await courier.post("courier/settlement", day=day["day"], cash_fen=day["to_hand_fen"], key=_key())
    tell(
        Told(
            zh=f"配送员日结：送达 {done['delivered']} 单，现金 {done['cash_fen'] / 100:g} 元已交，"
            f"提成 {done['commission_fen'] / 100:g} 元",
            en=f"The courier's day: {done['delivered']} delivered, cash handed over",
            ok=done["cash_fen"] == done["handed_fen"] and done["to_hand_fen"] == 0,
        )
    )


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (640, 480), (22, 119, 200)).save(out, "JPEG")
    return out.getvalue()


def _key() -> str:
    return str(uuid.uuid4())
