"""The web process's requests run in threads that stay."""

import inspect
from collections.abc import Iterator

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from httpx import ASGITransport, AsyncClient

from springline.business import asgi, threads
from springline.business.hotline.models import PauseReason

pytestmark = pytest.mark.django_db(transaction=True)


def views(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, object]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield path, one.callback
        else:
            yield from views(one, path)


def test_exactly_the_views_that_are_coroutines_run_on_the_loop() -> None:
    found = {path for path, view in views(get_resolver()) if inspect.iscoroutinefunction(view)}
    assert found == asgi.COROUTINES


async def test_a_thread_answers_with_a_connection_of_its_own_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # More than one, and which of them is free first would be a matter of luck.
    monkeypatch.setattr(threads, "THREADS", 1)
    handler, seen = threads.ThreadHandler(), []

    def view(request: HttpRequest) -> HttpResponse:
        PauseReason.objects.count()
        seen.append(connections["default"].connection)
        return HttpResponse(request.body.upper())

    monkeypatch.setattr(handler, "_middleware_chain", view)
    async with AsyncClient(transport=ASGITransport(handler), base_url="http://localhost") as client:
        answers = [await client.post("/", content=b"water") for _ in range(3)]

    assert [answer.content for answer in answers] == [b"WATER"] * 3
    assert len(set(map(id, seen))) == 1
    handler._threads.shutdown()


async def test_the_process_answers_and_says_what_is_missing() -> None:
    async with AsyncClient(transport=ASGITransport(asgi.application), base_url="http://localhost") as client:
        page = await client.get("/api/health")
        missing = await client.get("/api/no-such-thing")
    assert (page.status_code, missing.status_code) == (200, 404)
