"""A scripted agent's desk phone: registers, rings, answers, speaks, hangs up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from springline.telephony.ari import AriError
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.process import command
from springline.telephony.simulator.errors import SimulatorError, StepFailed
from springline.telephony.simulator.handset import Handset
from springline.telephony.simulator.polling import poll
from springline.telephony.simulator.wiring import PhoneAccount

log = structlog.get_logger("simulator")

BUSY = 17


@dataclass(frozen=True)
class AgentPlan:
    """How an agent takes a call; times in seconds.

    `answer_after` None: the phone rings and nobody answers. `reject`: 486 Busy Here. After the answer the
    `greeting` is spoken, then the `tone` (Hz) sounds until the end. `talk`: hangs up that long after the
    answer; None waits for the caller to end the call.
    """

    answer_after: float | None = 1.0
    reject: bool = False
    greeting: str | None = None
    tone: float | None = None
    talk: float | None = None


@dataclass
class PhoneCall:
    """One INVITE that reached the phone. `shown` is the caller's number as this side sees it, `called` what
    was dialled."""

    handset: Handset
    shown: str
    called: str = ""
    failure: str | None = None


@dataclass
class AgentPhone:
    """`plan` may be changed at any time; it holds from the next call on. `calls` are those so far."""

    account: PhoneAccount
    engine: EngineConfig
    plan: AgentPlan = field(default_factory=AgentPlan)
    calls: list[PhoneCall] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def is_registered(self) -> bool:
        output = await command(self.engine, "pjsip show registrations")
        lines = (line.split() for line in output.splitlines())
        return any(
            words and words[0].startswith(f"{self.account.user}/") and "Registered" in words
            for words in lines
        )

    async def registered(self, within: float = 10.0) -> None:
        """Until the registrar said 200 OK; raises StepFailed."""
        await poll(self.is_registered, within, f"{self.account.user} is registered", every=0.2)

    async def unregister(self) -> None:
        """The phone signs off at the registrar and stays off."""
        await command(self.engine, f"pjsip send unregister {self.account.user}")

    async def register(self) -> None:
        await command(self.engine, f"pjsip send register {self.account.user}")

    def take(self, handset: Handset, shown: str, called: str = "") -> None:
        """Deal with a call by the present plan."""
        call = PhoneCall(handset, shown, called)
        self.calls.append(call)
        task = asyncio.create_task(self._deal(call, self.plan), name=f"{self.account.user} call")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deal(self, call: PhoneCall, plan: AgentPlan) -> None:
        try:
            await self._follow(call.handset, plan)
        except (StepFailed, AriError, SimulatorError) as error:
            # The caller or the system under test ended the call in the middle: for a phone that is normal.
            call.failure = str(error)
        finally:
            await call.handset.close()

    async def _follow(self, handset: Handset, plan: AgentPlan) -> None:
        if plan.reject:
            await handset.hang_up(BUSY)
            return
        await handset.ring()
        if plan.answer_after is None:
            await handset.gone(within=3600)
            return
        await asyncio.sleep(plan.answer_after)
        await handset.answer()
        await handset.answered()
        talking = asyncio.create_task(self._talk(handset, plan))
        try:
            await handset.gone(within=plan.talk if plan.talk is not None else 24 * 3600)
        except StepFailed:
            await handset.hang_up()
            await handset.gone()
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)

    async def _talk(self, handset: Handset, plan: AgentPlan) -> None:
        if plan.greeting is not None:
            await handset.speak(plan.greeting)
        if plan.tone is not None:
            await handset.tone(plan.tone)
