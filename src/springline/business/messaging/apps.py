from django.apps import AppConfig

from springline.business import jobs


class MessagingConfig(AppConfig):
    name = "springline.business.messaging"
    label = "messaging"

    def ready(self) -> None:
        from springline.business.messaging.sender import sender

        jobs.every(2.0, "messages", sender.run_due)
