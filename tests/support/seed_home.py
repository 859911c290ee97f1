"""`python -m tests.support.seed_home HOME`: the demo's rows with short times, in a process of its own.

Django knows one database a process, and pytest's is another one.
"""

import sys
from dataclasses import replace
from pathlib import Path

from springline.business import bootstrap
from springline.contracts.config import Device
from springline.demo.stage import seed
from springline.platform import settings as settings_of

RING_SECONDS, LONG_RING_SECONDS = 5.0, 90.0
WRAP_UP_SECONDS = 120.0
DESK_PHONES = ("1003", "1004")
COURIERS = ("courier-zhou", "courier-wu")
COURIER_PASSWORD = "quiet-river-17"
HUOSHAN = "341525"
ORDERS_CUSTOMER = "13805640091"


def main(home: Path) -> None:
    settings = settings_of.load(home)
    seed(settings)
    from springline.business.hotline.models import Queue

    Queue.objects.update(retry_after=0.5, wrap_up=WRAP_UP_SECONDS)
    Queue.objects.exclude(pk="pool").update(ring_timeout=LONG_RING_SECONDS)
    Queue.objects.filter(pk="pool").update(ring_timeout=RING_SECONDS)
    for agent in DESK_PHONES:
        bootstrap.set_agent_device(agent, Device.SIP)
    _couriers()
    _customers()


def _customers() -> None:
    """One who stands as the demo's best-known customer does, for tests of orders: others change the first."""
    from springline.business.orders import demo

    demo.write((replace(demo.PEOPLE[0], key="orders", phones=(ORDERS_CUSTOMER,)),))


def _couriers() -> None:
    """Two of Huoshan, and nobody at work until a phone says so."""
    from django.utils import timezone

    from springline.business.accounts.models import User
    from springline.business.accounts.roles import Role
    from springline.business.delivery.models import Courier, Shift, Station, Territory

    Shift.objects.filter(ended_at=None).update(ended_at=timezone.now())
    station, _new = Station.objects.get_or_create(
        name="霍山站", defaults={"county": HUOSHAN, "phone": "+8656450001"}
    )
    Territory.objects.get_or_create(
        station=station, county=HUOSHAN, town="", estate="", defaults={"name": "霍山"}
    )
    for username in COURIERS:
        user = User.objects.create_user(username, COURIER_PASSWORD, name=username, role=Role.COURIER)
        Courier.objects.create(user=user, name=username, station=station)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
