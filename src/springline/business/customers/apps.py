from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "springline.business.customers"
    label = "customers"
    verbose_name = _("Customers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business.calls import hooks
        from springline.business.customers import fading, last_calls

        last_calls.register()
        hooks.old_numbers["tags"] = fading.fade_tags
