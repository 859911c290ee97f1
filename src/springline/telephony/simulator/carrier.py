"""A telephone company in a folder: real SIP and real sound from an Asterisk of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TypeAlias
from uuid import uuid4

import structlog

from springline.platform.supervisor import free_port, free_range
from springline.telephony.ari import Ari, WebSocketConnector
from springline.telephony.ari.generated.events import StasisStart
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.home import Engine
from springline.telephony.engine.process import command, running_engine
from springline.telephony.simulator.handset import Handset
from springline.telephony.simulator.phone import AgentPhone
from springline.telephony.simulator.script import NO_NUMBER
from springline.telephony.simulator.wiring import (
    APP,
    PEER,
    PhoneAccount,
    Ports,
    carrier_config,
    heard_folder,
)

log = structlog.get_logger("simulator")

RING_LIMIT_SECONDS = 60
STOP_SECONDS = 20.0


class Carrier:
    """`async with Carrier(engine, directory, target="127.0.0.1:5400") as carrier:`

    `directory` may be used again; recordings of what its phones heard are in `directory/heard`. Ports left
    out are free ones. `phones` register as agents' desk phones. `host` is the address it speaks from.
    """

    def __init__(
        self,
        engine: Engine,
        directory: Path,
        *,
        target: str,
        sip_port: int | None = None,
        http_port: int | None = None,
        rtp: tuple[int, int] | None = None,
        phones: Sequence[PhoneAccount] = (),
        host: str = "127.0.0.1",
    ) -> None:
        self.target = target
        self.directory = directory.absolute()
        first, last = rtp or free_range(200, host)
        self._ports = Ports(sip_port or free_port("udp", host), http_port or free_port(), first, last)
        self.engine = engine
        self.host = host
        self._cfg: EngineConfig = carrier_config(engine, directory, self._ports, host, target, phones)
        self.phones = {account.id: AgentPhone(account, self._cfg) for account in phones}
        self.subscriber = AgentPhone(PhoneAccount("subscriber", ""), self._cfg)
        self._process: asyncio.subprocess.Process | None = None
        self._stack = AsyncExitStack()
        self._ari: Ari | None = None

    async def __aenter__(self) -> Carrier:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def heard(self) -> Path:
        """Where recordings of what the phones heard and said are."""
        return heard_folder(self.directory)

    @property
    def pid(self) -> int:
        """Process of the carrier's Asterisk."""
        assert self._process is not None
        return self._process.pid

    async def dial(self, number: str, to: str) -> Handset:
        """Sends an INVITE; returns at once. `number` as in `script.Caller`."""
        assert self._ari is not None
        channel = f"caller-{uuid4().hex[:12]}"
        handset = Handset(self._ari, channel, self.heard)
        await self._ari.channels.originate_with_id(
            channel,
            endpoint=f"PJSIP/{PEER}/sip:{to}@{self.target}",
            context="simulated-caller",
            extension="s",
            priority=1,
            caller_id=None if number == NO_NUMBER else f'"" <{number}>',
            timeout=RING_LIMIT_SECONDS,
            formats="alaw",
        )
        return handset

    async def console(self, text: str) -> str:
        """One console command of the carrier's Asterisk."""
        return await command(self._cfg, text)

    async def kill(self) -> None:
        """All its phones lose their power: no BYE, no unregistration, no more sound."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    @asynccontextmanager
    async def another(self) -> AsyncIterator[Carrier]:
        """A second carrier towards the same target, for a caller who shall vanish alone."""
        directory = self.directory / f"lone-{uuid4().hex[:8]}"
        async with Carrier(self.engine, directory, target=self.target, host=self.host) as lone:
            yield lone

    async def _start(self) -> None:
        self.heard.mkdir(parents=True, exist_ok=True)
        engine = await self._stack.enter_async_context(running_engine(self._cfg, stop_seconds=STOP_SECONDS))
        self._process = engine.process
        self._ari = Ari(
            WebSocketConnector(self._cfg.ari_url, APP, self._cfg.ari_user, self._cfg.ari_password),
            APP,
            on_stasis_start=self._entered,
            event_sources=("channel:",),
        )
        link = asyncio.create_task(self._ari.run(), name="simulator link")
        self._stack.push_async_callback(_cancelled, link)
        self._stack.push_async_callback(self._hang_up_phones)
        async with asyncio.timeout(10):
            await self._ari.wait_ready()

    async def _hang_up_phones(self) -> None:
        for phone in (self.subscriber, *self.phones.values()):
            await phone.close()

    def _entered(self, event: StasisStart) -> None:
        """An INVITE of the system under test reached one of our phones; callers' legs are claimed already.

        Whatever number it calls outside, `subscriber` is who answers.
        """
        assert self._ari is not None
        role, *rest = event.args or [""]
        phone = self.phones.get(rest[0].removeprefix("agent-")) if role == "phone" and rest else None
        phone = self.subscriber if role == "subscriber" else phone
        stream = self._ari.subscribe(event.channel.id)
        stream.put(event)
        handset = Handset(self._ari, event.channel.id, self.heard, stream)
        if phone is None:
            log.warning("simulator_call_for_nobody", role=role)
            task = asyncio.ensure_future(handset.hang_up(1))
            self._stack.callback(task.cancel)
        else:
            phone.take(handset, event.channel.caller.number, rest[0])


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


Condition: TypeAlias = Callable[[Handset], Awaitable[bool]]
"""Whether something holds for a call now, for example that an agent is connected."""
Conditions: TypeAlias = Mapping[str, Condition]
