from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "springline.business.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # SQLite rebuilds a table to alter it, and its triggers are gone with the old one.
        post_migrate.connect(_revise, sender=self)


def _revise(using: str, **_more: Any) -> None:
    from django.db import connections

    from springline.business.catalog import revisions

    revisions.install(connections[using], revisions.CATALOG, revisions.CATALOG_TABLES)
