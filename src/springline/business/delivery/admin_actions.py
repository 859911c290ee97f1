"""What a station owner decides in the back office's lists: conflicts, failures, cash that was counted."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.roles import Action
from springline.business.delivery import settling, syncing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.services import failing
from springline.business.delivery.states import NextStep
from springline.business.http import english
from springline.business.orders.errors import OrderRefused
from springline.business.tables.deciding import Deciding, decision


class _Deciding(Deciding):
    refusals = (DeliveryRefused, OrderRefused)

    @staticmethod
    def words(refusal: DeliveryRefused | OrderRefused) -> str:
        return refusal.en if english() else refusal.zh


class ConflictActions(_Deciding):
    deciding = Action.MANAGE_DELIVERY
    actions = ["count_it", "close_it"]

    @decision(_("It was delivered: let it count (with a note)"))
    def count_it(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: syncing.resolve(row.pk, by=user, deliver=True, note=note),
        )

    @decision(_("Looked at: close (with a note)"))
    def close_it(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: syncing.resolve(row.pk, by=user, deliver=False, note=note),
        )


class HandoverActions(_Deciding):
    deciding = Action.CONFIRM_CASH
    actions = ["counted_as_declared"]

    @decision(_("Counted: as much as declared (a difference needs a note)"))
    def counted_as_declared(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: settling.confirm(row.pk, row.declared_fen, user, note),
        )


class TaskActions(_Deciding):
    deciding = Action.ASSIGN_DELIVERY
    actions = ["to_another", "back_to_the_station"]

    @decision(_("Failed: give it to another courier"))
    def to_another(self, request: HttpRequest, queryset: Any) -> None:
        self.each(request, queryset, self._next(NextStep.REASSIGN))

    @decision(_("Failed: back to the station, cancel the order"))
    def back_to_the_station(self, request: HttpRequest, queryset: Any) -> None:
        self.each(request, queryset, self._next(NextStep.RETURN))

    @staticmethod
    def _next(step: NextStep) -> Callable[..., object]:
        return lambda row, user, note: failing.next_step(
            row.pk, step, key=f"task:{row.pk}:next", by=user, note=note
        )
