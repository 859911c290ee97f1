"""What a decision costs in a large hall: `python -m springline.telephony.acd.bench`.

2,000 agents with a few regions each and a pool, 3,000 regional queues that overflow to 30 pools, ten calls a
second of virtual time, two minutes of talk each. Counted is the CPU of `Acd.handle`, every event by itself.
"""

import heapq
import random
import sys
import time
from collections.abc import Callable
from functools import partial

from springline.contracts.config import AgentConfig, Device, QueueConfig
from springline.telephony.acd import (
    Acd,
    AcdEvent,
    CallFinished,
    CallWaiting,
    DeviceUp,
    Offer,
    OfferAccepted,
    Overflowed,
    SetReady,
    SignIn,
    Tick,
)

AGENTS, REGIONS, POOLS, SKILLS = 2_000, 3_000, 30, 5
CALLS_PER_SECOND, TALK_SECONDS, ANSWER_SECONDS = 10.0, 120.0, 4.0
CALLS = 12_000


class Hall:
    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a hall that can be measured again
        pools = [f"pool{number}" for number in range(POOLS)]
        queues = [QueueConfig(id=pool, name=pool) for pool in pools]
        queues += [
            QueueConfig(id=f"r{number}", name="", overflow_to=(pools[number % POOLS],))
            for number in range(REGIONS)
        ]
        agents = [
            AgentConfig(
                id=str(10_000 + number),
                name="",
                queues=(pools[number % POOLS], *(f"r{r}" for r in self.dice.sample(range(REGIONS), SKILLS))),
                device=Device.SIP,
                sip_password="-",  # noqa: S106
            )
            for number in range(AGENTS)
        ]
        self.acd = Acd(queues, agents, {})
        self.now = 0.0
        self.spent: list[int] = []
        self.offers = self.overflowed = 0
        self._to_come: list[tuple[float, int, Callable[[], AcdEvent]]] = []
        self._count = 0
        for agent in agents:
            for event in (DeviceUp(agent.id), SignIn(agent.id), SetReady(agent.id)):
                self.acd.handle(event, 0.0)

    def run(self, calls: int) -> None:
        """The first half warms the hall up and is not counted."""
        for number in range(calls):
            self._at(number / CALLS_PER_SECOND, partial(self._call, number))
        while self._to_come:
            wake, due = self.acd.next_wake(self.now), self._to_come[0][0]
            if wake is not None and wake < due:
                self.now = wake
                self._do(Tick())
                continue
            self.now, _, make = heapq.heappop(self._to_come)
            self._do(make())

    def _call(self, number: int) -> AcdEvent:
        return CallWaiting(f"c{number}", f"r{self.dice.randrange(REGIONS)}", self.now)

    def _do(self, event: AcdEvent) -> None:
        began = time.process_time_ns()
        decisions = self.acd.handle(event, self.now)
        self.spent.append(time.process_time_ns() - began)
        for decision in decisions:
            self.overflowed += isinstance(decision, Overflowed)
            if isinstance(decision, Offer):
                self.offers += 1
                call, agent = decision.call, decision.agent
                self._at(self.now + ANSWER_SECONDS, partial(OfferAccepted, call, agent))
                talked = self.now + ANSWER_SECONDS + self.dice.expovariate(1 / TALK_SECONDS)
                self._at(talked, partial(CallFinished, call, agent))

    def _at(self, when: float, make: Callable[[], AcdEvent]) -> None:
        self._count += 1
        heapq.heappush(self._to_come, (when, self._count, make))


def main() -> None:
    hall = Hall()
    hall.run(CALLS)
    spent = sorted(hall.spent[len(hall.spent) // 2 :])

    def share(part: float) -> float:
        return spent[min(int(len(spent) * part), len(spent) - 1)] / 1000

    sys.stdout.write(
        f"{len(spent)} events, {hall.offers} offers, {hall.overflowed} calls overflowed\n"
        f"median {share(0.5):.0f} µs, p99 {share(0.99):.0f} µs, most {spent[-1] / 1000:.0f} µs of CPU\n"
    )


if __name__ == "__main__":
    main()
