"""What the endpoints of delivery share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.models import Courier
from springline.business.http import ApiError, english, forbidden, require
from springline.business.orders.errors import OrderRefused
from springline.business.pictures import PictureRefused


def courier_of(request: HttpRequest) -> Courier:
    """The courier who asks. Raises ApiError 403: not one, or not set up as one."""
    actor = require(request, Action.DELIVER)
    found = (
        Courier.objects.select_related("station", "user").filter(user=actor, active=True).first()
        if isinstance(actor, User)
        else None
    )
    if found is None:
        raise forbidden()
    return found


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what the services refuse into answers."""
    try:
        yield
    except (DeliveryRefused, OrderRefused, PictureRefused) as refusal:
        raise ApiError(refusal.status, refusal.code, refusal.en if english() else refusal.zh) from refusal


def day_of(text: str) -> date:
    """A day in Shanghai; today for an empty text. Raises ApiError 422."""
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ApiError(422, "invalid", _("The request is not valid.")) from None
