"""Many requests at one moment: SQLite, or PostgreSQL by SPRINGLINE_TEST_DATABASE_URL."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from springline.business.catalog import demo
from springline.business.catalog.models import Batch
from springline.business.delivery import syncing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import BatchOnRoad, Courier, DeliveryTask, SyncAction
from springline.business.delivery.schemas import LoadIn, SyncIn
from springline.business.delivery.services import assignment, loading
from springline.business.orders import services as orders
from springline.business.orders.errors import OrderRefused
from springline.business.orders.models import Order, Payment
from springline.business.vouchers import guards, ledger
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import VoucherEntry
from springline.business.vouchers.refusals import NotPossible, VoucherRefused
from tests.unit.delivery.people import Phone, a_courier, a_station, fresh, key, leaves, placed, task_of
from tests.unit.orders.people import a_customer, buys
from tests.unit.orders.test_delivering import adds_up

CLIENTS = 12


@pytest.fixture
def courier(transactional_db: None) -> Iterator[Courier]:
    demo.write()
    yield a_courier("courier01", a_station())
    # The test's own tidying up deletes rows, which the guards refuse.
    guards.remove(connection)
    call_command("flush", interactive=False, verbosity=0)
    guards.install(connection)


def at_once(work: Callable[[int], str]) -> Counter[str]:
    start = Barrier(CLIENTS)

    def client(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(20)
            return work(number)
        except (DeliveryRefused, OrderRefused, NotPossible, VoucherRefused) as refusal:
            return str(refusal.code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(client, range(CLIENTS)))


def test_one_report_sent_by_twelve_requests_at_once(courier: Courier) -> None:
    order = placed(a_customer())
    phone, now = Phone(courier), timezone.now()
    action = phone.does(task_of(order), "deliver", **leaves(order, cash_fen=4000))
    body = SyncIn(device_id="phone", sent_at=now, actions=[action])
    results = at_once(lambda _number: syncing.sync(courier, body, now)[0].status)
    assert results == {"done": 1, "repeated": CLIENTS - 1}
    assert Payment.objects.filter(order=order).count() == 1
    assert SyncAction.objects.count() == 1


def test_delivered_cancelled_given_and_expired_at_once(courier: Courier) -> None:
    other = a_courier("courier02", courier.station)
    order = placed(a_customer())
    task = task_of(order)
    phone, now = Phone(task.courier), timezone.now()
    action = phone.does(task, "deliver", **leaves(order, cash_fen=4000))
    body = SyncIn(device_id="phone", sent_at=now, actions=[action])

    def act(number: int) -> str:
        match number % 4:
            case 0:
                return syncing.sync(task.courier, body, now)[0].status
            case 1:
                orders.cancel(order.pk, "customer", key=key("cancel"), by=None)
            case 2:
                assignment.give(order.pk, other.pk, key=key("give"), by=courier.user)
            case _:
                assignment.expire_unanswered(timezone.now() + assignment.ANSWER_WITHIN)
        return "did"

    at_once(act)
    tasks = DeliveryTask.objects.filter(order_id=order.pk)
    assert SyncAction.objects.count() == 1
    assert Order.objects.get(pk=order.pk).state == "delivered"
    assert tasks.filter(state="delivered").count() == 1
    assert Payment.objects.filter(order=order).count() == 1
    assert all(not task.is_open for task in tasks)


def test_delivered_while_its_redemption_is_reversed(
    courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redeemed by a one-time code before the phone had a network, which comes back just now."""
    monkeypatch.setattr(ledger, "TRIES", 1)  # a deadlock would only be tried again
    wang = a_customer()
    buys(wang, 20)
    for turn in range(4):
        order = placed(wang)
        task, phone = task_of(order), Phone(courier)
        water, wanted = (
            order.lines.get().product,
            Request(key=f"code-{turn:04}", order_id=order.pk, delivery_id=task.pk),
        )
        first = vouchers.redeem(wanted, wang.pk, water, 2).entries[-1]
        told = phone.does(task, "deliver", **leaves(order, vouchers=2))
        body = SyncIn(device_id="phone", sent_at=timezone.now(), actions=[told])

        def act(number: int, turn: int = turn, entry: int = first.pk, body: SyncIn = body) -> str:
            if number % 2:
                vouchers.reverse(Request(key=f"back-{turn}-{number:04}"), entry)
                return "reversed"
            return syncing.sync(courier, body, body.sent_at)[0].status

        came = at_once(act)
        half = CLIENTS // 2
        assert came == {"done": 1, "repeated": half - 1, "reversed": 1, "reversed_already": half - 1}
        stands = _standing(order)
        assert [line.redeemed for line in order.lines.all()] == [stands]
        assert fresh(order).vouchers_fen == 2000 * stands
        assert task_of(order).vouchers == stands
        assert adds_up(order)


def _standing(order: Order) -> int:
    rows = VoucherEntry.objects.filter(order_id=order.pk).values_list("kind", "qty")
    return sum(qty * {"redeem": 1, "reverse": -1}.get(kind, 0) for kind, qty in rows)


def test_one_order_is_given_to_one_courier(courier: Courier) -> None:
    order = placed(a_customer())
    at_once(
        lambda number: str(assignment.give(order.pk, courier.pk, key=f"give-key-{number}", by=courier.user))
    )
    assert DeliveryTask.objects.filter(order_id=order.pk).count() == 1


def test_one_load_sent_by_twelve_requests_at_once(courier: Courier) -> None:
    now = timezone.now()
    number = Batch.objects.filter(product__sku="SPRING-18.9").values_list("batch_no", flat=True)[0]
    told = LoadIn(key="load-key-1", sku="SPRING-18.9", batch_no=number, qty=9, at=now, sent_at=now)
    other = a_courier("courier02", courier.station)

    def act(client: int) -> str:
        return str(loading.load(courier if client % 3 else other, told, now).qty)

    came = at_once(act)
    assert came["9"] + came["key_taken"] == CLIENTS
    assert came["9"] in (CLIENTS // 3, CLIENTS - CLIENTS // 3)
    assert BatchOnRoad.objects.count() == 1


def test_one_load_is_brought_back_once_by_twelve_requests_at_once(courier: Courier) -> None:
    now = timezone.now()
    number = Batch.objects.filter(product__sku="SPRING-18.9").values_list("batch_no", flat=True)[0]

    def told(name: str, move: str) -> LoadIn:
        return LoadIn.model_validate(
            {
                "key": name,
                "sku": "SPRING-18.9",
                "batch_no": number,
                "qty": 9,
                "at": now,
                "sent_at": now,
                "move": move,
            }
        )

    loading.load(courier, told("load-key-1", "loaded"), now)
    came = at_once(lambda client: str(loading.load(courier, told(f"back-key-{client}", "returned"), now).qty))
    assert came == {"9": 1, "not_on_vehicle": CLIENTS - 1}
