from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "springline.business.knowledge"
    label = "knowledge"
    verbose_name = _("Knowledge")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business.calls import hooks
        from springline.business.knowledge import services

        hooks.wrapped_up["knowledge"] = services.note_used
