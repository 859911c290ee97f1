from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "springline.business.delivery"
    label = "delivery"
    verbose_name = _("Delivery")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business import jobs
        from springline.business.delivery import parts
        from springline.business.delivery.services import assignment, following, shifts

        # SQLite rebuilds a table to alter it, and its triggers are gone with the old one.
        post_migrate.connect(_revise, sender=self)
        following.register()
        parts.register()
        jobs.every(5, "unanswered offers", assignment.expire_unanswered)
        jobs.every(20, "waiting orders", assignment.assign_waiting)
        jobs.every(600, "forgotten shifts", shifts.end_forgotten)


def _revise(using: str, **_more: Any) -> None:
    from django.db import connections

    from springline.business.catalog import revisions
    from springline.business.delivery import roster

    revisions.install(connections[using], roster.NAME, roster.TABLES)
    revisions.remove(connections[using], roster.NO_LONGER)
