"""The demo's customers, what they ordered and the vouchers they hold. All of it is fictional.

The numbers stand for nobody; streets and house numbers are made up around real counties and towns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from springline.business.catalog.models import Product
from springline.business.customers.inputs import AddressIn, ContactIn, CustomerIn, PhoneIn
from springline.business.customers.models import Customer
from springline.business.customers.services import profiles
from springline.business.orders import demand, hooks, services
from springline.business.orders.inputs import DeliveredIn, DeliveredLine, DemandIn, EmptiesIn, LineIn, OrderIn
from springline.business.orders.models import Order, UnconvertedDemand
from springline.business.orders.states import OrderEvent
from springline.business.vouchers import services as vouchers
from springline.business.vouchers.ledger import Request
from springline.business.vouchers.models import VoucherPackage
from springline.business.vouchers.past import happened_at


@dataclass(frozen=True)
class Past:
    """An order of `days` ago: what was bought, and the empties that came back. `owing`: no deposit paid."""

    days: int
    sku: str
    qty: int
    empties: int = 0
    owing: bool = False


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    phones: tuple[str, ...]
    address: str
    building: str = ""
    floor: int | None = 1
    lift: str = "no"
    notes: str = ""
    type: str = "person"
    level: str = "normal"
    settlement: str = "cash"
    contacts: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()


_SPRING, _MINERAL, _PURE = "SPRING-18.9", "MINERAL-18.9", "PURE-18.9"
PEOPLE = (
    # The caller of the demo: six vouchers left, one bucket owed, last order two of spring water.
    Person(
        "wang", "王女士", ("13805640001",), "霍山县衡山镇迎驾大道 168 号", "3 栋 501", 5, "yes",
        notes="放门口即可", level="silver", packages=("V-SPRING-10",),
        past=(Past(85, _SPRING, 1), Past(57, _SPRING, 2, 1), Past(29, _SPRING, 2, 1, owing=True)),
    ),
    Person(
        "plant", "云岭电子厂", ("13805640011", "13805640012", "05643210011"), "六安经济开发区皋城东路 88 号",
        "办公楼前台", 1, "yes", type="enterprise", level="gold", settlement="monthly",
        contacts=("行政小周", "会计老吴"), past=(Past(22, _PURE, 20), Past(8, _PURE, 20, 18)),
    ),
    Person(
        "school", "青禾小学", ("13805640013",), "裕安区平桥乡振华路 6 号", "教务处", 2, "no",
        type="school", settlement="monthly", past=(Past(15, _SPRING, 12),),
    ),
    Person(
        "chen", "陈老师", ("13805640002",), "金安区东市街道人民路 21 号", "2 单元 402", 4, "no",
        packages=("V-ANY-20",), past=(Past(40, _MINERAL, 2), Past(12, _SPRING, 2, 2)),
    ),
    Person(
        "li", "李师傅", ("13805640003",), "霍山县衡山镇淠源渠路工地", "项目部", 1, "no",
        past=(Past(6, _SPRING, 5),),
    ),
    Person(
        "zhao", "赵大爷", ("13805640004",), "霍山县与儿街镇老街 9 号", notes="耳背，请大声敲门",
        past=(Past(33, _SPRING, 1),),
    ),
    Person(
        "liu", "刘女士", ("13805640005",), "裕安区小华山街道梅山路 128 号", "6 栋 1101", 11, "yes",
        packages=("V-SPRING-30",), past=(Past(50, _SPRING, 3), Past(20, _SPRING, 3, 3)),
    ),
    Person(
        "qian", "钱先生", ("13805640006",), "舒城县城关镇桃溪路 15 号", "1 单元 302", None, "unknown",
        past=(Past(18, "SPRING-11.3", 2),),
    ),
    Person("sun", "孙女士", ("13805640007",), "金寨县梅山镇红军大道 3 号", "5 栋 202", 2, "no"),
    Person("zhou", "周先生", ("13805640008",), "叶集区姚李镇古镇街 44 号", past=(Past(61, _SPRING, 2),)),
    Person("wu", "吴老板", ("13805640009",), "霍邱县城关镇蓼城路 77 号", "门面房"),
)  # fmt: skip


def write(people: Iterable[Person] = PEOPLE) -> bool:
    """Make what is missing; whether anything was new. The demos of catalog and vouchers come first."""
    before = Customer.objects.count(), Order.objects.count(), UnconvertedDemand.objects.count()
    with hooks.quiet():
        for person in people:
            _person(person)
        _unmet()
    return before != (Customer.objects.count(), Order.objects.count(), UnconvertedDemand.objects.count())


def _person(person: Person) -> None:
    contacts = [ContactIn(name=name) for name in person.contacts]
    customer = profiles.create(
        CustomerIn(
            name=person.name,
            type=person.type,
            level=person.level,
            settlement=person.settlement,
            phones=[
                PhoneIn(number=number, contact=person.contacts[place] if place < len(contacts) else "")
                for place, number in enumerate(person.phones)
            ],
            contacts=contacts,
            addresses=[
                AddressIn(
                    text=person.address,
                    building=person.building,
                    floor=person.floor,
                    lift=person.lift,
                    notes=person.notes,
                )
            ],
            request_key=f"demo:customer:{person.key}",
        )
    )
    for package in person.packages:
        bought = VoucherPackage.objects.get(sku=package)
        with happened_at(_bought_at(person)):
            vouchers.purchase(Request(key=f"demo:lot:{person.key}:{package}"), customer.pk, bought)
    for past in person.past:
        _past(person, customer, past)


def _placed_at(days: int) -> datetime:
    """In the morning, `days` ago."""
    return timezone.now().replace(hour=1, minute=20, second=0, microsecond=0) - timedelta(days=days)


def _bought_at(person: Person) -> datetime:
    """Vouchers are bought the day before the first order."""
    return _placed_at(max((past.days for past in person.past), default=0) + 1)


def _past(person: Person, customer: Customer, past: Past) -> None:
    """Placed, brought and paid, all of it with the times of then."""
    key = f"demo:order:{person.key}:{past.days}"
    if Order.objects.filter(request_key=key).exists():
        return
    placed = _placed_at(past.days)
    delivered = placed + timedelta(minutes=70)
    kind = Product.objects.get(sku=past.sku).bucket_type_id
    empties = [EmptiesIn(bucket_type_id=kind, qty=past.empties)] if kind else []
    wanted = OrderIn(
        customer_id=customer.pk,
        lines=[LineIn(sku=past.sku, qty=past.qty)],
        empties=empties,
        request_key=key,
        confirm_duplicate=True,
    )
    with happened_at(placed):
        order = services.place(wanted, now=placed)
    for minutes, event in enumerate((OrderEvent.ASSIGNED, OrderEvent.ACCEPTED, OrderEvent.PICKED_UP)):
        facts = {"courier_id": None} if event is OrderEvent.ASSIGNED else {}
        at = placed + timedelta(minutes=5 + 5 * minutes)
        services.record(order.pk, event, key=f"{key}:{event.value}", by=None, at=at, facts=facts)
    deposit = 0 if past.owing else order.deposit_fen
    told = DeliveredIn(
        lines=[DeliveredLine(id=line.pk, qty=line.qty) for line in order.lines.all()],
        empties=empties,
        cash_fen=deposit + (0 if order.monthly else order.due_fen - order.deposit_fen),
    )
    with happened_at(delivered):
        services.deliver(order.pk, told, key=f"{key}:delivered", by=None, at=delivered)


def _unmet() -> None:
    """Calls that gave no order (N2)."""
    said = [
        ("outside", "合肥市蜀山区望江西路", 2),
        ("outside", "寿县寿春镇", 5),
        ("too_slow", "金寨县燕子河镇", 5),
        ("price", "霍邱县长集镇", 3),
    ]
    for number, (reason, address, qty) in enumerate(said):
        key = f"demo:demand:{number}"
        demand.note(DemandIn(reason=reason, address=address, sku=_SPRING, qty=qty, key=key))
