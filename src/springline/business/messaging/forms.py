"""One form for every kind of outlet: it asks for what that kind needs, and never shows a secret again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldAdminURLInputWidget

from springline.business.messaging.addresses import taken_apart
from springline.business.messaging.models import Outlet, SmsTemplate
from springline.business.messaging.states import OutletKind
from springline.business.messaging.wording import check_template

# Kind → (settings, secrets) it needs, by the names the adapters ask for.
NEEDS: dict[OutletKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    OutletKind.SMS_ALIYUN: (("signature",), ("access_key_id", "access_key_secret")),
    OutletKind.SMS_TENCENT: (("signature", "app_id", "region"), ("secret_id", "secret_key")),
    OutletKind.SMS_HUAWEI: (("signature", "sender"), ("app_key", "app_secret")),
    OutletKind.SMS_HTTP: (("signature",), ("token",)),
    OutletKind.SMS_LOG: ((), ()),
    OutletKind.ROBOT_WECOM: ((), ("key",)),
    OutletKind.ROBOT_DINGTALK: ((), ("access_token", "secret")),
    OutletKind.ROBOT_FEISHU: ((), ("token", "secret")),
    OutletKind.WEBHOOK: ((), ("secret",)),
}
_LABELS = {
    "signature": _("SMS signature"),
    "app_id": _("SDK app id"),
    "region": _("Provider's region"),
    "sender": _("Channel number"),
    "access_key_id": "AccessKey ID",
    "access_key_secret": "AccessKey Secret",
    "secret_id": "SecretId",
    "secret_key": "SecretKey",
    "app_key": "APP_Key",
    "app_secret": "APP_Secret",
    "token": "Token",
    "key": "key",
    "access_token": "access_token",
    "secret": _("Signing secret"),
}


class OutletForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new outlet is saved by name and kind first; then its kind's fields are there."""

    url = forms.URLField(
        label=_("address"),
        required=False,
        assume_scheme="https",
        help_text=_("As the platform shows it; a robot's may be pasted whole, its secret is kept apart."),
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = Outlet
        fields = ["name", "kind", "url", "events", "active", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pasted: dict[str, str] = {}
        for name, (key, secret) in self.own_fields(self.instance).items():
            old = self.instance.secrets.get(key, "") if secret else self.instance.settings.get(key, "")
            self.fields[name] = forms.CharField(
                label=_LABELS[key],
                required=False,
                initial="" if secret else old,
                help_text=_("Stored. Leave empty to keep it.") if secret and old else "",
                widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
            )

    def clean_url(self) -> str:
        """A robot's address is copied whole, and its secret is no setting."""
        url: str = self.cleaned_data["url"]
        if self.instance.pk is not None:
            url, self.pasted = taken_apart(OutletKind(self.instance.kind), url)
        return url

    @staticmethod
    def own_fields(outlet: Outlet | None) -> dict[str, tuple[str, bool]]:
        """Form field → (name for the adapter, whether it is a secret)."""
        if outlet is None or outlet.pk is None:
            return {}
        settings, secrets = NEEDS[OutletKind(outlet.kind)]
        return {
            **{f"setting_{name}": (name, False) for name in settings},
            **{f"secret_{name}": (name, True) for name in secrets},
        }

    def typed(self, *, secret: bool) -> dict[str, str]:
        """What was typed into the kind's own fields; an empty secret means: keep it."""
        values = {
            key: self.cleaned_data[name]
            for name, (key, is_secret) in self.own_fields(self.instance).items()
            if is_secret is secret and name in self.cleaned_data
        }
        typed = {key: value for key, value in values.items() if value or not secret}
        return {**self.pasted, **typed} if secret else typed


class SmsTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SmsTemplate
        fields = ["code", "text", "signature", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, outlet in self.own_fields().items():
            self.fields[name] = forms.CharField(
                label=_("template's number at “%(outlet)s”") % {"outlet": outlet},
                required=False,
                max_length=80,
                initial=self.instance.ids.get(outlet, ""),
                help_text=_("As the provider gave it when it approved the text."),
                widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
            )

    @staticmethod
    def own_fields() -> dict[str, str]:
        """Form field → the name of the outlet whose number for the template it holds."""
        sms = [
            kind for kind in OutletKind if kind.value.startswith("sms_") and kind is not OutletKind.SMS_LOG
        ]
        outlets = Outlet.objects.filter(kind__in=sms).values_list("pk", "name")
        return {f"number_{pk}": name for pk, name in outlets}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = {outlet: cleaned.get(name, "").strip() for name, outlet in self.own_fields().items()}
        # What belongs to an outlet of another name is left as it is.
        kept = {name: number for name, number in self.instance.ids.items() if name not in typed}
        self.instance.ids = {**kept, **{name: number for name, number in typed.items() if number}}
        return cleaned

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        faults = check_template(text)
        if faults:
            raise forms.ValidationError([fault.zh for fault in faults])
        return text
