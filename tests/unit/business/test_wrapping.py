"""The end of a call: a guess that one key confirms, and why an order call gave no order (N2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from springline.business.accounts.models import User
from springline.business.calls.models import Call, WrapUp, WrapUpCode
from springline.business.catalog import demo
from springline.business.orders import services as orders
from springline.business.orders.models import UnconvertedDemand
from tests.unit.business.people import a_call
from tests.unit.orders.people import a_customer, wants

SignIn = Callable[[User], Client]


@pytest.fixture
def desk(signed_in: SignIn, xiaohuo: User) -> Client:
    for number, code in enumerate(["order", "urge", "complaint", "other"]):
        WrapUpCode.objects.create(code=code, name_zh=code, name_en=code, key=str(number))
    a_call("c1")
    Call.objects.update(intent="订水")
    return signed_in(xiaohuo)


def guess(desk: Client, call: str = "c1") -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"/api/calls/{call}/guess").json()
    return found


def wrap_up(desk: Client, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = desk.post("/api/calls/c1/wrap-up", {"code": "order", **body}, content_type="application/json")
    return answer.status_code, answer.json()


def test_the_keys_are_the_guess_when_nothing_was_done(desk: Client) -> None:
    found = guess(desk)
    assert (found["code"], found["intent"], found["outcome"]) == ("order", "order", "none")
    assert (found["lost_reason_due"], found["orders"], found["why"]) == (True, [], "来电按键：订水")


def test_an_order_of_this_call_is_the_surest_guess(desk: Client) -> None:
    demo.write()
    Call.objects.update(intent="售后")
    order = orders.place(wants(a_customer(), call_id="c1"))
    orders.urge(order.pk, key="urge-0001", by=None, call_id="c1")
    found = guess(desk)
    assert (found["intent"], found["outcome"], found["lost_reason_due"]) == ("order", "order_placed", False)
    assert found["orders"] == [{"id": order.pk, "no": order.no}]
    assert wrap_up(desk, intent="order", outcome="order_placed")[0] == 200
    orders.cancel(order.pk, "mistake", key="cancel-1", by=None)
    assert guess(desk)["intent"] == "urge"
    assert wrap_up(desk, intent="order", outcome="order_placed")[1]["code"] == "lost_reason_missing"


def test_a_call_for_water_without_an_order_wants_a_reason_and_is_demand(desk: Client) -> None:
    status, answer = wrap_up(desk, intent="order", outcome="none")
    assert (status, answer["code"]) == (422, "lost_reason_missing")
    assert not WrapUp.objects.exists()
    status, answer = wrap_up(desk, intent="order", outcome="none", lost_reason="too_slow", note="要今天")
    assert status == 200
    assert answer["wrap_up"]["lost_reason"] == "too_slow"
    demand = UnconvertedDemand.objects.get()
    assert (demand.reason, demand.call_id, demand.county) == ("too_slow", "c1", "341525")
    wrap_up(desk, intent="order", outcome="none", lost_reason="price")
    assert [row.reason for row in UnconvertedDemand.objects.all()] == ["price"]
    wrap_up(desk, intent="enquiry", outcome="solved", lost_reason="price")
    assert not UnconvertedDemand.objects.exists()
    assert WrapUp.objects.get().lost_reason == ""


def test_who_is_called_back_is_not_lost_yet(desk: Client) -> None:
    assert wrap_up(desk, intent="order", outcome="call_back")[0] == 200
    assert not UnconvertedDemand.objects.exists()


def test_knowledge_is_a_list_of_tags(desk: Client) -> None:
    tags = [" 电子水票如何绑定 ", "", "乡镇配送时效", "电子水票如何绑定"]
    answer = wrap_up(desk, intent="voucher", outcome="solved", knowledge=tags)[1]
    assert answer["wrap_up"]["knowledge"] == ["电子水票如何绑定", "乡镇配送时效"]


def test_an_older_screen_names_the_code_alone(desk: Client) -> None:
    status, answer = wrap_up(desk, note="两桶")
    assert (status, answer["wrap_up"]["intent"], answer["wrap_up"]["outcome"]) == (200, "order", "")


@pytest.mark.parametrize("body", [{"intent": "nonsense"}, {"outcome": "x"}, {"lost_reason": "because"}])
def test_what_is_unknown_is_refused(desk: Client, body: dict[str, str]) -> None:
    assert wrap_up(desk, **body)[0] == 422


def test_another_agents_call_is_none_of_ones_business(desk: Client, signed_in: SignIn, xiaoan: User) -> None:
    assert signed_in(xiaoan).get("/api/calls/c1/guess").status_code == 403
    assert desk.get("/api/calls/nothing/guess").status_code == 404
