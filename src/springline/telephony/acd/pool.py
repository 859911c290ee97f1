"""One pool of equal agents, simulated with the real rules, for a comparison with theory."""

import heapq
import random
from dataclasses import dataclass

from springline.contracts.config import AgentConfig, Device, QueueConfig
from springline.telephony.acd.acd import Acd
from springline.telephony.acd.decisions import Decision, Offer
from springline.telephony.acd.events import (
    AcdEvent,
    CallFinished,
    CallWaiting,
    DeviceUp,
    OfferAccepted,
    SetReady,
    SignIn,
)

WITHIN = 20.0
QUEUE = "q"
WARM_UP = 0.05
_FOR_EVER = 1e9


@dataclass(frozen=True, slots=True)
class Shape:
    """`handling`: seconds a call takes, on average."""

    agents: int
    erlangs: float
    handling: float


def simulated_level(shape: Shape, calls: int, seed: int = 1) -> float:
    """The part (0..1) of `calls` answered WITHIN seconds; agents answer at once, nobody gives up."""
    waits = _Pool(shape, seed).run(calls)
    return sum(wait <= WITHIN for wait in waits) / len(waits)


class _Pool:
    def __init__(self, shape: Shape, seed: int) -> None:
        self._shape = shape
        self._dice = random.Random(seed)  # noqa: S311 - the same run every time
        queue = QueueConfig(id=QUEUE, name=QUEUE, wrap_up=0, max_wait=_FOR_EVER, overflow_after=_FOR_EVER)
        agents = [
            AgentConfig(
                id=str(1000 + number), name="", queues=(QUEUE,), device=Device.SIP,
                sip_password="-",  # noqa: S106
            )
            for number in range(shape.agents)
        ]  # fmt: skip
        self._acd = Acd([queue], agents, {})
        self._ends: list[tuple[float, str, str]] = []
        self._came: dict[str, float] = {}
        self._waits: list[float] = []
        for agent in agents:
            for event in (DeviceUp(agent.id), SignIn(agent.id), SetReady(agent.id)):
                self._do(event, 0.0)

    def run(self, calls: int) -> list[float]:
        """Seconds that each call waited, without those of the beginning, when the pool was empty."""
        now = 0.0
        for number in range(calls):
            now += self._dice.expovariate(self._shape.erlangs / self._shape.handling)
            self._end_calls(now)
            self._came[call := f"c{number}"] = now
            self._do(CallWaiting(call, QUEUE, now), now)
        self._end_calls(_FOR_EVER)
        return self._waits[int(calls * WARM_UP) :]

    def _end_calls(self, until: float) -> None:
        while self._ends and self._ends[0][0] <= until:
            when, call, agent = heapq.heappop(self._ends)
            self._do(CallFinished(call, agent), when)

    def _do(self, event: AcdEvent, now: float) -> None:
        for decision in self._acd.handle(event, now):
            self._follow(decision, now)

    def _follow(self, decision: Decision, now: float) -> None:
        if isinstance(decision, Offer):
            self._waits.append(now - self._came.pop(decision.call))
            self._acd.handle(OfferAccepted(decision.call, decision.agent), now)
            ends = now + self._dice.expovariate(1 / self._shape.handling)
            heapq.heappush(self._ends, (ends, decision.call, decision.agent))
