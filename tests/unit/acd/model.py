"""The rules once more, in the plainest way: no indexes, no timers, every question asked of everything.

`Model.turn` says which offers, withdrawals and lost patience an event must lead to; the test compares.
"""

from dataclasses import dataclass, field

from springline.contracts.config import QueueConfig
from springline.telephony import acd

NEVER = float("-inf")


@dataclass
class Person:
    skills: set[str]
    signed_in: bool = False
    online: bool = False
    wants_pause: bool = False
    rest_until: float = NEVER
    wrap_until: float = NEVER
    misses: int = 0
    call: str | None = None
    rings_until: float | None = None
    talks: bool = False

    def free(self, now: float) -> bool:
        return (
            self.signed_in
            and self.online
            and not self.wants_pause
            and self.call is None
            and self.rest_until <= now
            and self.wrap_until <= now
        )

    def state(self, now: float) -> str:
        if self.call is not None:
            return "talking" if self.talks else "ringing"
        if not self.signed_in:
            return "offline"
        if not self.online:
            return "unreachable"
        if self.wrap_until > now:
            return "wrap_up"
        return "paused" if self.wants_pause else "ready"


@dataclass
class Caller:
    queue: str
    front: bool
    since: float
    order: int
    limit: float
    agent: str | None = None
    offers: int = 0


@dataclass
class Model:
    queues: dict[str, QueueConfig]
    people: dict[str, Person]
    callers: dict[str, Caller] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    order: int = 0
    said: list[tuple[str, ...]] = field(default_factory=list)

    def turn(self, event: acd.AcdEvent, now: float) -> list[tuple[str, ...]]:
        """Sorted: ("offer", call, agent, attempt), ("withdraw", call, agent, why), ("exceeded", call)."""
        self.said = []
        self._happen(event, now)
        for agent_id, person in self.people.items():
            if person.rings_until is not None and person.rings_until <= now:
                self._withdraw(agent_id, "no_answer", now)
        for call_id, caller in list(self.callers.items()):
            if caller.agent is None and caller.limit <= now:
                del self.callers[call_id]
                self.said.append(("exceeded", call_id))
        self._offer_all(now)
        return sorted(self.said)

    def waiting(self) -> list[str]:
        line = [(not c.front, c.since, c.order, i) for i, c in self.callers.items() if c.agent is None]
        return [place[3] for place in sorted(line)]

    def _offer_all(self, now: float) -> None:
        for call_id in self.waiting():
            caller = self.callers[call_id]
            free = [i for i, p in self.people.items() if p.free(now) and caller.queue in p.skills]
            if not free:
                continue
            last = self.last.get(caller.queue, "")
            agent_id = min(free, key=lambda i: (i <= last, i))
            person = self.people[agent_id]
            person.call, person.talks = call_id, False
            person.rings_until = now + self.queues[caller.queue].ring_timeout
            caller.agent, caller.offers = agent_id, caller.offers + 1
            self.last[caller.queue] = agent_id
            self.said.append(("offer", call_id, agent_id, str(caller.offers)))

    def _happen(self, event: acd.AcdEvent, now: float) -> None:
        person = self.people.get(getattr(event, "agent", ""))
        match event:
            case acd.SignIn() if person and not person.signed_in:
                person.signed_in, person.wants_pause, person.misses = True, True, 0
            case acd.SignOut() if person and person.call is None:
                person.signed_in, person.rest_until, person.wrap_until = False, NEVER, NEVER
            case acd.SetReady() if person and person.signed_in:
                person.wants_pause, person.misses = False, 0
                person.wrap_until = NEVER
            case acd.SetPaused() if person and person.signed_in:
                person.wants_pause = True
                person.wrap_until = NEVER
            case acd.DeviceUp() if person:
                person.online = True
            case acd.DeviceDown(agent_id) if person:
                person.online = False
                if person.call is not None and not person.talks:
                    self._withdraw(agent_id, "failed", now)
            case acd.CallWaiting(call_id, queue, since, front) if call_id not in self.callers:
                self.order += 1
                limit = (now if front else since) + self.queues[queue].max_wait
                self.callers[call_id] = Caller(queue, front, since, self.order, limit)
            case acd.CallLeft(call_id) if call_id in self.callers:
                held_by = self.callers[call_id].agent
                if held_by is None:
                    del self.callers[call_id]
                elif self.people[held_by].talks:
                    self._finish(call_id, held_by, now)
                else:
                    self._withdraw(held_by, "caller_left", now)
            case acd.OfferAccepted(call_id, agent_id) if person:
                if person.call != call_id:
                    self.said.append(("withdraw", call_id, agent_id, "interrupted"))
                elif not person.talks:
                    person.talks, person.rings_until, person.misses = True, None, 0
            case acd.OfferFailed(call_id, agent_id, outcome) if person and person.call == call_id:
                if not person.talks:
                    self._failed(agent_id, str(outcome), now)
            case acd.CallFinished(call_id, agent_id) if person and person.call == call_id and person.talks:
                self._finish(call_id, agent_id, now)
            case acd.CallReturned(call_id) if person and person.call == call_id and person.talks:
                caller = self.callers[call_id]
                config = self.queues[caller.queue]
                person.call, person.rest_until = None, now + config.retry_after
                caller.agent, caller.front, caller.limit = None, True, now + config.max_wait
            case acd.AgentAdopted(agent_id, call_id, queue) if person:
                if person.call is None and call_id not in self.callers:
                    self.order += 1
                    self.callers[call_id] = Caller(queue, False, now, self.order, now, agent_id)
                    person.call, person.talks, person.signed_in = call_id, True, True
                    person.wants_pause, person.wrap_until = False, NEVER

    def _finish(self, call_id: str, agent_id: str, now: float) -> None:
        caller, person = self.callers.pop(call_id), self.people[agent_id]
        person.call = None
        person.wrap_until = now + self.queues[caller.queue].wrap_up

    def _withdraw(self, agent_id: str, why: str, now: float) -> None:
        self.said.append(("withdraw", str(self.people[agent_id].call), agent_id, why))
        self._failed(agent_id, why, now)

    def _failed(self, agent_id: str, why: str, now: float) -> None:
        person = self.people[agent_id]
        assert person.call is not None
        call_id, caller = person.call, self.callers[person.call]
        person.call = person.rings_until = None
        if why == "caller_left":
            del self.callers[call_id]
            return
        caller.agent = None
        person.rest_until = now + self.queues[caller.queue].retry_after
        if why == "no_answer":
            person.misses += 1
            if person.misses >= 2 and not person.wants_pause:
                person.wants_pause, person.misses = True, 0
        elif why == "refused":
            person.misses = 0
