"""What a decision costs in a large hall, and whether callers wait as theory says: `springline bench acd`."""

import heapq
import random
import time
from collections.abc import Callable
from functools import partial

from springline.contracts.config import AgentConfig, Device, QueueConfig
from springline.platform.benchmarks import Figure, percentile
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
    WaitExceeded,
)
from springline.telephony.acd.erlang import service_level
from springline.telephony.acd.pool import WITHIN, Shape, simulated_level

AGENTS, REGIONS, POOLS, SKILLS = 2_000, 3_000, 30, 5
CALLS_PER_SECOND, ANSWER_SECONDS = 10.0, 4.0
USUAL_TALK, LONG_TALK = 120.0, 240.0
CALLS = 24_000
MOST_MS, MOST_POINTS = 1.0, 2.0
SHAPES = (Shape(10, 8.0, 100.0), Shape(36, 30.0, 120.0), Shape(60, 52.0, 120.0))
METHOD = f"""\
`springline bench acd`: the rules of the queues by themselves, with virtual time; app_queue cannot be had
without its engine. *decision*: {AGENTS:,} agents with {SKILLS} regions each and a pool, {REGIONS:,} regional
queues that overflow to {POOLS} pools, {CALLS_PER_SECOND:g} calls/s, {CALLS:,} calls, the first half
uncounted; the processor time of every event by itself. *busy*: {USUAL_TALK:g} s of talk on average;
*overrun*: {LONG_TALK:g} s, which is more than the agents can do. *service level*: answered within
{WITHIN:g} s, one pool, arrivals at random, exponential handling, nobody gives up; beside Erlang C. The dice
are the same every time.
"""


class Hall:
    """`talk`: seconds, on average."""

    def __init__(self, talk: float = USUAL_TALK, seed: int = 1) -> None:
        self._talk = talk
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
        self.offers = self.overflowed = self.given_up = 0
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
            self.given_up += isinstance(decision, WaitExceeded)
            if isinstance(decision, Offer):
                self.offers += 1
                call, agent = decision.call, decision.agent
                self._at(self.now + ANSWER_SECONDS, partial(OfferAccepted, call, agent))
                talked = self.now + ANSWER_SECONDS + self.dice.expovariate(1 / self._talk)
                self._at(talked, partial(CallFinished, call, agent))

    def _at(self, when: float, make: Callable[[], AcdEvent]) -> None:
        self._count += 1
        heapq.heappush(self._to_come, (when, self._count, make))


def figures(calls: int, tell: Callable[[str], None]) -> list[Figure]:
    """`calls` for each of the pools."""
    found: list[Figure] = []
    for name, talk in (("busy", USUAL_TALK), ("overrun", LONG_TALK)):
        hall = Hall(talk)
        hall.run(CALLS)
        found += _costs(name, hall)
        tell(
            f"  {name}: {len(hall.spent)} events, {hall.offers} offers, {hall.overflowed} calls overflowed, "
            f"{hall.given_up} gave up"
        )
    for shape in SHAPES:
        found += _levels(shape, calls)
        tell(f"  {found[-1].name}: {found[-1].value:.2f} points")
    return found


def _costs(name: str, hall: Hall) -> list[Figure]:
    ms = [spent / 1e6 for spent in hall.spent[len(hall.spent) // 2 :]]
    return [
        Figure(name=f"decision, {name}: p99", value=percentile(ms, 99) or 0, unit="ms", most=MOST_MS),
        Figure(name=f"decision, {name}: median", value=percentile(ms, 50) or 0, unit="ms"),
        Figure(name=f"decision, {name}: most", value=max(ms), unit="ms"),
        Figure(name=f"{name}: calls that overflowed", value=hall.overflowed, unit=""),
    ]


def _levels(shape: Shape, calls: int) -> list[Figure]:
    simulated = simulated_level(shape, calls) * 100
    theory = service_level(shape.agents, shape.erlangs, shape.handling, WITHIN) * 100
    name = f"service level, {shape.agents} agents, {shape.erlangs:g} erlangs"
    return [
        Figure(name=f"{name}: simulated", value=simulated, unit="%"),
        Figure(name=f"{name}: Erlang C", value=theory, unit="%"),
        Figure(name=f"{name}: apart", value=abs(simulated - theory), unit="points", most=MOST_POINTS),
    ]
