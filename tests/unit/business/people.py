"""The cast of the permission stories, a control that answers from memory, and journals to tell them with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.calls import projector
from springline.business.hotline.models import Agent, Queue
from springline.contracts import codec, events, subjects
from springline.contracts.commands import (
    AnyCommand,
    CheckFlow,
    Command,
    Done,
    FlowReport,
    GetSnapshot,
    Refused,
    Snapshot,
)
from springline.contracts.event import CallEvent, Event
from springline.contracts.live import AnyRow, LiveSnapshot
from springline.platform.bus import JournalEntry, MemoryBus

PASSWORD = "quiet-river-17"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def an(agent: Agent) -> User:
    return User.objects.create_user(f"agent{agent.id}", PASSWORD, name=agent.name, agent=agent)


def a(role: Role) -> User:
    return User.objects.create_user(role.value, PASSWORD, name=role.value, role=role)


def make_agents() -> tuple[Agent, Agent]:
    """Xiaoan of the city queue and Xiaohuo of Huoshan."""
    city = Queue.objects.create(id="city", name="城区", regions=["341502", "341503"])
    huoshan = Queue.objects.create(id="huoshan", name="霍山", regions=["341525"], position=1)
    xiaoan = Agent.objects.create(id="1001", name="坐席小安")
    xiaohuo = Agent.objects.create(id="1003", name="坐席小霍")
    xiaoan.queues.set([city, huoshan])
    xiaohuo.queues.set([huoshan])
    return xiaoan, xiaohuo


class FakeControl:
    """Answers control's commands; `refuse` makes the next ones fail. `replies`: other
    answers than Done. Its replies are the contract's own."""

    def __init__(self) -> None:
        self.heard: list[Command] = []
        self.refuse: Refused | None = None
        self.rows: tuple[AnyRow, ...] = ()
        self.epoch, self.seq = "run-1", 0
        self.flow_errors: tuple[str, ...] = ()
        self.replies: dict[type[Command], Command] = {}

    async def attach(self, bus: MemoryBus) -> None:
        await bus.respond(subjects.CONTROL_COMMANDS, self.answer)

    async def answer(self, data: bytes) -> bytes:
        command = codec.decode(data, AnyCommand)  # type: ignore[arg-type]
        if isinstance(command, GetSnapshot):
            return codec.encode(Snapshot(live=self.snapshot()))
        self.heard.append(command)
        if self.refuse is not None:
            return codec.encode(self.refuse)
        if isinstance(command, CheckFlow):
            return codec.encode(FlowReport(errors=self.flow_errors))
        return codec.encode(self.replies.get(type(command), Done()))

    def snapshot(self) -> LiveSnapshot:
        return LiveSnapshot(epoch=self.epoch, seq=self.seq, at=NOON, rows=self.rows)


class Journal:
    """Entries with seqs and times a second apart; `project` applies what is new of them."""

    def __init__(self, start: datetime = NOON) -> None:
        self.entries: list[JournalEntry] = []
        self._ticks: Iterator[datetime] = (start + timedelta(seconds=n) for n in range(100_000))

    def now(self) -> datetime:
        return next(self._ticks)

    def add(self, event: Event, subject: str = "journal.call.x") -> Event:
        return self.add_raw(codec.encode(event), subject, event)

    def add_raw(self, data: bytes, subject: str, event: Event | None = None) -> Event:
        self.entries.append(JournalEntry(seq=len(self.entries) + 1, subject=subject, data=data, at=NOON))
        return event  # type: ignore[return-value]

    def project(self) -> None:
        projector.apply_batch(self.entries)


def call_events(
    call_id: str,
    now: Callable[[], datetime],
    *,
    caller: str | None = "+8613800012345",
    agent: str = "1003",
    queue: str = "huoshan",
    recording: bool = True,
) -> list[CallEvent]:
    """A served call: two menus, a queue, an agent, a recording, the caller hangs up."""
    path = f"2026-11-23/{call_id}.raw"
    quality = events.CallerQuality.REAL if caller else events.CallerQuality.ANONYMOUS
    told: list[CallEvent] = [
        events.CallArrived(
            at=now(),
            call_id=call_id,
            channel_id=f"ch-{call_id}",
            dialled="4000564000",
            hotline="4000564000",
            caller_raw=caller.removeprefix("+86") if caller else "anonymous",
            caller=caller,
            caller_quality=quality,
        ),
        events.CallAnswered(at=now(), call_id=call_id),
        events.NoticePlayed(at=now(), call_id=call_id, prompt="notice.record"),
        events.MenuEntered(at=now(), call_id=call_id, node="main", flow_version="v1"),
        events.KeyPressed(at=now(), call_id=call_id, node="main", key="1", accepted=True),
        events.KeyPressed(at=now(), call_id=call_id, node="region", key="2", accepted=True),
        events.CallQueued(at=now(), call_id=call_id, queue=queue, via="key", intent="order", region="341525"),
        events.AgentOffered(at=now(), call_id=call_id, agent=agent, queue=queue, attempt=1),
        events.OfferEnded(
            at=now(),
            call_id=call_id,
            agent=agent,
            outcome=events.OfferOutcome.ANSWERED,
            ring_seconds=2.0,
        ),
        events.AgentConnected(at=now(), call_id=call_id, agent=agent, queue=queue, wait_seconds=3.0),
    ]
    if recording:
        told.append(events.RecordingStarted(at=now(), call_id=call_id, path=path))
    told.append(
        events.CallEnded(
            at=now(),
            call_id=call_id,
            by=events.HangupBy.CALLER,
            outcome=events.CallOutcome.HANDLED,
            cause=16,
            talk_seconds=20.0,
        )
    )
    if recording:
        told.append(events.RecordingFinished(at=now(), call_id=call_id, path=path, size=32000))
    return told


def a_call(call_id: str = "c1", **how: object) -> None:
    """One served call, projected."""
    journal = Journal()
    position = projector.applied()
    for event in call_events(call_id, journal.now, **how):  # type: ignore[arg-type]
        journal.add(event)
    shifted = [
        JournalEntry(seq=entry.seq + position, subject=entry.subject, data=entry.data, at=entry.at)
        for entry in journal.entries
    ]
    projector.apply_batch(shifted)
