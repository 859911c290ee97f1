"""An agent of the day at the desk: what the screen pops, the order, the wrap-up; over the HTTP API."""

import asyncio
import uuid
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx

from springline.day.profile import Area, Visit, Wish
from springline.demo.http import Person, Refused
from springline.demo.water import SKU

_PLACES = {
    Area.CITY: ("六安市金安区皋城路", "六安市裕安区梅山路"),
    Area.HUOSHAN: ("霍山县衡山镇文盛路", "霍山县衡山镇迎驾大道"),
    Area.SHUCHENG: ("舒城县城关镇桃溪路", "舒城县城关镇梅河路"),
    Area.OTHER: ("金寨县梅山镇红军大道", "叶集区姚李镇古镇街"),
}
_CODES = {
    Wish.ORDER: "order",
    Wish.AFTERSALE: "aftersale",
    Wish.ENTERPRISE: "enterprise",
    Wish.COMPLAINT: "complaint",
    Wish.PERSON: "other",
}
FEWEST_FAR_OUT = 5
# Real seconds until the worker has written what control said, and until the database answers.
_ROW_WITHIN = 20.0


class Desk:
    """`did` counts what was done; `refused` are the API's own words where it said no."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.did: Counter[str] = Counter()
        self.refused: list[str] = []

    async def serve(self, call_id: str, visit: Visit) -> None:
        """What the caller wants, while they talk."""
        try:
            await self._mine(call_id)
            pop = await self._pop(call_id)
            if visit.wish is Wish.ORDER:
                await self._order(call_id, visit, pop)
            elif visit.wish is Wish.COMPLAINT:
                await self._complaint(call_id, pop)
            elif visit.wish is Wish.AFTERSALE:
                await self._look_up(pop)
        except (Refused, TimeoutError, httpx.HTTPError) as error:
            self.refused.append(f"call {visit.no}: {type(error).__name__} {error}")

    async def _mine(self, call_id: str) -> None:
        """Until the call is a row that names its agent: the pop and the wrap-up look there."""
        async with asyncio.timeout(_ROW_WITHIN):
            while True:
                with suppress(Refused):
                    if (await self._person.get(f"calls/{call_id}"))["agent"] is not None:
                        return
                await asyncio.sleep(0.1)

    async def _pop(self, call_id: str) -> dict[str, Any]:
        """Asked again until somebody could be asked, as the desk does: "unavailable" is not "new"."""
        async with asyncio.timeout(_ROW_WITHIN):
            while True:
                pop: dict[str, Any] = await self._person.post("customers/pop", call_id=call_id)
                if pop["kind"] != "unavailable":
                    return pop
                await asyncio.sleep(0.1)

    async def wrap_up(self, call_id: str, visit: Visit) -> None:
        """What the desk preselects, or what the caller said; it also ends wrap-up."""
        try:
            guess = await self._person.get(f"calls/{call_id}/guess")
            await self._person.post(
                f"calls/{call_id}/wrap-up",
                code=guess["code"] or _CODES[visit.wish],
                intent=guess["intent"],
                outcome=guess["outcome"] or "solved",
                lost_reason="enquiry" if guess["lost_reason_due"] else "",
                ready=True,
            )
            self.did["wrap_ups"] += 1
        except (Refused, TimeoutError, httpx.HTTPError) as error:
            self.refused.append(f"call {visit.no} wrap-up: {type(error).__name__} {error}")

    async def _order(self, call_id: str, visit: Visit, pop: dict[str, Any]) -> None:
        customer = (pop["customer"] or {}).get("id")
        draft = await self._again(customer) if customer else None
        if draft is None:
            draft = self._first(visit, customer)
        draft["call_id"] = call_id
        draft["lines"] = draft["lines"] or [{"sku": SKU, "qty": visit.qty}]
        try:
            await self._place(draft)
        except Refused as refusal:
            if "below_minimum" not in str(refusal):
                raise
            # Far out there the van comes for five; the caller agrees.
            await self._place({**draft, "lines": [{**draft["lines"][0], "qty": FEWEST_FAR_OUT}]})
        self.did["orders"] += 1

    async def _place(self, draft: dict[str, Any]) -> None:
        preview = await self._person.post("orders/preview", **draft)
        await self._person.post(
            "orders", **draft, confirm_duplicate=True, request_key=str(uuid.uuid4()), quote=preview["quote"]
        )

    async def _again(self, customer: int) -> dict[str, Any] | None:
        """再来一单; None: nothing to repeat."""
        try:
            return dict((await self._person.get(f"customers/{customer}/reorder"))["draft"])
        except Refused:
            return None

    def _first(self, visit: Visit, customer: int | None) -> dict[str, Any]:
        lines = [{"sku": SKU, "qty": visit.qty}]
        if customer is not None:
            return {"customer_id": customer, "lines": lines}
        street = _PLACES[visit.area][visit.no % 2]
        return {
            "customer": {"name": f"客户{visit.no}", "phones": [{"number": visit.own_number}]},
            "address": {"text": f"{street} {visit.no} 号", "floor": 1, "lift": "no"},
            "lines": lines,
        }

    async def _complaint(self, call_id: str, pop: dict[str, Any]) -> None:
        await self._person.post(
            "complaints",
            request_key=str(uuid.uuid4()),
            kind="attitude",
            answers={"who": "courier"},
            text="说好的时间没有送到",
            customer_id=(pop["customer"] or {}).get("id"),
            call_id=call_id,
        )
        self.did["complaints"] += 1

    async def _look_up(self, pop: dict[str, Any]) -> None:
        """The balance is read out; water on its way is urged."""
        customer = (pop["customer"] or {}).get("id")
        if customer is None:
            return
        await self._person.get(f"vouchers/customers/{customer}/balance")
        self.did["balances"] += 1
