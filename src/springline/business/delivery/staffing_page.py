"""The back office's page of how many couriers each county needs at each hour of a day, and why."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget

from springline.business.delivery.staffing_facts import Suggestion, suggest

PER_ROUND, ROUNDS = 10, Decimal("1.5")


class StaffingForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("day"), widget=UnfoldAdminDateWidget)
    per_round = forms.IntegerField(
        label=gettext_lazy("buckets a round"),
        min_value=1,
        max_value=500,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    rounds = forms.DecimalField(
        label=gettext_lazy("rounds an hour"),
        min_value=Decimal("0.1"),
        max_value=20,
        widget=UnfoldAdminDecimalFieldWidget,
    )


def staffing_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """`context`: of the admin's every page."""
    usual = {"day": timezone.localdate() + timedelta(days=1), "per_round": PER_ROUND, "rounds": ROUNDS}
    form = StaffingForm({name: request.GET.get(name, value) for name, value in usual.items()})
    found: list[Suggestion] = []
    if form.is_valid():
        wanted = form.cleaned_data
        found = suggest(wanted["day"], wanted["per_round"], Fraction(wanted["rounds"]))
    context |= {
        "title": _("Couriers by county and hour"),
        "form": form,
        "heads": [
            *(_("county"), _("hour"), _("couriers needed"), _("calls an hour"), _("for water")),
            *(_("become orders"), _("other orders"), _("orders"), _("buckets an order")),
            *(_("buckets"), _("a courier brings")),
        ],
        "rows": [_row(each) for each in found],
        "explained": _(
            "An hour's calls are the mean of the last four of these weekdays. Calls × share for water × "
            "share that become orders + other orders = orders; × buckets an order ÷ what one courier brings "
            "in an hour (85 % of buckets a round × rounds) = couriers, rounded up."
        ),
    }
    return TemplateResponse(request, "delivery/staffing.html", context)


def _row(each: Suggestion) -> list[str]:
    advice, habits = each.advice, each.habits
    return [
        each.county,
        f"{each.hour:02}:00–{each.hour + 1:02}:00",
        str(advice.couriers),
        _short(advice.calls),
        f"{float(habits.order_share):.0%}",
        f"{float(habits.conversion):.0%}",
        _short(each.other),
        _short(advice.orders),
        _short(habits.buckets_per_order),
        _short(advice.buckets),
        _short(advice.per_courier),
    ]


def _short(number: Fraction) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
