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
    owed: float = 0.0
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
    place: float = 0.0
    patience: float = 0.0
    spread_at: float = float("inf")
    spread: bool = False
    told: bool = False
    wanted: str | None = None
    began: float = 0.0
    outgoing: bool = False
    torn_from: str | None = None


@dataclass
class Model:
    queues: dict[str, QueueConfig]
    people: dict[str, Person]
    callers: dict[str, Caller] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    order: int = 0
    handling: dict[str, float] = field(default_factory=dict)
    said: list[tuple[str, ...]] = field(default_factory=list)

    def turn(self, event: acd.AcdEvent, now: float) -> list[tuple[str, ...]]:
        """Sorted: ("offer", call, agent, attempt), ("withdraw", call, agent, why), ("exceeded", call),
        ("overflowed", call)."""
        self.said = []
        self._happen(event, now)
        for agent_id, person in self.people.items():
            if person.rings_until is not None and person.rings_until <= now:
                self._withdraw(agent_id, "no_answer", now)
        for call_id, caller in list(self.callers.items()):
            caller.spread = caller.spread or caller.spread_at <= now
            if (
                caller.agent is None
                and caller.limit <= now
                and caller.patience > now
                and self._anybody(caller)
            ):
                caller.limit = caller.patience
            if caller.agent is None and caller.limit <= now:
                del self.callers[call_id]
                self._grant(caller, now)
                self.said.append(("exceeded", call_id))
        self.settle(now)
        return sorted(self.said)

    def settle(self, now: float) -> None:
        for call_id, caller in self.callers.items():
            config = self.queues[caller.queue]
            if caller.agent is not None:
                continue
            if not self._working(caller.queue):
                caller.spread = True
            if caller.spread and not caller.told and self.lines(caller)[1:]:
                caller.told = True
                self.said.append(("overflowed", call_id))
            if config.no_agent_wait is not None and not self._anybody(caller):
                caller.limit = min(caller.limit, now + config.no_agent_wait)
        self._offer_all(now)

    def lines(self, caller: Caller) -> list[str]:
        """The queues in whose lines the caller stands."""
        helpers = [q for q in self.queues[caller.queue].overflow_to if q != caller.queue]
        return [caller.queue, *(sorted(helpers) if caller.spread else [])]

    def _working(self, queue: str) -> int:
        at_work = (
            p.call is not None or (p.signed_in and p.online and not p.wants_pause) for p in self.of(queue)
        )
        return sum(at_work)

    def of(self, queue: str) -> list[Person]:
        return [person for person in self.people.values() if queue in person.skills]

    def _anybody(self, caller: Caller) -> bool:
        queues = {caller.queue, *self.queues[caller.queue].overflow_to}
        return any(p.signed_in or p.call is not None for queue in queues for p in self.of(queue))

    def line(self, queue: str) -> list[str]:
        return [i for i in self.waiting() if queue in self.lines(self.callers[i])]

    def waiting(self) -> list[str]:
        line = [(not c.front, c.place, c.order, i) for i, c in self.callers.items() if c.agent is None]
        return [place[3] for place in sorted(line)]

    def _offer_all(self, now: float) -> None:
        for call_id in self.waiting():
            caller = self.callers[call_id]
            for queue in self.lines(caller):
                free = [i for i, p in self.people.items() if p.free(now) and queue in p.skills]
                if free:
                    self._offer(call_id, queue, free, now)
                    break

    def _offer(self, call_id: str, queue: str, free: list[str], now: float) -> None:
        caller, last = self.callers[call_id], self.last.get(queue, "")
        first = self.queues[caller.queue].last_agent_first and not caller.offers
        if first and caller.wanted in free:
            agent_id = str(caller.wanted)
        else:
            agent_id = self.last[queue] = min(free, key=lambda i: (i <= last, i))
        person = self.people[agent_id]
        person.call, person.talks = call_id, False
        person.rings_until = now + self.queues[queue].ring_timeout
        if caller.torn_from != agent_id:
            self._grant(caller, now)
        caller.agent, caller.offers = agent_id, caller.offers + 1
        self.said.append(("offer", call_id, agent_id, str(caller.offers)))

    def _happen(self, event: acd.AcdEvent, now: float) -> None:
        person = self.people.get(getattr(event, "agent", ""))
        match event:
            case acd.SignIn() if person and not person.signed_in:
                person.signed_in, person.wants_pause, person.misses = True, True, 0
            case acd.SignOut() if person and person.call is None:
                person.signed_in, person.rest_until, person.wrap_until = False, NEVER, NEVER
                person.owed = 0.0
            case acd.SetReady() if person and person.signed_in:
                person.wants_pause, person.misses = False, 0
                person.wrap_until, person.owed = NEVER, 0.0
            case acd.SetPaused() if person and person.signed_in:
                person.wants_pause = True
                person.wrap_until, person.owed = NEVER, 0.0
            case acd.Reset(agent_id) if person:
                person.wrap_until = person.rest_until = NEVER
                person.misses, person.owed = 0, 0.0
                if person.call is not None and person.talks:
                    del self.callers[person.call]
                    person.call = None
                elif person.call is not None:
                    self._withdraw(agent_id, "interrupted", now)
            case acd.DeviceUp() if person:
                person.online = True
                self._rest(person, now)
            case acd.DeviceDown(agent_id) if person:
                person.online = False
                if person.call is not None and not person.talks:
                    self._withdraw(agent_id, "failed", now)
                elif person.call is None and person.wrap_until > now:
                    person.owed, person.wrap_until = person.wrap_until - now, NEVER
            case acd.CallWaiting(call_id) if call_id not in self.callers:
                self._wait(event, now)
            case acd.CallLeft(call_id) if call_id in self.callers:
                held_by = self.callers[call_id].agent
                if held_by is None:
                    self._grant(self.callers.pop(call_id), now)
                elif self.people[held_by].talks:
                    self._finish(call_id, held_by, now)
                else:
                    self._withdraw(held_by, "caller_left", now)
            case acd.OfferAccepted(call_id, agent_id) if person:
                if person.call != call_id:
                    self.said.append(("withdraw", call_id, agent_id, "interrupted"))
                elif not person.talks:
                    person.talks, person.rings_until, person.misses = True, None, 0
                    self.callers[call_id].began, self.callers[call_id].spread_at = now, float("inf")
                    self.callers[call_id].torn_from = None
            case acd.OfferFailed(call_id, agent_id, outcome) if person and person.call == call_id:
                if not person.talks:
                    self._failed(agent_id, str(outcome), now)
            case acd.CallFinished(call_id, agent_id) if person and person.call == call_id and person.talks:
                self._finish(call_id, agent_id, now)
            case acd.CallReturned(call_id, agent_id) if person and person.call == call_id and person.talks:
                caller = self.callers[call_id]
                config = self.queues[caller.queue]
                person.call, person.rest_until = None, now + config.retry_after
                caller.agent, caller.front, caller.torn_from = None, True, agent_id
                self._be_patient(caller, now, now)
            case acd.AgentDials() if person:
                self._dial(event, person, now)
            case acd.AgentAdopted(agent_id, call_id, queue) if person:
                if person.call is None and call_id not in self.callers:
                    self.order += 1
                    self.callers[call_id] = Caller(
                        queue, False, now, self.order, now, agent_id, place=now, began=now
                    )
                    person.call, person.talks, person.signed_in = call_id, True, True
                    person.wants_pause, person.wrap_until, person.owed = False, NEVER, 0.0

    def _dial(self, event: acd.AgentDials, person: Person, now: float) -> None:
        able = person.signed_in and person.online and person.call is None and person.skills
        if able and event.call not in self.callers:
            self.order += 1
            self.callers[event.call] = Caller(
                min(person.skills), False, now, self.order, now, event.agent, place=now, outgoing=True
            )
            person.call, person.talks, person.wrap_until, person.owed = event.call, True, NEVER, 0.0

    def _wait(self, event: acd.CallWaiting, now: float) -> None:
        config = self.queues[event.queue]
        self.order += 1
        caller = Caller(event.queue, event.front, event.since, self.order, now, wanted=event.wanted)
        caller.place = event.since - event.head_start
        self._be_patient(caller, event.since if not event.front else now, now)
        key = (not event.front, caller.place, self.order, event.call)
        others = [self.callers[i] for i in self.line(event.queue)]
        ahead = sum((not c.front, c.place, c.order) < key[:3] for c in others)
        working = self._working(event.queue)
        handling = self.handling.get(event.queue, config.handling)
        free = any(p.free(now) for p in self.of(event.queue))
        if not working or ((ahead + 1) * handling / working > config.overflow_wait and not free):
            caller.spread = True
        self.callers[event.call] = caller

    def _be_patient(self, caller: Caller, since: float, now: float) -> None:
        config = self.queues[caller.queue]
        caller.limit = caller.patience = since + config.max_wait
        caller.spread_at = since + config.overflow_after
        if caller.spread_at <= now:
            caller.spread = True

    def _finish(self, call_id: str, agent_id: str, now: float) -> None:
        caller, person = self.callers.pop(call_id), self.people[agent_id]
        config = self.queues[caller.queue]
        known = self.handling.get(caller.queue, config.handling)
        if not caller.outgoing:
            self.handling[caller.queue] = known + 0.1 * (now - caller.began + config.wrap_up - known)
        person.call = None
        person.wrap_until = now + self.queues[caller.queue].wrap_up

    def _grant(self, caller: Caller, now: float) -> None:
        """Whose line broke wraps up once the caller does not come back to them."""
        former, caller.torn_from = self.people.get(caller.torn_from or ""), None
        if former is not None and former.call is None:
            former.owed = self.queues[caller.queue].wrap_up
            self._rest(former, now)

    def _rest(self, person: Person, now: float) -> None:
        if person.owed and person.call is None and person.signed_in and person.online:
            person.wrap_until, person.owed = now + person.owed, 0.0

    def _withdraw(self, agent_id: str, why: str, now: float) -> None:
        self.said.append(("withdraw", str(self.people[agent_id].call), agent_id, why))
        self._failed(agent_id, why, now)

    def _failed(self, agent_id: str, why: str, now: float) -> None:
        person = self.people[agent_id]
        assert person.call is not None
        call_id, caller = person.call, self.callers[person.call]
        person.call = person.rings_until = None
        if why == "caller_left":
            self._grant(self.callers.pop(call_id), now)
            return
        caller.agent = None
        person.rest_until = now + self.queues[caller.queue].retry_after
        if why == "no_answer":
            person.misses += 1
            if person.misses >= 2 and not person.wants_pause:
                person.wants_pause, person.misses = True, 0
        elif why == "refused":
            person.misses = 0
