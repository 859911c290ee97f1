"""Calls held in every state while programs die at random, and what must be true when all is over."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from springline.contracts import codec, commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.event import CallEvent
from springline.contracts.events import (
    AgentConnected,
    AnyEvent,
    CallArrived,
    CallEnded,
    MenuEntered,
    OfferEnded,
    OfferOutcome,
)
from springline.contracts.house_events import ConfigApplied
from springline.contracts.voicemail import MessageOffered, MessageStarted
from springline.platform.bus import BusError
from springline.telephony.simulator import AgentPlan, StepFailed
from tests.support.customer import Customer
from tests.support.desk_house import PHONE_HZ, DeskHouse
from tests.support.seed_home import DESK_PHONES
from tests.support.until import until, until_true

PROGRAMS = ("control", "web", "worker", "nats-server")
MOMENTS = ("arriving", "menu", "waiting", "ringing", "leaving", "message")
AT_ONCE = AgentPlan(answer_after=0.1, tone=PHONE_HZ)
RIGHT_WITHIN = 5.0


@dataclass
class Talk:
    """A caller and the agent it talks with."""

    customer: Customer
    agent: str


@dataclass
class Tally:
    """Seconds from each kill until the agents' states were right again, by program."""

    right_after: dict[str, list[float]] = field(default_factory=dict)
    moments: Counter[str] = field(default_factory=Counter)

    def note(self, program: str, moment: str, seconds: float) -> None:
        self.right_after.setdefault(program, []).append(round(seconds, 2))
        self.moments[moment] += 1

    def __str__(self) -> str:
        rows = {
            p: f"{len(s)} kills, right again after {max(s)} s at most" for p, s in self.right_after.items()
        }
        return json.dumps(rows | {"moments": dict(self.moments)}, ensure_ascii=False)


class Killing:
    """Two agents talk all the time; a third caller is at the moment of which the kill is made."""

    def __init__(self, house: DeskHouse, random: Random) -> None:
        self._house = house
        self.random = random
        self.talks: dict[str, Talk] = {}
        self.everybody: list[Customer] = []
        self.spoke: set[str] = set()
        self.tally = Tally()
        self.journal: list[AnyEvent] = []
        self._last = 0

    async def round(self, program: str, moment: str) -> None:
        """One kill of `program` while a call is at `moment`; what had to outlive it did."""
        await self.agents_talk()
        guest = await self._at(moment)
        kept = [talk for talk in self.talks.values() if talk.customer is not guest]
        seconds = await self._kill(program)
        self.tally.note(program, moment, seconds)
        for talk in kept:
            assert not talk.customer.handset.ended, f"{program} died at {moment}: a conversation ended"
            await talk.customer.hears(PHONE_HZ)
        await self._goes(guest, moment)

    async def bus_then_control(self) -> None:
        """A call ends while the bus is away, and control dies before it could tell anybody."""
        await self.agents_talk()
        guest = await self._at("menu")
        supervisor = self._house.supervisor
        bus, control = supervisor.pid("nats-server"), supervisor.pid("control")
        os.kill(bus, signal.SIGKILL)
        await guest.leave()
        await until(lambda: supervisor.pid("nats-server") != bus, 30)
        os.kill(control, signal.SIGKILL)
        await until(lambda: supervisor.pid("control") != control, 30)
        await until_true(self._states_right, 30.0)

    async def open(self) -> None:
        """The agents are on duty; who waits for after-sales is soon asked for a message."""
        had = len(self._house.journal)
        with closing(sqlite3.connect(self._house.settings.db_path, timeout=5.0)) as database:
            database.execute("UPDATE hotline_queue SET max_wait = 1 WHERE id = 'aftersale'")
            database.commit()
        await until(lambda: any(isinstance(e, ConfigApplied) for e in self._house.journal[had:]), 30)
        await self.sign_in()

    async def sign_in(self) -> None:
        for agent in DESK_PHONES:
            await self._house.tell(commands.SignIn(agent=agent))

    # Scenes

    async def agents_talk(self) -> None:
        while idle := [agent for agent in DESK_PHONES if agent not in self.talks]:
            for agent in idle:
                self._house.carrier.phones[agent].plan = AT_ONCE
                await self._house.tell(commands.SetReady(agent=agent))
                await self._house.agent_is(agent, AgentState.READY)
            customer = self._remember(await self._house.customer_for("1", "1"))
            await self._talks(customer, (await customer.connected()).agent)

    async def _talks(self, customer: Customer, agent: str) -> None:
        await customer.hears(PHONE_HZ)
        self.talks[agent] = Talk(customer, agent)
        self.spoke.add(customer.number)

    def _remember(self, customer: Customer) -> Customer:
        self.everybody.append(customer)
        return customer

    async def _at(self, moment: str) -> Customer:
        """A caller at that moment. Nothing is waited for after it: the kill comes at once."""
        house = self._house
        if moment == "leaving":
            guest = self.talks.pop(self.random.choice(DESK_PHONES)).customer
            await guest.handset.hang_up()
            return guest
        if moment == "arriving":
            return self._remember(await house.customer())
        if moment == "menu":
            guest = self._remember(await house.customer())
            await guest.trail.first(MenuEntered, 20)
            return guest
        if moment == "message":
            guest = self._remember(await house.customer_for("2"))
            await guest.trail.first(MessageOffered, 20)
            return guest
        guest = self._remember(await house.customer_for("1", "1"))
        if moment == "ringing":
            await self._rings(guest)
        return guest

    async def _rings(self, guest: Customer) -> None:
        agent = self.random.choice(DESK_PHONES)
        phone = self._house.carrier.phones[agent]
        phone.plan = AgentPlan(answer_after=4.0, tone=PHONE_HZ)
        had = len(phone.calls)
        await self.talks.pop(agent).customer.leave()
        await self._house.agent_is(agent, AgentState.WRAP_UP)
        await self._house.tell(commands.SetReady(agent=agent))
        await until(lambda: len(phone.calls) > had, 10)
        assert not guest.handset.ended

    async def _goes(self, guest: Customer, moment: str) -> None:
        """The caller is not stuck: it hears something or talks, and then hangs up."""
        if moment == "ringing":
            # Rung before or after the kill, the agent takes it.
            connected = await guest.connected(40)
            await self._talks(guest, connected.agent)
            return
        if not guest.handset.ended:
            await self._sounds(guest)
        await guest.leave()

    async def _sounds(self, guest: Customer) -> None:
        try:
            await guest._until(lambda sound: not sound.silent, 15.0, "any sound")
        except AssertionError:
            assert guest.handset.ended, f"{guest.number} hears nothing"

    # The kill

    async def _kill(self, program: str) -> float:
        """Returns the seconds until all answers again and agents' states are what their phones do."""
        supervisor = self._house.supervisor
        former, began = supervisor.pid(program), time.monotonic()
        os.kill(former, signal.SIGKILL)
        await until(lambda: supervisor.pid(program) != former, 30)
        await until_true(self._states_right, 30.0)
        return time.monotonic() - began

    async def _states_right(self) -> bool:
        for agent, talk in self.talks.items():
            try:
                row = await self._house.agent(agent)
            except (BusError, TimeoutError):
                return False
            if row.state is not AgentState.TALKING or row.call_id != talk.customer.trail.call_id:
                return False
        return True

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Nobody else reads or writes the tables meanwhile: worse than a server that is away."""
        with closing(sqlite3.connect(self._house.settings.db_path, isolation_level=None)) as database:
            database.execute("PRAGMA busy_timeout = 10000")
            database.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                database.execute("ROLLBACK")

    async def short_call(self) -> None:
        """Somebody who hangs up in the menu."""
        customer = self._remember(await self._house.customer())
        await customer.trail.first(MenuEntered, 20)
        await customer.leave()

    async def kill_engine(self) -> float:
        """Both conversations end with it. Returns the seconds until the next caller is answered."""
        supervisor = self._house.supervisor
        former, began = supervisor.pid("asterisk"), time.monotonic()
        os.kill(former, signal.SIGKILL)
        await until(lambda: supervisor.pid("asterisk") != former, 30)
        await until_true(self._somebody_is_answered, 30)
        return time.monotonic() - began

    async def _somebody_is_answered(self) -> bool:
        """An INVITE that nobody hears is repeated after longer and longer pauses: a caller redials."""
        number = self._house.new_number()
        handset = await self._house.carrier.dial(number, self._house.hotline)
        try:
            await handset.answered(1.0)
        except StepFailed:
            return False
        finally:
            await handset.close()
        return True

    # The end

    async def close(self) -> None:
        """Everybody hangs up, and the last event is in the tables."""
        for customer in self.everybody:
            with suppress(StepFailed):
                await customer.leave()
        self.talks.clear()
        await self._house.everybody_goes_home()
        try:
            await until_true(self._all_in_tables, 60.0, every=0.5)
        except TimeoutError:
            raise AssertionError(f"not all is told, or not in the tables: {self._missing()}") from None
        # A reader whose server was killed while it waited asks again only after that wait.
        with suppress(TimeoutError):
            await until(lambda: len(self._house.journal) >= len(self.journal), 20.0)

    async def _all_in_tables(self) -> bool:
        """Read anew, not followed: the reader that tests have might itself miss or double something."""
        entries = await self._house.bus.journal_read(subjects.JOURNAL_ALL)
        self._last = entries[-1].seq
        self.journal = [codec.decode_any(entry.data, AnyEvent) for entry in entries]
        told = not self._open_calls() and self._stored() == self._last
        return told and not self.recordings_missing()

    def _open_calls(self) -> set[str]:
        begun = {event.call_id for event in self.journal if isinstance(event, CallArrived)}
        return begun - {event.call_id for event in self.journal if isinstance(event, CallEnded)}

    def _missing(self) -> str:
        stories = {
            call: [type(e).__name__ for e in self.journal if isinstance(e, CallEvent) and e.call_id == call]
            for call in self._open_calls()
        }
        seqs = f"seq {self._last}, stored {self._stored()}, read {len(self.journal)}"
        return f"{seqs}; open {stories}; no recordings {self.recordings_missing()}"

    def _stored(self) -> int:
        return int(self._rows("SELECT applied FROM calls_journalposition")[0][0])

    def stored_recording(self, path: str) -> tuple[str, float]:
        """State and seconds of the recording whose raw file this was."""
        rows = self._rows("SELECT path, state, seconds FROM calls_recording")
        return next(((str(s), float(str(t or 0))) for p, s, t in rows if p == path), ("", 0.0))

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        file = self._house.settings.db_path
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5.0)) as database:
            return database.execute(query).fetchall()

    def balance(self) -> None:
        """Callers, journal and database tell the same story, each call and each event once."""
        journal = self.journal
        ids = Counter(event.id for event in journal)
        assert [i for i, times in ids.items() if times > 1] == []
        assert len(journal) == self._last, "the journal has gaps: stored events were lost"
        followed = Counter(event.id for event in self._house.journal)
        assert followed == ids, f"who follows the journal: {followed - ids} twice, {ids - followed} never"
        events = [event for event in journal if isinstance(event, CallEvent)]
        steps = self._rows("SELECT event_id, call_id, type FROM calls_callstep")
        assert Counter(steps) == Counter((e.id, e.call_id, type(e).__name__) for e in events)
        self._balance_calls(events)
        self._balance_phones(events)

    def _balance_calls(self, events: list[CallEvent]) -> None:
        rows = self._rows("SELECT caller_raw, id, outcome FROM calls_call WHERE ended_at IS NOT NULL")
        seen = [customer.number for customer in self.everybody]
        called, told = Counter(seen), Counter(number for number, _id, _outcome in rows)
        assert told == called, f"calls of {told - called} too many in the tables, of {called - told} missing"
        once = Counter((e.call_id, type(e)) for e in events if isinstance(e, CallArrived | CallEnded))
        assert set(once.values()) == {1}
        assert len(once) == 2 * len(seen)
        handled = {number for number, _id, outcome in rows if outcome == "handled"}
        assert handled == self.spoke
        lost = [number for number, _id, outcome in rows if outcome == "lost"]
        assert lost == []

    def _balance_phones(self, events: list[CallEvent]) -> None:
        """What rang on an agent's phone is what the journal says was answered; recordings are whole.

        Who picks up while control is away meets an engine that has nobody to give the call to: it ends that
        leg, and the journal says that the offer was interrupted.
        """
        taken = Counter(e.agent for e in events if isinstance(e, AgentConnected))
        answered = {
            agent: sum(
                call.handset.answered_at is not None for call in self._house.carrier.phones[agent].calls
            )
            for agent in DESK_PHONES
        }
        interrupted = Counter(
            e.agent for e in events if isinstance(e, OfferEnded) and e.outcome is OfferOutcome.INTERRUPTED
        )
        for agent, count in answered.items():
            assert 0 <= count - taken[agent] <= interrupted[agent], (agent, answered, taken, interrupted)
        offers = [e for e in events if isinstance(e, OfferEnded) and e.outcome is OfferOutcome.ANSWERED]
        assert len(offers) == len({(o.call_id, o.agent) for o in offers})
        messages = [e for e in events if isinstance(e, MessageStarted)]
        assert len(messages) == len({m.call_id for m in messages})
        assert self.recordings_missing() == []

    def recordings_missing(self) -> list[str]:
        """Recordings of the tables that have no file, or none of its length."""
        folder = self._house.settings.recordings_dir
        rows = self._rows("SELECT path, size, closed_at FROM calls_recordingfile")
        missing = []
        for path, size, closed_at in rows:
            files = [folder / str(path), (folder / str(path)).with_suffix(".wav")]
            if closed_at is None or (size and not any(f.exists() and f.stat().st_size for f in files)):
                missing.append(str(path))
        return missing
