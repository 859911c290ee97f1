"""Where other apps join in without being imported here: each registers in its AppConfig.ready()."""

from collections.abc import Callable

from springline.business.catalog.models import Product

# Name → whose order this is, None when there is none.
customer_of_order: dict[str, Callable[[int], int | None]] = {}
# Name → the delivery that is on its way to a customer with this product: (order, delivery, station) ids.
open_delivery: dict[str, Callable[[int, Product], tuple[int, int, int] | None]] = {}
