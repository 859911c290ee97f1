"""Changes, urging, lateness, failures: by whom, until when, and what follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.customers.inputs import AddressIn
from springline.business.customers.models import Customer
from springline.business.customers.services import addresses
from springline.business.orders import hooks, services
from springline.business.orders.errors import OrderRefused
from springline.business.orders.inputs import ChangeIn, LineIn
from springline.business.orders.models import Order
from springline.business.orders.states import OrderEvent
from springline.business.vouchers import selectors as vouchers
from tests.unit.orders.people import HOME, buys, wants
from tests.unit.orders.test_delivering import left, on_its_way

ELSEWHERE = AddressIn(text="霍山县与儿街镇老街 9 号", floor=1, lift="no")


def change(order: Order, key: str = "change-01", **what: object) -> Order:
    return services.change(order.pk, ChangeIn(version=order.version, key=key, **what), by=None)


def code_of(work: object) -> str:
    with pytest.raises(OrderRefused) as refused:
        work()  # type: ignore[operator]
    return refused.value.code


def test_more_water_takes_more_vouchers_and_keeps_the_promise(wang: Customer) -> None:
    buys(wang, 5)
    order = services.place(wants(wang), now=timezone.now() - timedelta(minutes=40))
    heard: list[int] = []
    hooks.changed.append(lambda changed: heard.append(changed.version))
    done = change(order, lines=[LineIn(sku="SPRING-18.9", qty=4), LineIn(sku="PUMP", qty=1)])
    assert (done.vouchers_fen, done.promise_at) == (8000, order.promise_at)
    assert vouchers.balance([wang.pk]).reserved == 4
    assert done.steps.last().facts["lines"] == [["SPRING-18.9", 2, 4], ["PUMP", 0, 1]]
    assert heard == [done.version]
    fewer = change(done, "change-02", lines=[LineIn(sku="SPRING-18.9", qty=1)])
    assert [(line.name, line.qty) for line in fewer.lines.all()] == [("山泉水 18.9 升", 1)]
    assert vouchers.balance([wang.pk]).reserved == 1


def test_a_note_does_not_price_anew(wang: Customer, spring: object) -> None:
    order = services.place(wants(wang))
    order.lines.update(unit_fen=1900)
    done = change(order, note=" 放门口 ", contact_phone="13900000099")
    assert (done.note, done.contact_phone, done.lines.get().unit_fen) == ("放门口", "+8613900000099", 1900)
    assert done.steps.last().facts == {"note": True, "contact": True}


def test_another_address_is_saved_and_counted(wang: Customer) -> None:
    done = change(services.place(wants(wang)), address=ELSEWHERE)
    assert (done.address_text, done.county, wang.addresses.count()) == (ELSEWHERE.text, "341525", 2)
    assert wang.addresses.get(pk=done.address_id).uses == 1


def test_on_its_way_the_address_may_change_within_the_territory_alone(wang: Customer) -> None:
    order = on_its_way(services.place(wants(wang)))
    assert code_of(lambda: change(order, lines=[LineIn(sku="SPRING-18.9", qty=1)])) == "on_its_way"
    hooks.may_reroute.append(lambda _order, _county, town: False)
    assert code_of(lambda: change(order, "change-02", address=ELSEWHERE)) == "outside_territory"
    order.refresh_from_db()
    assert (order.town, wang.addresses.count()) == (order.address.town, 1)  # type: ignore[union-attr]
    hooks.may_reroute[:] = [lambda _order, _county, town: True]
    assert change(order, "change-03", address=ELSEWHERE).address_text == ELSEWHERE.text


def test_what_was_delivered_cannot_be_changed(wang: Customer) -> None:
    order = left(on_its_way(services.place(wants(wang))), cash_fen=14_000)
    assert code_of(lambda: change(order, note="x")) == "not_possible"


def test_a_key_belongs_to_one_request(wang: Customer) -> None:
    order = services.place(wants(wang))
    services.urge(order.pk, key="the-key-1", by=None)
    assert code_of(lambda: services.cancel(order.pk, "mistake", key="the-key-1", by=None)) == "key_reused"


def test_on_its_way_an_agent_cancels_and_a_machine_does_not(wang: Customer, agent: User) -> None:
    order = on_its_way(services.place(wants(wang)))
    machine = ApiToken.objects.create(name="mini", digest="x", scopes=["control"])
    cancelled: list[Order] = []
    hooks.cancelled.append(cancelled.append)
    assert code_of(lambda: services.cancel(order.pk, "price", key="cancel-1", by=machine)) == "on_its_way"
    assert services.cancel(order.pk, "price", key="cancel-2", by=agent).state == "cancelled"
    assert [row.pk for row in cancelled] == [order.pk]


def test_a_missed_promise_is_flagged_once_and_a_new_one_clears_it(wang: Customer) -> None:
    order = services.place(wants(wang), now=timezone.now() - timedelta(days=2))
    assert (services.mark_overdue(), services.mark_overdue()) == (1, 0)
    order.refresh_from_db()
    assert order.overdue_at == order.promise_at
    later = timezone.now() + timedelta(hours=2)
    assert change(order, window_to=later).overdue_at is None


def test_a_failed_delivery_is_put_off_sent_again_or_brought_back(wang: Customer) -> None:
    waiting: list[int] = []
    hooks.confirmed.append(lambda order: waiting.append(order.pk))
    order = on_its_way(services.place(wants(wang)))
    order = services.record(order.pk, OrderEvent.FAILED, key="failed-1", by=None, facts={"code": "F6"})
    to = timezone.now() + timedelta(hours=3)
    order = services.reschedule(order.pk, key="later-01", by=None, window_to=to)
    assert (order.state, order.promise_at, order.courier_id) == ("unassigned", to, None)
    assert waiting == [order.pk, order.pk]
    for event, facts in (("assigned", {"courier_id": 8}), ("accepted", {}), ("picked_up", {})):
        services.record(order.pk, OrderEvent(event), key=f"again-{event}", by=None, facts=facts)
    services.record(order.pk, OrderEvent.FAILED, key="failed-2", by=None, facts={"code": "F3"})
    order = services.bring_back(order.pk, key="back-001", by=None)
    assert (order.state, order.cancel_reason) == ("cancelled", "returned")


def test_what_delivery_may_not_tell(wang: Customer) -> None:
    order = services.place(wants(wang))
    with pytest.raises(ValueError, match="not recorded here"):
        services.record(order.pk, OrderEvent.CANCELLED, key="cancel-1", by=None)
    assert code_of(lambda: services.record(order.pk, OrderEvent.PICKED_UP, key="picked-1", by=None)) == (
        "not_possible"
    )
    on_its_way(order)
    with pytest.raises(ValueError, match="F9"):
        services.record(order.pk, OrderEvent.FAILED, key="failed-1", by=None, facts={"code": "F9"})


def test_to_the_same_place_an_order_goes_as_it_was_said(wang: Customer) -> None:
    order = services.place(wants(wang))
    address = wang.addresses.get()
    addresses.change(address.pk, AddressIn(text="霍山县衡山镇文峰路 3 号", floor=6, lift="no"))
    done = change(order, lines=[LineIn(sku="SPRING-18.9", qty=3)])
    address.refresh_from_db()
    assert (done.address_text, done.floor, address.text, address.floor) == (
        HOME,
        1,
        "霍山县衡山镇文峰路 3 号",
        6,
    )
    addresses.remove(address.pk)
    assert change(done, "change-02", lines=[LineIn(sku="SPRING-18.9", qty=2)]).address_text == HOME


def test_a_floor_that_is_told_later_is_charged_and_kept(wang: Customer) -> None:
    order = services.place(wants(wang))
    done = change(order, floor=4, lift="no")
    assert done.floor_fee_fen == 3 * 2 * 100
    assert wang.addresses.get().floor == 4
    assert wang.changes.first().after == {"id": done.address_id, "floor": 4}
