from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from springline.business.accounts import second_factor, services
from springline.business.accounts.models import ApiToken, AuditRow, User
from springline.business.tables.admin import EditingAdmin, ExportingAdmin
from springline.business.tables.resources import Sheet

# Rights come from roles alone.
admin.site.unregister(Group)
admin.site.index_title = _("Back office")  # type: ignore[assignment]


class AuditedAdmin(EditingAdmin):
    """Leaves an audit row for what is saved or deleted here."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """A key that people choose is fixed once chosen: another one would make a second row."""
        key = self.opts.pk
        fixed = [key.name] if obj is not None and key.editable and not key.auto_created else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        kind = obj._meta.model_name
        services.audit(
            request.user,  # type: ignore[arg-type]
            f"{kind}.{'changed' if change else 'created'}",
            obj,
            fields=[name for name in form.changed_data if name != "new_password"],
        )

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        services.audit(request.user, f"{obj._meta.model_name}.deleted", obj, name=str(obj))  # type: ignore[arg-type]
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


class ReadOnlyAdmin(ExportingAdmin):
    """What the programs write: there is no end to it."""

    grows = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    new_password = forms.CharField(
        label=_("new password"), required=False, strip=False, widget=forms.PasswordInput(render_value=False)
    )

    class Meta:
        model = User
        fields = ["username", "name", "role", "language", "agent", "is_active"]

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError(_("A new user needs a password."))
        return password


class UserSheet(Sheet):
    """Passwords never stand in a sheet: who comes in by one gets a password in the form."""

    def after_init_instance(self, instance: User, new: bool, row: Any, **_more: Any) -> None:
        if new:
            instance.set_unusable_password()


@admin.register(User)
class UserAdmin(AuditedAdmin):
    form = UserForm
    list_display = ["username", "name", "role", "agent", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name"]
    sheet = ("username", "name", "role", "language", "agent", "is_active", "created_at")
    sheet_key = ("username",)
    sheet_read_only = ("created_at",)
    sheet_kind = UserSheet
    actions = ["remove_second_factor"]

    @admin.action(description=_("Remove the second step (phone lost)"))
    def remove_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        for user in queryset:
            second_factor.remove(user, request.user)  # type: ignore[arg-type]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        if password := form.cleaned_data["new_password"]:
            obj.set_password(password)
        super().save_model(request, obj, form, change)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    grows = False
    list_display = ["name", "scopes", "created_at", "last_used_at", "revoked_at"]
    fields = ["name", "scopes", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        for token in queryset:
            services.revoke_token(token, request.user)  # type: ignore[arg-type]


@admin.register(AuditRow)
class AuditRowAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "what", "object_type", "object_id", "why"]
    list_filter = ["what"]
    search_fields = ["who", "object_id__exact", "why"]
    days = "at"
