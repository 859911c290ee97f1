"""The day's agent at the desk, against an API that answers from a list."""

from typing import Any

from springline.day.desk import Desk
from springline.day.profile import Area, Temper, Visit, Wish

VISIT = Visit(
    no=1, at=0, wish=Wish.ORDER, area=Area.CITY, temper=Temper.PLAIN, number="13805640005",
    own_number="13805640005", known=True, talk=30, patience=5, qty=2,
)  # fmt: skip


class SlowPerson:
    """Customer data are away the first two times."""

    def __init__(self) -> None:
        self.pops = 0
        self.placed: list[dict[str, Any]] = []

    async def get(self, path: str, **_params: Any) -> Any:
        if path.startswith("calls/"):
            return {"agent": "1001"}
        return {"draft": {"customer_id": 5, "lines": [{"sku": "SPRING-18.9", "qty": 2}]}}

    async def post(self, path: str, **body: Any) -> Any:
        if path == "customers/pop":
            self.pops += 1
            return {"kind": "known", "customer": {"id": 5}} if self.pops > 2 else UNAVAILABLE
        if path == "orders":
            self.placed.append(body)
        return {"quote": "q"}


UNAVAILABLE = {"kind": "unavailable", "customer": None}


async def test_who_cannot_be_looked_up_yet_is_not_taken_for_a_new_customer() -> None:
    person = SlowPerson()
    desk = Desk(person)  # type: ignore[arg-type]
    await desk.serve("call-1", VISIT)
    assert (desk.refused, desk.did["orders"]) == ([], 1)
    assert [order.get("customer_id") for order in person.placed] == [5]
