"""What was done to which table, as journals keep it ("product.changed", "phone_bound"), for people."""

from functools import cache
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy

from springline.business.tables.deeds import DEEDS

# What is neither here nor among the deeds stays a code.
_DONE = {
    "created": gettext_lazy("made"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted"),
    "exported": gettext_lazy("exported"),
    "imported": gettext_lazy("imported"),
    "published": gettext_lazy("put live"),
    "drafted": gettext_lazy("drafted"),
    "hold": gettext_lazy("legal hold"),
    "merged": gettext_lazy("merged"),
    "unmerged": gettext_lazy("merge undone"),
    "erased": gettext_lazy("erased for good"),
    "phone_bound": gettext_lazy("number bound"),
    "phone_unbound": gettext_lazy("number unbound"),
    "contact_added": gettext_lazy("contact added"),
    "address_added": gettext_lazy("address added"),
    "address_changed": gettext_lazy("address changed"),
    "address_removed": gettext_lazy("address removed"),
}


def said(code: str) -> str:
    if code in DEEDS:
        return str(DEEDS[code])
    table, _dot, done = code.rpartition(".")
    words = str(_DONE.get(done, done))
    if not table:
        return words
    return f"{name_of(table)} · {words}"


def name_of(table: str) -> str:
    """customer → 客户; what is no table of ours stays as it is."""
    return str(_tables().get(table, table))


@cache
def _tables() -> dict[str, Any]:
    ours = (model for model in apps.get_models() if model.__module__.startswith("springline."))
    return {str(model._meta.model_name): model._meta.verbose_name for model in ours}
