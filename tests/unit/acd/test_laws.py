"""Any sequence of events: the ACD decides as the plain model does, and its indexes stay true."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from springline.contracts.agents import AgentState
from springline.contracts.config import QueueConfig
from springline.contracts.events import OfferOutcome
from springline.telephony import acd
from springline.telephony.acd.records import Duty, rank_of
from tests.unit.acd.model import Model, Person
from tests.unit.acd.people import person, queue

QUEUES = ["city", "huoshan", "pool"]
AGENTS = ["8001", "8002", "8003", "8004"]
CALLS = [f"c{i}" for i in range(8)]

seconds = st.sampled_from([0.0, 1.0, 2.0, 5.0])
skills = st.lists(st.sampled_from(QUEUES), min_size=1, unique=True)
agents = st.sampled_from(AGENTS)
calls = st.sampled_from(CALLS)
places = st.integers(0, 3)
CROSSED = [acd.OfferAccepted, acd.CallFinished, acd.CallReturned]
failures = [OfferOutcome.NO_ANSWER, OfferOutcome.REFUSED, OfferOutcome.FAILED, OfferOutcome.CALLER_LEFT]


class Laws(RuleBasedStateMachine):
    @initialize(data=st.data())
    def open(self, data: st.DataObject) -> None:
        def configs() -> list[QueueConfig]:
            times = {"ring_timeout": 4.0, "retry_after": data.draw(seconds), "wrap_up": data.draw(seconds)}
            return [
                queue(
                    name,
                    max_wait=data.draw(st.sampled_from([3.0, 30.0])),
                    overflow_after=data.draw(st.sampled_from([2.0, 6.0])),
                    overflow_wait=data.draw(st.sampled_from([8.0, 90.0])),
                    overflow_to=tuple(data.draw(st.lists(st.sampled_from(QUEUES), unique=True))),
                    no_agent_wait=data.draw(st.sampled_from([None, 1.0, 2.0])),
                    last_agent_first=data.draw(st.booleans()),
                    handling=8.0,
                    **times,
                )
                for name in QUEUES
            ]

        self.queues = configs()
        self.skills = {agent: data.draw(skills) for agent in AGENTS}
        self.now = 10.0
        at_work = data.draw(st.lists(agents, unique=True))
        self.twin, self.acd = self._acd(), self._acd()
        self.model = Model(
            {config.id: config for config in self.queues},
            {agent: Person(set(has)) for agent, has in self.skills.items()},
        )
        for agent in at_work:
            self.get_to_work(agent)

    def _acd(self) -> acd.Acd:
        return acd.Acd(self.queues, [person(a, *has) for a, has in self.skills.items()], {})

    def do(self, event: acd.AcdEvent) -> None:
        decisions = self.acd.handle(event, self.now)
        assert decisions == self.twin.handle(event, self.now)
        self.compare(decisions, self.model.turn(event, self.now))

    def compare(self, decisions: tuple[acd.Decision, ...], expected: list[tuple[str, ...]]) -> None:
        said: list[tuple[str, ...]] = []
        rows = {}
        for decision in decisions:
            match decision:
                case acd.Offer():
                    said.append(("offer", decision.call, decision.agent, str(decision.attempt)))
                case acd.Withdraw():
                    said.append(("withdraw", decision.call, decision.agent, str(decision.outcome)))
                case acd.WaitExceeded():
                    said.append(("exceeded", decision.call))
                case acd.Overflowed():
                    said.append(("overflowed", decision.call))
                case acd.AgentChanged():
                    assert decision.agent not in rows
                    rows[decision.agent] = decision
        assert sorted(said) == expected
        for row in self.acd.agents():
            assert rows.get(row.agent, row) == row

    @rule(agent=agents)
    def get_to_work(self, agent: str) -> None:
        for event in (acd.DeviceUp(agent), acd.SignIn(agent), acd.SetReady(agent)):
            self.do(event)

    @rule(
        agent=agents,
        kind=st.sampled_from(
            [acd.SignIn, acd.SignOut, acd.SetReady, acd.DeviceUp, acd.DeviceDown, acd.Reset]
        ),
    )
    def command(self, agent: str, kind: type[acd.SignIn]) -> None:
        self.do(kind(agent))

    @rule(agent=agents)
    def pause(self, agent: str) -> None:
        self.do(acd.SetPaused(agent, "lunch"))

    @rule(
        call=calls,
        queue_id=st.sampled_from(QUEUES),
        ago=seconds,
        front=st.booleans(),
        head_start=st.sampled_from([0.0, 4.0]),
        wanted=st.none() | agents,
    )
    def wait(
        self, call: str, queue_id: str, ago: float, front: bool, head_start: float, wanted: str | None
    ) -> None:
        self.do(acd.CallWaiting(call, queue_id, self.now - ago, front, head_start, wanted))

    @rule(call=calls)
    def leave(self, call: str) -> None:
        self.do(acd.CallLeft(call))

    @rule(which=places)
    def accept(self, which: int) -> None:
        self.do(acd.OfferAccepted(*self.pair(which, AgentState.RINGING)))

    @rule(which=places, outcome=st.sampled_from(failures))
    def fail(self, which: int, outcome: OfferOutcome) -> None:
        self.do(acd.OfferFailed(*self.pair(which, AgentState.RINGING), outcome))

    @rule(which=places)
    def finish(self, which: int) -> None:
        self.do(acd.CallFinished(*self.pair(which, AgentState.TALKING)))

    @rule(which=places)
    def lose(self, which: int) -> None:
        self.do(acd.CallReturned(*self.pair(which, AgentState.TALKING)))

    @rule(agent=agents, call=calls, kind=st.sampled_from(CROSSED))
    def come_too_late(self, agent: str, call: str, kind: type[acd.OfferAccepted]) -> None:
        self.do(kind(call, agent))

    @rule(agent=agents, call=calls, outcome=st.sampled_from(failures))
    def fail_too_late(self, agent: str, call: str, outcome: OfferOutcome) -> None:
        self.do(acd.OfferFailed(call, agent, outcome))

    def pair(self, which: int, state: AgentState) -> tuple[str, str]:
        """One of the calls that ring (or talk) and its agent."""
        rows = [(row.call, row.agent) for row in self.acd.agents() if row.call and row.state is state]
        return rows[which % len(rows)] if rows else ("none", AGENTS[which])

    @rule(agent=agents, call=calls, queue_id=st.sampled_from(QUEUES))
    def adopt(self, agent: str, call: str, queue_id: str) -> None:
        self.do(acd.AgentAdopted(agent, call, queue_id))

    @rule(agent=agents, call=calls)
    def dial(self, agent: str, call: str) -> None:
        self.do(acd.AgentDials(agent, call))

    @rule(passed=st.sampled_from([0.0, 1.0, 3.0, 10.0]))
    def time(self, passed: float) -> None:
        end = self.now + passed
        while (wake := self.acd.next_wake(self.now)) is not None and wake <= end:
            assert wake >= self.now
            self.now = wake
            self.do(acd.Tick())
        self.now = end

    @rule(agent=agents, has=skills)
    def teach(self, agent: str, has: list[str]) -> None:
        self.skills[agent] = has
        self.model.people[agent].skills = set(has)
        configs = [person(a, *s) for a, s in self.skills.items()]
        decisions = self.acd.reconfigure(self.queues, configs, self.now)
        assert decisions == self.twin.reconfigure(self.queues, configs, self.now)
        self.model.said = []
        self.model.settle(self.now)
        self.compare(decisions, sorted(self.model.said))

    @invariant()
    def the_model_agrees(self) -> None:
        if not hasattr(self, "acd"):
            return
        for agent_id, who in self.model.people.items():
            row = self.acd.agent(agent_id)
            assert row is not None
            assert (row.state, row.call) == (who.state(self.now), who.call), agent_id
        for queue_id in QUEUES:
            assert list(self.acd.waiting(queue_id)) == self.model.line(queue_id)
        assert self.acd.pointers() == self.model.last

    @invariant()
    def the_indexes_are_true(self) -> None:
        if not hasattr(self, "acd"):
            return
        book = self.acd._book
        free = {
            i: a for i, a in book.agents.items() if a.state is AgentState.READY and a.cool_until <= self.now
        }
        assert set(book._waiting) == {i for i, q in book.queues.items() if q.line}
        for queue_id, found in book.queues.items():
            able = sorted(rank_of(i) for i, a in free.items() if queue_id in a.queues)
            assert found.ready == able
            assert not (found.ready and found.line), "a free agent while a call waits"
            assert found.calls == sum(call.queue == queue_id for call in book.calls.values())
            able = [a for a in book.agents.values() if queue_id in a.queues]
            assert found.working == sum(a.duty_now is Duty.WORKING for a in able)
            assert found.signed_in == sum(a.duty_now > Duty.AWAY for a in able)


TestLaws = Laws.TestCase
TestLaws.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
