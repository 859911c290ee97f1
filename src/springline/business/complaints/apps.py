from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "springline.business.complaints"
    label = "complaints"
    verbose_name = _("Complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business.complaints import guards, parts

        # SQLite rebuilds a table to alter it, and its triggers are gone with the old one.
        post_migrate.connect(guards.after_migrate, sender=self)
        parts.register()
