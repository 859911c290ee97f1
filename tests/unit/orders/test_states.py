"""The whole table of §4.4: what it says, and that what it does not say is refused."""

import pytest

from springline.business.orders.states import TRANSITIONS, OrderEvent, OrderState, after, diagram
from springline.platform.states import IllegalTransition

# State → events and where they lead, "." stays. What is not here is not possible.
EXPECTED = {
    "draft": "placed>confirmed cancelled>cancelled",
    "confirmed": "queued>unassigned cancelled>cancelled changed>. urged>. overdue>.",
    "unassigned": "assigned>assigned cancelled>cancelled changed>. urged>. overdue>.",
    "assigned": "accepted>accepted unassigned>unassigned cancelled>cancelled changed>. urged>. overdue>.",
    "accepted": "picked_up>delivering unassigned>unassigned cancelled>cancelled changed>. urged>. overdue>.",
    "delivering": (
        "delivered>delivered failed>failed unassigned>unassigned cancelled>cancelled "
        "changed>. urged>. overdue>."
    ),
    "failed": "rescheduled>unassigned reassigned>unassigned returned>cancelled urged>. overdue>.",
    "delivered": (
        "paid>. settled>settled after_sales_opened>after_sales vouchers_redeemed>. vouchers_reversed>. "
        "vouchers_owed>. vouchers_waived>."
    ),
    "settled": "after_sales_opened>after_sales vouchers_reversed>delivered",
    "after_sales": (
        "after_sales_closed>delivered refunded>refunded vouchers_redeemed>. vouchers_reversed>. "
        "vouchers_owed>. vouchers_waived>."
    ),
    "cancelled": "delivered>delivered",
    "refunded": "vouchers_reversed>. vouchers_waived>.",
}


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("event", list(OrderEvent))
def test_the_whole_table(state: OrderState, event: OrderEvent) -> None:
    possible = dict(pair.split(">") for pair in EXPECTED[state.value].split())
    to = possible.get(event.value)
    if to is None:
        with pytest.raises(IllegalTransition):
            after(state, event)
    else:
        assert after(state, event) == (state.value if to == "." else to)


def test_every_state_can_be_reached_and_left_or_is_an_end() -> None:
    reached, fresh = {OrderState.DRAFT}, {OrderState.DRAFT}
    while fresh:
        fresh = {to for (state, _event), to in TRANSITIONS.items() if state in fresh} - reached
        reached |= fresh
    assert reached == set(OrderState)
    ends = set(OrderState) - {state for (state, _event), to in TRANSITIONS.items() if to != state}
    assert ends == {OrderState.REFUNDED}


def test_the_picture_has_every_move() -> None:
    picture = diagram()
    assert "accepted --> delivering: picked_up" in picture
    assert "urged" not in picture
