"""Knowledge at the desk: look up, and say what was not found."""

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from springline.business.accounts.models import User
from springline.business.accounts.roles import Action
from springline.business.http import BOTH, SESSION_ONLY, answers, forbidden, require
from springline.business.knowledge import services

router = Router(auth=BOTH, tags=["knowledge"])
MOST = 50


class ArticleOut(Schema):
    """`say`: word for word to the customer; `uses`: in how many calls of the last 30 days it helped."""

    id: int
    title: str
    tags: list[str]
    say: str
    body: str
    uses: int


class MissIn(Schema):
    query: str = Field(min_length=1, max_length=60)
    call_id: str = Field("", max_length=64)


class MissOut(Schema):
    id: int
    query: str


@router.get("/knowledge", response=answers(list[ArticleOut], 422))
def search(request: HttpRequest, q: str = Query("", max_length=60)) -> list[ArticleOut]:
    """Every word must stand in an article; pinyin initials of the title count too."""
    require(request, Action.READ_KNOWLEDGE)
    return [
        ArticleOut(id=row.pk, title=row.title, tags=row.tags.split(), say=row.say, body=row.body, uses=uses)
        for row, uses in services.search(q)[:MOST]
    ]


@router.post("/knowledge/misses", response=answers(MissOut, 422), auth=SESSION_ONLY)
def miss(request: HttpRequest, body: MissIn) -> MissOut:
    """Nothing helped: the owner writes the article that is missing."""
    actor = require(request, Action.READ_KNOWLEDGE)
    if not isinstance(actor, User):
        raise forbidden()
    row = services.note_missing(body.query, actor, body.call_id)
    return MissOut(id=row.pk, query=row.query)
