"""What a station owner decides in the back office's lists: conflicts, failures, cash that was counted."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from springline.business.accounts.roles import Action, Reach
from springline.business.delivery import settling, syncing
from springline.business.delivery.errors import DeliveryRefused
from springline.business.delivery.services import failing
from springline.business.delivery.states import NextStep
from springline.business.http import english
from springline.business.orders.errors import OrderRefused


class NoteForm(ActionForm):  # type: ignore[misc]
    note = forms.CharField(label=_("note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)


class Deciding(admin.ModelAdmin):  # type: ignore[type-arg]
    """`deciding`: who sees and may use the list's own actions."""

    deciding: Action
    action_form = NoteForm

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.reach(self.deciding) is Reach.ALL)  # type: ignore[union-attr]

    def each(self, request: HttpRequest, rows: Iterable[models.Model], work: Callable[..., object]) -> None:
        """`work(row, user, note)` for each; what is refused is said, the rest goes on."""
        note = request.POST.get("note", "")
        for row in rows:
            try:
                work(row, request.user, note)
            except (DeliveryRefused, OrderRefused) as refusal:
                words = refusal.en if english() else refusal.zh
                self.message_user(request, f"{row}: {words}", messages.WARNING)


def _deciding(description: Any) -> Callable[..., Any]:
    return admin.action(description=description, permissions=["decide"])


class ConflictActions(Deciding):
    deciding = Action.MANAGE_DELIVERY
    actions = ["count_it", "close_it"]

    @_deciding(_("It was delivered: let it count (with a note)"))
    def count_it(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: syncing.resolve(row.pk, by=user, deliver=True, note=note),
        )

    @_deciding(_("Looked at: close (with a note)"))
    def close_it(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: syncing.resolve(row.pk, by=user, deliver=False, note=note),
        )


class HandoverActions(Deciding):
    deciding = Action.CONFIRM_CASH
    actions = ["counted_as_declared"]

    @_deciding(_("Counted: as much as declared (a difference needs a note)"))
    def counted_as_declared(self, request: HttpRequest, queryset: Any) -> None:
        self.each(
            request,
            queryset,
            lambda row, user, note: settling.confirm(row.pk, row.declared_fen, user, note),
        )


class TaskActions(Deciding):
    deciding = Action.ASSIGN_DELIVERY
    actions = ["to_another", "back_to_the_station"]

    @_deciding(_("Failed: give it to another courier"))
    def to_another(self, request: HttpRequest, queryset: Any) -> None:
        self.each(request, queryset, self._next(NextStep.REASSIGN))

    @_deciding(_("Failed: back to the station, cancel the order"))
    def back_to_the_station(self, request: HttpRequest, queryset: Any) -> None:
        self.each(request, queryset, self._next(NextStep.RETURN))

    @staticmethod
    def _next(step: NextStep) -> Callable[..., object]:
        return lambda row, user, note: failing.next_step(
            row.pk, step, key=f"task:{row.pk}:next", by=user, note=note
        )
