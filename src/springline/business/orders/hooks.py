"""Where delivery joins in without being imported here; it registers in its AppConfig.ready().

All are called inside the transaction of the change, after it; what one raises undoes the change.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from springline.business.orders.models import Order

OrderHook = Callable[[Order], None]

# The order waits for a courier: it is new (and written after this), was put off, or is to go out again.
confirmed: list[OrderHook] = []
# The order is cancelled; a courier may already have it.
cancelled: list[OrderHook] = []
# Quantity, address, window, note or urgency changed.
changed: list[OrderHook] = []
# Whether an order on its way may be sent to this county and town: False is a veto (outside the territory).
may_reroute: list[Callable[[Order, str, str], bool]] = []
# A redemption was reversed or made up for after the delivery.
recounted: list[OrderHook] = []
# Names of couriers by id, for the screen pop.
courier_names: list[Callable[[Sequence[int]], dict[int, str]]] = []


_quiet: ContextVar[bool] = ContextVar("orders_quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """For orders of the past that are written down now (demo, import): nobody is sent out for them."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def tell(listeners: list[OrderHook], order: Order) -> None:
    """A listener that takes a step with the order refreshes it: the caller goes on with this object."""
    for listener in [] if _quiet.get() else listeners:
        listener(order)


def names_of_couriers(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for names in courier_names:
        found |= names(ids)
    return found
