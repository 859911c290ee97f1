"""What is decided about the rows of a list, with a note."""

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


class NoteForm(ActionForm):  # type: ignore[misc]
    note = forms.CharField(label=_("note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)


class Deciding(admin.ModelAdmin):  # type: ignore[type-arg]
    """`deciding`: who sees and may use the list's own actions. `refusals`: what `words` can tell."""

    deciding: Action
    action_form = NoteForm
    refusals: tuple[type[Exception], ...]

    @staticmethod
    def words(refusal: Any) -> str:
        raise NotImplementedError

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.reach(self.deciding) is Reach.ALL)  # type: ignore[union-attr]

    def each(self, request: HttpRequest, rows: Iterable[models.Model], work: Callable[..., object]) -> None:
        """`work(row, user, note)` for each; what is refused is said, the rest goes on."""
        note = request.POST.get("note", "")
        for row in rows:
            try:
                work(row, request.user, note)
            except self.refusals as refusal:
                self.message_user(request, f"{row}: {self.words(refusal)}", messages.WARNING)


def decision(description: Any) -> Callable[..., Any]:
    """An action of such a list."""
    return admin.action(description=description, permissions=["decide"])
