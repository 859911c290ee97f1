"""Customers and what belongs to them. Written by services.py and importing.py alone, or in the admin."""

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import AppendOnly, User
from springline.business.tables.history import history
from springline.business.tables.money import BigFen

ADCODE = RegexValidator(r"^\d{6}$", _("six digits"))


class CustomerType(models.TextChoices):
    PERSON = "person", _("Person")
    ENTERPRISE = "enterprise", _("Enterprise")
    SCHOOL = "school", _("School")
    OFFICE = "office", _("Public office")


class CustomerLevel(models.TextChoices):
    NORMAL = "normal", _("Normal")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")


class Settlement(models.TextChoices):
    CASH = "cash", _("Cash")
    MONTHLY = "monthly", _("Monthly")
    PREPAID = "prepaid", _("Prepaid")


class Lift(models.TextChoices):
    YES = "yes", _("With a lift")
    NO = "no", _("Without a lift")
    UNKNOWN = "unknown", _("Unknown")


class Customer(models.Model):
    """A household or an account of an enterprise, school or office.

    `credit_limit` is in 分. `version` grows with each change, so that a stale form is noticed. `merged_into`:
    this one is a duplicate, kept so that a merge can be undone and old orders still find their way.
    `request_key`: a repeated request to create returns the first one's customer.
    """

    type = models.CharField(_("type"), max_length=12, choices=CustomerType, default=CustomerType.PERSON)
    name = models.CharField(_("name"), max_length=80)
    level = models.CharField(_("level"), max_length=12, choices=CustomerLevel, default=CustomerLevel.NORMAL)
    settlement = models.CharField(_("settlement"), max_length=12, choices=Settlement, default=Settlement.CASH)
    credit_limit = BigFen(_("credit limit (yuan)"), default=0)
    invoice_title = models.CharField(_("invoice title"), max_length=120, blank=True)
    tax_no = models.CharField(_("tax number"), max_length=30, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    risk_note = models.CharField(_("warning"), max_length=200, blank=True)
    created_from_call = models.CharField(max_length=64, blank=True, editable=False)
    request_key = models.CharField(max_length=80, null=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    active_at = models.DateTimeField(_("last active"), default=timezone.now, editable=False, db_index=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged", db_index=False
    )
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-active_at", "-id"]
        indexes = [
            # Only of duplicates: by an index of all SQLite takes who is none for few, and sorts them all.
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="customer_merged",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DepositWaiver(models.Model):
    """An enterprise's agreement: no deposit for up to `most_buckets` of its buckets, from `valid_from` to
    `valid_to` (Shanghai's days, both included). Ended by its last day, never deleted.
    """

    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="waivers",
        verbose_name=_("customer"),
        limit_choices_to={"type": CustomerType.ENTERPRISE, "merged_into": None},
    )
    agreement_no = models.CharField(_("agreement no."), max_length=40)
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_to = models.DateField(_("valid to"))
    most_buckets = models.PositiveIntegerField(
        _("at most (buckets)"),
        null=True,
        blank=True,
        help_text=_("Buckets that may be out without a deposit; empty: as many as they order."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("approved by"), editable=False
    )
    approved_at = models.DateTimeField(_("approved at"), default=timezone.now, editable=False)

    history = history()

    class Meta:
        verbose_name = _("deposit waiver")
        verbose_name_plural = _("deposit waivers")
        ordering = ["-valid_to", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("valid_from")), name="waiver_days")
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.agreement_no}"

    def clean(self) -> None:
        if self.customer_id and self.customer.type != CustomerType.ENTERPRISE:
            raise ValidationError({"customer": _("Only an enterprise may have an agreement.")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day is before the first.")})


class Contact(models.Model):
    """A person of an account, such as a factory's office clerk."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=40)
    duty = models.CharField(_("duty"), max_length=40, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class CustomerPhone(models.Model):
    """A number bound to a customer until `unbound_at`; one number has one customer at a time.

    `backwards`: the digits from the last to the first, for the search by tail.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="phones")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="phones", verbose_name=_("contact")
    )
    e164 = models.CharField(_("number"), max_length=20, db_index=True)
    backwards = models.CharField(max_length=20, db_index=True, editable=False)
    label = models.CharField(_("label"), max_length=20, blank=True)
    is_primary = models.BooleanField(_("main number"), default=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    bound_at = models.DateTimeField(_("bound"), default=timezone.now, editable=False)
    unbound_at = models.DateTimeField(_("unbound"), null=True, editable=False)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["-is_primary", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["e164"], condition=Q(unbound_at__isnull=True), name="phone_one_customer"
            )
        ]

    def __str__(self) -> str:
        return f"…{self.e164[-4:]}"


class CustomerAddress(models.Model):
    """`county` is an adcode, `town` a town's code of the region pack; both empty while unknown.

    `floor` is null while unknown; `last_used_at` and `uses` come from orders.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    text = models.CharField(_("address"), max_length=200)
    county = models.CharField(_("county (adcode)"), max_length=6, blank=True, validators=[ADCODE])
    town = models.CharField(_("town (code)"), max_length=9, blank=True)
    building = models.CharField(_("building and door"), max_length=60, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    lift = models.CharField(_("lift"), max_length=8, choices=Lift, default=Lift.UNKNOWN)
    notes = models.CharField(_("delivery notes"), max_length=200, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    is_default = models.BooleanField(_("default address"), default=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    uses = models.PositiveIntegerField(_("uses"), default=0, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="address_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.text


class CustomerSearch(models.Model):
    """What the one box searches, narrow so that all of it can be read in a moment. Derived: services.reindex.

    `text`: name, contacts, addresses and spellings, small letters. Merged and erased customers have no row.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=80, db_index=True)
    initials = models.CharField(max_length=40, db_index=True)
    initials_alt = models.CharField(max_length=40, db_index=True, blank=True)
    text = models.TextField()

    class Meta:
        verbose_name = "search row"


class HistoryRows(models.QuerySet["CustomerChange"]):
    def delete(self) -> NoReturn:
        raise AppendOnly("history rows are never deleted")


class CustomerChange(models.Model):
    """What was changed, by whom. `before` and `after` hold the changed fields; erasure clears them."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="changes")
    at = models.DateTimeField(_("at"), default=timezone.now)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(_("who"), max_length=80)
    what = models.CharField(_("what"), max_length=40)
    version = models.PositiveIntegerField()
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    objects = HistoryRows.as_manager()

    class Meta:
        verbose_name = _("change of a customer")
        verbose_name_plural = _("changes of customers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.who} {self.what}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("history rows are never deleted")


class CustomerMerge(models.Model):
    """`moved`: the ids of what changed hands, and which were default or main before, so that it can be
    undone.
    """

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("kept"))
    gone = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("duplicate"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    who = models.CharField(_("who"), max_length=80)
    why = models.CharField(_("why"), max_length=200, blank=True)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]


class NumberTag(models.Model):
    """Where an agent says a number is at home. `lasting`: a tag; otherwise a correction, which fades (180
    days).
    """

    e164 = models.CharField(_("number"), max_length=20, primary_key=True)
    county = models.CharField(_("county (adcode)"), max_length=6, validators=[ADCODE])
    lasting = models.BooleanField(_("lasting"), default=False)
    who = models.CharField(_("who"), max_length=80, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    history = history()

    class Meta:
        verbose_name = _("number's region")
        verbose_name_plural = _("numbers' regions")
        ordering = ["-at"]


class ExchangePrefix(models.Model):
    """First digits of landline numbers in an area → county. No public table exists: the operator fills it."""

    area_code = models.CharField(
        _("area code"), max_length=4, default="0564", validators=[RegexValidator(r"^0\d{2,3}$")]
    )
    prefix = models.CharField(_("first digits"), max_length=5, validators=[RegexValidator(r"^\d{1,5}$")])
    county = models.CharField(_("county (adcode)"), max_length=6, validators=[ADCODE])
    source = models.CharField(_("source"), max_length=80, blank=True)
    history = history()

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering = ["area_code", "prefix"]
        constraints = [models.UniqueConstraint(fields=["area_code", "prefix"], name="exchange_once")]

    def __str__(self) -> str:
        return f"{self.area_code} {self.prefix}"


class ImportRun(models.Model):
    """A file of customers that was taken in, whole. `digest`: the file's SHA-256; it is taken in once.

    `taken_back`: how many of its customers were taken back at `undone_at`; the others had been used by then.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    who = models.CharField(_("who"), max_length=80)
    file = models.CharField(_("file"), max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    rows = models.PositiveIntegerField(_("rows"))
    customers = models.PositiveIntegerField(_("customers"))
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undone_by = models.CharField(_("taken back by"), max_length=80, blank=True)
    taken_back = models.PositiveIntegerField(_("taken back"), default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at"]
