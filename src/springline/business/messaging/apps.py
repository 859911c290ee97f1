from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from springline.business import jobs


class MessagingConfig(AppConfig):
    name = "springline.business.messaging"
    label = "messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from springline.business.messaging.sender import sender

        jobs.every(2.0, "messages", sender.run_due)
