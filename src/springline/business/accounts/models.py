from typing import Any, NoReturn

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.roles import RULES, SCOPE_RULES, Action, Reach, Role, Scope
from springline.business.accounts.tables import TABLES, needed
from springline.business.tables.history import history


class Language(models.TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **{**fields, "role": Role.ADMIN})


# What a sign-in writes; neither belongs into a history.
_SECRET = ["password", "last_login"]


class User(AbstractBaseUser):
    """A person who signs in. Rights come from `role` alone (accounts.roles), not from Django's groups."""

    username = models.CharField(
        _("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.CHINESE)
    agent = models.OneToOneField(
        "hotline.Agent", models.SET_NULL, null=True, blank=True, related_name="user", verbose_name=_("agent")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = UserManager()
    history = history(excluded_fields=_SECRET)
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is not None and set(fields) <= set(_SECRET):
            # django-simple-history looks for this very attribute.
            self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            self.__dict__.pop("skip_history_when_saving", None)

    @property
    def signature(self) -> str:
        """As histories and the audit trail name the person."""
        return f"{self.name} ({self.username})"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def reach(self, action: Action) -> Reach:
        if not self.is_active:
            return Reach.NONE
        return RULES[Role(self.role)].get(action, Reach.NONE)

    @property
    def is_staff(self) -> bool:
        return self.reach(Action.USE_ADMIN) is Reach.ALL

    def has_module_perms(self, app_label: str) -> bool:
        tables = (table.split(".") for table in TABLES)
        return any(app == app_label and self.has_perm(f"{app}.view_{model}") for app, model in tables)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin asks this: "app_label.verb_model". The answer is accounts.roles.TABLES'."""
        app_label, _dot, rest = perm.partition(".")
        verb, _line, model = rest.partition("_")
        actions = needed(verb, f"{app_label}.{model}")
        return actions is not None and all(self.reach(action) is Reach.ALL for action in actions)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)


class SecondFactor(models.Model):
    """A person's authenticator app. `sealed` is its secret; `last_step` the last 30 s step that was used."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    sealed = models.TextField(editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    last_step = models.BigIntegerField(default=0, editable=False)


class RecoveryCode(models.Model):
    """For the day the phone is gone; `digest` is the SHA-256 of a code that was shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)


class ApiToken(models.Model):
    """A machine's key. `digest` is the SHA-256 of the token, which is random and shown once."""

    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def agent_id(self) -> str | None:
        return None

    @property
    def signature(self) -> str:
        return f"token:{self.name}"

    def reach(self, action: Action) -> Reach:
        if self.revoked_at is not None:
            return Reach.NONE
        reaches = [SCOPE_RULES[Scope(scope)].get(action, Reach.NONE) for scope in self.scopes]
        return Reach.ALL if Reach.ALL in reaches else Reach.NONE


class AppendOnly(TypeError):
    """A row of the audit trail was to be changed or deleted."""


class AuditRows(models.QuerySet["AuditRow"]):
    def update(self, **_fields: Any) -> NoReturn:
        raise AppendOnly("audit rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("audit rows are never deleted")


class AuditRow(models.Model):
    """Who did what to which object, when and why. Names are copied so that they outlive the account."""

    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("user")
    )
    who = models.CharField(_("who"), max_length=80)
    what = models.CharField(_("what"), max_length=40)
    why = models.CharField(_("why"), max_length=200, blank=True)
    object_type = models.CharField(_("object type"), max_length=40, blank=True)
    object_id = models.CharField(_("object"), max_length=80, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects = AuditRows.as_manager()

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.who} {self.what} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("audit rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit rows are never deleted")
