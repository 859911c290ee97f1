from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.admin import AuditedAdmin, ReadOnlyAdmin
from springline.business.knowledge.models import Article, ArticleUse, KnowledgeMiss


@admin.register(Article)
class ArticleAdmin(AuditedAdmin):
    list_display = ["title", "tags", "position", "active"]
    list_filter = ["active"]
    search_fields = ["title", "tags", "say", "body"]
    helps = {
        "tags": _("How callers may put it; found by it as by the title."),
        "say": _("What the agent reads out."),
        "body": _("What the agent must know besides."),
        "position": _("The smallest comes first."),
        "active": _("Off: found by nobody, kept for later."),
    }
    sheet = ("title", "tags", "say", "body", "position", "active")
    sheet_key = ("title",)


@admin.register(ArticleUse)
class ArticleUseAdmin(ReadOnlyAdmin):
    list_display = ["at", "article", "call_id", "by"]
    list_filter = ["article"]
    list_select_related = ["article", "by"]
    days = "at"


@admin.register(KnowledgeMiss)
class KnowledgeMissAdmin(AuditedAdmin):
    """What was looked for in vain; the owner names the article that answers it now."""

    list_display = ["at", "query", "by", "answered"]
    list_filter = [("answered", admin.EmptyFieldListFilter)]
    list_select_related = ["by", "answered"]
    search_fields = ["query"]
    fields = ["query", "call_id", "by", "at", "answered"]
    readonly_fields = ["query", "call_id", "by", "at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
