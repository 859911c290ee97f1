"""Django's requests in threads that stay, each with its database connection.

Under ASGI, Django gives every request a thread and a connection of its own and throws both away, and hops
between threads at each middleware: half of what placing an order cost.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch, get_resolver, set_script_prefix

# More requests at once than this wait their turn.
THREADS = 32


class ThreadHandler(ASGIHandler):  # type: ignore[misc]
    """For addresses whose view is no coroutine. A browser that leaves does not stop what it asked for."""

    def __init__(self) -> None:
        # ASGIHandler's own would make the chain of middleware asynchronous.
        BaseHandler.__init__(self)
        self.load_middleware()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        with body:
            request, response = self.create_request(scope, body)
            if request is not None:
                response = await loop.run_in_executor(self._threads, self._answer, request)
            await self.send_response(response, send)
        if response.streaming:
            await loop.run_in_executor(self._threads, response.close)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.resolver_match = _resolved(settings.ROOT_URLCONF, request.path_info)
        return request.resolver_match

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(request.scope))  # type: ignore[attr-defined]
        signals.request_started.send(sender=self.__class__, scope=request.scope)  # type: ignore[attr-defined]
        try:
            response: HttpResponseBase = self.get_response(request)
            response._handler_class = self.__class__  # type: ignore[attr-defined]
            if not response.streaming:
                response.close()
            return response
        finally:
            close_old_connections()


@lru_cache(maxsize=2048)
def _resolved(urlconf: str, path: str) -> ResolverMatch:
    """Django tries one address after the other; the API has some hundred and fifty. Raises Resolver404."""
    return get_resolver(urlconf).resolve(path)
