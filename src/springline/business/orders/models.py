"""Orders, what happened to them, what was paid, and demand that became no order. Money in 分."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import AppendOnly, User
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer, CustomerAddress, Lift
from springline.business.orders.states import (
    OPEN,
    CancelReason,
    FailCode,
    LostReason,
    OrderEvent,
    OrderState,
    PayBy,
    Source,
)
from springline.business.tables.money import SignedBigFen, shown


class Order(models.Model):
    """The address is a copy: what was said then. `version` grows with each step, so a stale form is noticed.

    Money: total = goods + delivery + floor + deposit; due = total − vouchers, in money. After delivery the
    figures are those of what was delivered, and total = vouchers + vouchers owed + paid + owed.
    `floor_fee_fen` null: floor or lift were unknown, and the fee is agreed at the door.
    """

    no = models.CharField(_("order no."), max_length=20, unique=True, null=True, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    contact_name = models.CharField(_("recipient"), max_length=40, blank=True)
    contact_phone = models.CharField(_("recipient's number"), max_length=20, blank=True)
    address = models.ForeignKey(CustomerAddress, models.SET_NULL, null=True, related_name="+")
    address_text = models.CharField(_("address"), max_length=200)
    county = models.CharField(_("county (adcode)"), max_length=6, blank=True)
    town = models.CharField(_("town (code)"), max_length=9, blank=True)
    building = models.CharField(_("building and door"), max_length=60, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True)
    lift = models.CharField(_("lift"), max_length=8, choices=Lift, default=Lift.UNKNOWN)
    address_notes = models.CharField(_("delivery notes"), max_length=200, blank=True)

    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.HOTLINE)
    call_id = models.CharField(_("call"), max_length=64, blank=True, db_index=True)
    station_id = models.BigIntegerField(_("station"), null=True)
    courier_id = models.BigIntegerField(_("courier"), null=True)
    window_from = models.DateTimeField(_("window from"), null=True)
    window_to = models.DateTimeField(_("window to"), null=True)
    promise_at = models.DateTimeField(_("promised for"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=OrderState, default=OrderState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    cancel_reason = models.CharField(
        _("reason of cancelling"), max_length=12, choices=CancelReason, blank=True
    )
    fail_code = models.CharField(_("failure"), max_length=2, choices=FailCode, blank=True)
    urges = models.PositiveSmallIntegerField(_("urged"), default=0)
    urged_at = models.DateTimeField(_("urged at"), null=True)
    overdue_at = models.DateTimeField(_("overdue since"), null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    voucher_trouble = models.CharField(_("vouchers to be booked"), max_length=20, blank=True)

    goods_fen = SignedBigFen(_("goods (yuan)"), default=0)
    delivery_fee_fen = SignedBigFen(_("delivery fee (yuan)"), default=0)
    floor_fee_fen = SignedBigFen(_("floor fee (yuan)"), null=True)
    deposit_fen = SignedBigFen(_("deposit (yuan)"), default=0)
    total_fen = SignedBigFen(_("total (yuan)"), default=0)
    vouchers_fen = SignedBigFen(_("covered by vouchers (yuan)"), default=0)
    vouchers_owed_fen = SignedBigFen(_("vouchers owed (yuan)"), default=0)
    paid_fen = SignedBigFen(_("paid (yuan)"), default=0)
    monthly = models.BooleanField(_("monthly account"), default=False)

    request_key = models.CharField(max_length=80, null=True, unique=True, editable=False)
    placed_by = models.CharField(_("placed by"), max_length=80, blank=True)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    # Of an object that placed its order, until its next step: what need not be read back.
    begun: "Begun | None" = None

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer", "-id"], name="order_customer"),
            models.Index(fields=["state", "promise_at"], name="order_state_promise"),
            models.Index(fields=["-placed_at"], name="order_placed"),
            # Nearly none, and the worker asks for them each minute.
            models.Index(fields=["id"], condition=~Q(voucher_trouble=""), name="order_trouble"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    total_fen=F("goods_fen")
                    + F("delivery_fee_fen")
                    + Coalesce(F("floor_fee_fen"), 0)
                    + F("deposit_fen")
                ),
                name="order_total",
            ),
            models.CheckConstraint(
                condition=Q(window_from__isnull=True)
                | Q(window_to__isnull=True)
                | Q(window_to__gt=F("window_from")),
                name="order_window",
            ),
        ]

    def __str__(self) -> str:
        return self.no or f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def due_fen(self) -> int:
        """To be paid in money, all in all."""
        return self.total_fen - self.vouchers_fen - self.vouchers_owed_fen

    @property
    def owed_fen(self) -> int:
        """Still to be paid in money; below nothing: paid too much."""
        return self.due_fen - self.paid_fen


class OrderLine(models.Model):
    """One product of an order, once. `vouchers`: how many of `qty` vouchers pay for; `pay_by` is for the
    rest. `redeemed` and `vouchers_owed` (先送后核) are counted after delivery.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=10)
    qty = models.PositiveIntegerField(_("quantity"))
    unit_fen = SignedBigFen(_("unit price (yuan)"))
    price_why = models.CharField(max_length=120, blank=True)
    pay_by = models.CharField(_("paid by"), max_length=10, choices=PayBy, default=PayBy.CASH)
    vouchers = models.PositiveIntegerField(_("vouchers"), default=0)
    deposits = models.PositiveIntegerField(_("deposits"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), null=True)
    redeemed = models.PositiveIntegerField(_("redeemed"), default=0)
    vouchers_owed = models.PositiveIntegerField(_("vouchers owed"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="order_line_product"),
            models.CheckConstraint(condition=Q(qty__gt=0, vouchers__lte=F("qty")), name="order_line_qty"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ×{self.qty}"


class Appended(models.QuerySet[Any]):
    def update(self, **_fields: Any) -> NoReturn:
        raise AppendOnly("these rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("these rows are never deleted")


class Append(models.Model):
    """A row that is written once."""

    objects = Appended.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("these rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("these rows are never deleted")


class OrderStep(Append):
    """One event of an order's life. `at`: when it happened, as its reporter says; `noted_at`: when we heard.

    `version`: the order's after it. `facts`: what changed, codes and ids; no names, numbers or addresses
    but for a `note` written by hand, which an erasure empties.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="steps")
    event = models.CharField(_("event"), max_length=20, choices=OrderEvent)
    state = models.CharField(_("state"), max_length=12, choices=OrderState)
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(_("who"), max_length=80)
    call_id = models.CharField(_("call"), max_length=64, blank=True, db_index=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    noted_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("event of an order")
        verbose_name_plural = _("events of orders")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="order_step_version")]

    def __str__(self) -> str:
        return f"{self.event} {self.who}"


@dataclass
class Begun:
    """Lines and first steps of a new order, without ids until it is written; the courier's name."""

    lines: list[OrderLine]
    steps: list[OrderStep] = field(default_factory=list)
    courier: str = ""


class Payment(Append):
    """Money for an order, or back (below nothing). `key` makes it happen once."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", verbose_name=_("order"))
    channel = models.CharField(_("channel"), max_length=10)
    fen = SignedBigFen(_("amount (yuan)"))
    key = models.CharField(max_length=80, unique=True)
    courier_id = models.BigIntegerField(_("courier"), null=True)
    station_id = models.BigIntegerField(_("station"), null=True)
    delivery_id = models.BigIntegerField(_("delivery"), null=True)
    who = models.CharField(_("who"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(fen=0), name="payment_amount")]

    def __str__(self) -> str:
        return f"{self.channel} {shown(self.fen)}"


class UnconvertedDemand(models.Model):
    """Somebody wanted water and did not order (N2). One row a call; `town` "" while unknown."""

    reason = models.CharField(_("reason"), max_length=14, choices=LostReason)
    county = models.CharField(_("county (adcode)"), max_length=6, blank=True)
    town = models.CharField(_("town (code)"), max_length=9, blank=True)
    place = models.CharField(_("place"), max_length=60, blank=True)
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="+")
    qty = models.PositiveIntegerField(_("quantity"), null=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.CharField(max_length=80, unique=True)
    who = models.CharField(_("who"), max_length=80)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("unconverted demand")
        verbose_name_plural = _("unconverted demand")
        ordering = ["-id"]
        indexes = [models.Index(fields=["reason", "-at"], name="demand_reason_at")]

    def __str__(self) -> str:
        return f"{self.reason} {self.place}"
