"""A person of the demo at the API, signed in as in a browser: session cookie and CSRF token."""

from types import TracebackType
from typing import Any

import httpx

from springline.business.bootstrap import SeededUser
from springline.platform import tls
from springline.platform.settings import Settings


class Refused(RuntimeError):
    """The API said no; the words are its own."""


class Person:
    """`async with Person(settings, user) as person`: signed in inside the block."""

    def __init__(self, settings: Settings, user: SeededUser) -> None:
        self._user = user
        self._client = httpx.AsyncClient(
            base_url=f"{settings.local_url}/api/",
            timeout=15,
            trust_env=False,
            verify=tls.client_context(settings),
            headers={"Accept-Language": "zh-hans"},
        )

    async def __aenter__(self) -> "Person":
        await self._client.get("session")
        await self.post("session", username=self._user.username, password=self._user.password)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, **params: Any) -> Any:
        return self._answer(await self._client.get(path, params=params))

    async def post(self, path: str, **body: Any) -> Any:
        return self._answer(await self._client.post(path, json=body, headers=self._token))

    async def upload(self, path: str, data: bytes, **fields: str) -> Any:
        files = {"file": ("photo.jpg", data, "image/jpeg")}
        return self._answer(await self._client.post(path, data=fields, files=files, headers=self._token))

    @property
    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self._client.cookies.get("csrftoken", "")}

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json()
        try:
            told = answer.json()
            words = f"{told['code']}: {told['message']}"
        except (ValueError, KeyError, TypeError):
            words = answer.text[:200]
        raise Refused(f"{answer.status_code} {answer.request.url.path} {words}")
