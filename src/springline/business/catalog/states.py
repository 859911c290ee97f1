"""The life of a product and what an area is served with."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from springline.platform.states import following


class ProductState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("On sale")
    PAUSED = "paused", _("Paused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProductEvent(StrEnum):
    OFFER = "offer"
    PAUSE = "pause"
    WITHDRAW = "withdraw"


# A withdrawn product never comes back: vouchers and old orders name it as it was. A new SKU is made instead.
TRANSITIONS: dict[tuple[ProductState, ProductEvent], ProductState] = {
    (ProductState.DRAFT, ProductEvent.OFFER): ProductState.ACTIVE,
    (ProductState.DRAFT, ProductEvent.WITHDRAW): ProductState.WITHDRAWN,
    (ProductState.ACTIVE, ProductEvent.PAUSE): ProductState.PAUSED,
    (ProductState.ACTIVE, ProductEvent.WITHDRAW): ProductState.WITHDRAWN,
    (ProductState.PAUSED, ProductEvent.OFFER): ProductState.ACTIVE,
    (ProductState.PAUSED, ProductEvent.WITHDRAW): ProductState.WITHDRAWN,
}


def after(state: ProductState, event: ProductEvent) -> ProductState:
    """The state that follows. Raises IllegalTransition."""
    return following(TRANSITIONS, state, event)


class ServiceState(models.TextChoices):
    SERVED = "served", _("We deliver")
    NOT_SERVED = "not_served", _("No delivery")
    BY_APPOINTMENT = "by_appointment", _("By appointment")
    # Nothing is known of the area: never the same as not served.
    UNKNOWN = "unknown", _("Unknown")


class WaterType(models.TextChoices):
    SPRING = "spring", _("Spring water")
    MINERAL = "mineral", _("Mineral water")
    PURIFIED = "purified", _("Purified water")
    NONE = "none", _("No water")


class RuleKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    LEVEL = "level", _("Customer level")
    REGION = "region", _("Region")
    QUANTITY = "quantity", _("Quantity")
