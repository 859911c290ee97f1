"""What is written of knowledge besides the back office."""

from django.db.models import Count, Q
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.services import audit
from springline.business.calls.models import WrapUp
from springline.business.knowledge import drafting, starter
from springline.business.knowledge.drafting import LATELY
from springline.business.knowledge.models import Article, ArticleUse, KnowledgeMiss
from springline.business.knowledge.searching import Entry, ranked


def search(query: str) -> list[tuple[Article, int]]:
    """Articles with how often each helped lately, the best first."""
    lately = Q(uses__at__gte=timezone.now() - LATELY)
    rows = {
        row.pk: row for row in Article.objects.filter(active=True).annotate(n=Count("uses", filter=lately))
    }
    entries = [
        Entry(row.pk, row.title, row.tags, row.initials, f"{row.say} {row.body}", row.n)  # type: ignore[attr-defined]
        for row in rows.values()
    ]
    return [(rows[key], rows[key].n) for key in ranked(entries, query)]  # type: ignore[attr-defined]


def note_used(row: WrapUp, _caller: str | None, _region: str | None) -> None:
    """The articles that the wrap-up names; one that is noted anew replaces the former."""
    named = Article.objects.filter(title__in=row.knowledge)
    ArticleUse.objects.filter(call_id=row.call_id).exclude(article__in=named).delete()
    for article in named:
        ArticleUse.objects.get_or_create(
            article=article, call_id=row.call_id, defaults={"by": row.by, "at": row.at}
        )


def note_missing(query: str, by: User, call_id: str) -> KnowledgeMiss:
    """Once for a call and its words."""
    words = " ".join(query.split())[:60]
    known = KnowledgeMiss.objects.filter(query=words, call_id=call_id).first() if call_id else None
    if known is not None:
        return known
    row = KnowledgeMiss.objects.create(query=words, call_id=call_id, by=by)
    audit(by, "knowledge.missed", row)
    drafting.draft(words, by)
    return row


def ship() -> bool:
    """The starter articles, where there never was one: what an owner deletes stays away."""
    if Article.history.exists():
        return False
    for position, (title, tags, say, body) in enumerate(starter.ARTICLES, 1):
        Article.objects.create(title=title, tags=tags, say=say, body=body, position=position * 10)
    return True
