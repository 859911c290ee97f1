"""Where addresses are, learnt from phones at the door."""

from django.utils import timezone

from springline.business.delivery import schemas as io
from springline.business.delivery.models import Courier, Door
from springline.business.orders.models import Order


def note(order: Order, courier: Courier, here: io.HereIn) -> None:
    """The newest sighting counts; nothing is noted for an address that is not the customer's any more."""
    if here.lat is None or here.lng is None or order.address_id is None:
        return
    seen = {"lat": here.lat, "lng": here.lng, "courier": courier, "at": timezone.now()}
    Door.objects.update_or_create(address_id=order.address_id, defaults=seen)
