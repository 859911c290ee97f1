"""A question that many callers ask and no article answers becomes a draft for the owner (requirement J2)."""

import re
from datetime import timedelta

from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.knowledge.models import COMMAS, Article, KnowledgeMiss

LATELY = timedelta(days=30)
DRAFT_AFTER = 3


def draft(words: str, by: User) -> Article | None:
    """An article that is not active yet, once `words` were looked for in vain DRAFT_AFTER times lately.

    None before that, and where the owner deleted such a draft. The misses then say which article is theirs.
    """
    open_misses = KnowledgeMiss.objects.filter(query__iexact=words, answered=None)
    title = re.sub(f"[{COMMAS}]+", " ", words)[: Article._meta.get_field("title").max_length].strip()
    article = Article.objects.filter(title__iexact=title).first()
    if article is None:
        often = open_misses.filter(at__gte=timezone.now() - LATELY).count() >= DRAFT_AFTER
        if not title or not often or Article.history.filter(title=title, history_type="-").exists():
            return None
        article = Article.objects.create(title=title, active=False)
        audit(by, "knowledge.drafted", article)
    open_misses.update(answered=article)
    return article
