from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class VouchersConfig(AppConfig):
    name = "springline.business.vouchers"
    label = "vouchers"
    verbose_name = _("Vouchers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business.vouchers import guards, parts

        # SQLite rebuilds a table to alter it, and its triggers are gone with the old one.
        post_migrate.connect(guards.after_migrate, sender=self)
        parts.register()
