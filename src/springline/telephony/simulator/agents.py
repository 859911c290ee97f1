"""Scripted agents: a desk phone together with the person's clicks (sign in, ready, pause)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import httpx

from springline.contracts import subjects
from springline.contracts.commands import AnyReply, Command, Done, Refused, SetPaused, SetReady, SignIn
from springline.platform.bus import AnyBus
from springline.telephony.simulator.errors import SimulatorError
from springline.telephony.simulator.phone import AgentPhone

_WITHIN_SECONDS = 10.0


class AgentControl(Protocol):
    """What an agent does in the desk. Each raises SimulatorError `refused` when the system says no."""

    async def sign_in(self, agent: str) -> None: ...

    async def ready(self, agent: str) -> None: ...

    async def pause(self, agent: str, reason: str) -> None: ...


class BusAgentControl:
    """Tells control directly, as the web process does."""

    def __init__(self, bus: AnyBus) -> None:
        self._bus = bus

    async def sign_in(self, agent: str) -> None:
        await self._tell(SignIn(agent=agent))

    async def ready(self, agent: str) -> None:
        await self._tell(SetReady(agent=agent))

    async def pause(self, agent: str, reason: str) -> None:
        await self._tell(SetPaused(agent=agent, reason=reason))

    async def _tell(self, order: Command) -> None:
        reply: AnyReply = await self._bus.request(
            subjects.CONTROL_COMMANDS,
            order,
            AnyReply,
            timeout=_WITHIN_SECONDS,
        )
        if isinstance(reply, Refused):
            raise SimulatorError("refused", f"{type(order).__name__}: {reply.code}")
        if not isinstance(reply, Done):
            raise SimulatorError("refused", f"{type(order).__name__}: unexpected {type(reply).__name__}")


class HttpAgentControl:
    """Goes through the public API with a token of the scope `control`."""

    def __init__(self, web_url: str, token: str) -> None:
        self._url = web_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def sign_in(self, agent: str) -> None:
        await self._post("sign-in", {"agent": agent})

    async def ready(self, agent: str) -> None:
        await self._post("ready", {"agent": agent})

    async def pause(self, agent: str, reason: str) -> None:
        await self._post("pause", {"agent": agent, "reason": reason})

    async def _post(self, what: str, body: dict[str, str]) -> None:
        async with httpx.AsyncClient(headers=self._headers, timeout=_WITHIN_SECONDS) as client:
            try:
                answer = await client.post(f"{self._url}/api/agent/{what}", json=body)
            except httpx.HTTPError as error:
                raise SimulatorError("refused", f"{what}: {type(error).__name__}") from error
        if answer.is_error:
            raise SimulatorError("refused", f"{what}: {answer.status_code} {answer.text[:200]}")


@dataclass
class ScriptedAgent:
    """`phone.plan` says how the agent takes calls, `phone.calls` which ones came."""

    phone: AgentPhone
    control: AgentControl

    @property
    def id(self) -> str:
        return self.phone.account.id

    async def start(self) -> None:
        """Registers the phone, signs in and is ready. Raises StepFailed, SimulatorError."""
        await self.phone.registered()
        await self.control.sign_in(self.id)
        await self.control.ready(self.id)
