"""What agents look up: found by words, noted at wrap-up, and told when it is missing."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.calls import wrapping
from springline.business.calls.models import Call, WrapUpCode
from springline.business.knowledge import services
from springline.business.knowledge.models import Article, ArticleUse, KnowledgeMiss
from springline.business.knowledge.searching import Entry, ranked

SignIn = Callable[[Role], Client]


@pytest.fixture
def as_role(db: None) -> SignIn:
    def sign_in(role: Role) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        user, _new = User.objects.get_or_create(
            username=role.value, defaults={"name": role.value, "role": role}
        )
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def entry(id: int, title: str, *, tags: str = "", initials: str = "", text: str = "", uses: int = 0) -> Entry:
    return Entry(id, title, tags, initials, text, uses)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 1, 2, 4]),
        ("水票", [1, 2, 4]),
        ("水票 退", [2]),
        ("TP", [2]),
        ("没有的", []),
        ("水票 没有的", []),
    ],
)
def test_every_word_must_fit_and_the_title_counts_most(query: str, found: list[int]) -> None:
    entries = [
        entry(1, "水票如何使用", uses=1),
        entry(2, "如何退款", tags="水票 退票", initials="rhtpk"),
        entry(3, "楼层费", uses=9),
        entry(4, "发票", text="水票不开发票"),
    ]
    assert ranked(entries, query) == found


@pytest.mark.django_db
def test_the_starter_articles_come_once_and_stay_away_when_deleted() -> None:
    assert services.ship()
    assert not services.ship()
    shipped = Article.objects.count()
    assert shipped == 18
    for article in Article.objects.all():
        article.full_clean()
    Article.objects.get(title="发票").delete()
    assert not services.ship()
    assert Article.objects.count() == shipped - 1


def test_looking_up(as_role: SignIn) -> None:
    services.ship()
    agent = as_role(Role.AGENT)
    titles = [row["title"] for row in agent.get("/api/knowledge?q=水票").json()]
    assert titles[0] in {"电子水票如何使用", "电子水票如何绑定", "水票无法核销怎么办", "如何退水票"}
    assert len(titles) >= 4
    assert [row["title"] for row in agent.get("/api/knowledge?q=lcf").json()] == ["楼层费"]
    Article.objects.filter(title="楼层费").update(active=False)
    assert agent.get("/api/knowledge?q=楼层费").json() == []


def test_the_right_one_comes_first_among_a_thousand(as_role: SignIn) -> None:
    Article.objects.bulk_create(
        Article(title=f"问题{n}", tags="其他", body="很长的说明" * 100) for n in range(1000)
    )
    Article.objects.create(title="水票")
    assert services.search("水票")[0][0].title == "水票"


def wrapped(knowledge: list[str]) -> None:
    call, _new = Call.objects.get_or_create(id="c1", defaults={"arrived_at": timezone.now()})
    code, _new = WrapUpCode.objects.get_or_create(
        code="enquiry", defaults={"name_zh": "咨询", "name_en": "e"}
    )
    user = User.objects.get(username="agent")
    wrapping.wrap_up(call, wrapping.Noted(code=code, intent="enquiry", knowledge=knowledge), user)


def test_what_helped_is_noted_at_wrap_up_and_comes_first(as_role: SignIn) -> None:
    services.ship()
    agent = as_role(Role.AGENT)
    wrapped(["楼层费", "发票", "我自己的词"])
    wrapped(["楼层费"])
    assert [use.article.title for use in ArticleUse.objects.all()] == ["楼层费"]
    first = agent.get("/api/knowledge").json()[0]
    assert (first["title"], first["uses"]) == ("楼层费", 1)


def test_what_is_missing_is_told_once_a_call(as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    for _ in range(2):
        answer = agent.post(
            "/api/knowledge/misses", {"query": " 桶 漏水 ", "call_id": "c1"}, content_type="application/json"
        )
        assert answer.json()["query"] == "桶 漏水"
    assert KnowledgeMiss.objects.count() == 1
    empty = agent.post("/api/knowledge/misses", {"query": ""}, content_type="application/json")
    assert empty.status_code == 422


def test_who_may(as_role: SignIn) -> None:
    statuses = {role: as_role(role).get("/api/knowledge").status_code for role in Role}
    refused = {Role.COURIER, Role.FINANCE}
    assert statuses == {role: 403 if role in refused else 200 for role in Role}
    owner = as_role(Role.OWNER)
    assert owner.get("/admin/knowledge/article/add/").status_code == 200
    assert owner.get("/admin/knowledge/articleuse/").status_code == 200
    miss = KnowledgeMiss.objects.create(query="桶漏水")
    assert owner.get(f"/admin/knowledge/knowledgemiss/{miss.pk}/change/").status_code == 200
    assert owner.get("/admin/knowledge/knowledgemiss/add/").status_code == 403
    assert as_role(Role.FINANCE).get("/admin/knowledge/article/").status_code == 403


def test_an_edit_leaves_its_history(as_role: SignIn) -> None:
    owner = as_role(Role.OWNER)
    body = {"title": "桶漏水", "tags": "漏", "say": "给您换一桶", "body": "", "position": 5, "active": "on"}
    assert owner.post("/admin/knowledge/article/add/", body).status_code == 302
    row = Article.objects.get()
    assert row.initials == "tls"
    assert "owner" in row.history.get().who
    with pytest.raises(ValidationError):
        Article(title="一，二").full_clean()


def in_vain(as_role: SignIn) -> Callable[..., None]:
    """An agent looks for words in one call after another."""
    as_role(Role.AGENT)
    agent = User.objects.get(username=Role.AGENT.value)

    def looked_for(words: str, *calls: str) -> None:
        for call in calls:
            services.note_missing(words, agent, call)

    return looked_for


@pytest.mark.django_db
def test_what_three_callers_ask_in_vain_becomes_a_draft_that_the_owner_writes(as_role: SignIn) -> None:
    looked_for = in_vain(as_role)
    looked_for("桶漏水，怎么办", "c1", "c1", "c2")
    assert not Article.objects.filter(title__contains="桶漏水").exists()
    looked_for("桶漏水，怎么办", "c3")
    draft = Article.objects.get(title="桶漏水 怎么办")
    assert not draft.active
    assert KnowledgeMiss.objects.filter(answered=draft).count() == 3
    assert services.search("桶漏水") == []

    looked_for("桶漏水，怎么办", "c4")
    assert KnowledgeMiss.objects.filter(answered=draft).count() == 4
    draft.active = True
    draft.save()
    assert [row.pk for row, _uses in services.search("桶漏水")] == [draft.pk]


@pytest.mark.django_db
def test_a_draft_that_the_owner_deleted_does_not_come_back(as_role: SignIn) -> None:
    looked_for = in_vain(as_role)
    looked_for("能不能送冰块", "c1", "c2", "c3")
    Article.objects.get(title="能不能送冰块").delete()
    looked_for("能不能送冰块", "c4")
    assert not Article.objects.filter(title="能不能送冰块").exists()
    assert KnowledgeMiss.objects.filter(query="能不能送冰块", answered=None).count() == 4
