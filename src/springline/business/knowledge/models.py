from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from springline.business.accounts.models import User
from springline.business.customers.pinyin import initials
from springline.business.tables.history import history

# The wrap-up names articles in one line, with commas between them.
COMMAS = ",，;；"
_NO_COMMA = RegexValidator(f"^[^{COMMAS}]+$", _("no comma or semicolon"))


class Article(models.Model):
    """An answer to what callers ask. `tags`: other words for it; `say`: what to say, word for word."""

    title = models.CharField(_("title"), max_length=40, unique=True, validators=[_NO_COMMA])
    tags = models.CharField(_("other words (with spaces)"), max_length=200, blank=True)
    say = models.TextField(_("what to say"), blank=True, max_length=500)
    body = models.TextField(_("text"), blank=True, max_length=5000)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)
    initials = models.CharField(max_length=40, editable=False, default="")

    history = history(excluded_fields=["initials"])

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.initials = initials(self.title, person=False)
        super().save(*args, **kwargs)


class ArticleUse(models.Model):
    """An article that helped in a call, as noted at its wrap-up."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="uses", verbose_name=_("article"))
    call_id = models.CharField(_("call"), max_length=64)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("article used")
        verbose_name_plural = _("articles used")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["article", "call_id"], name="article_once_a_call")]

    def __str__(self) -> str:
        return f"{self.article} {self.call_id[:8]}"


class KnowledgeMiss(models.Model):
    """What somebody looked for in vain; `answered` names the article that was written for it."""

    query = models.CharField(_("looked for"), max_length=60)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    answered = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    history = history(excluded_fields=["query", "call_id", "by", "at"])

    class Meta:
        verbose_name = _("looked for in vain")
        verbose_name_plural = _("looked for in vain")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.query
