"""Two worlds in which the same cases run: a real Asterisk in real time, FakeAsterisk in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from springline.telephony.ari import Ari, AriNotFound, Backoff, Connector, WebSocketConnector
from springline.telephony.ari.fake import Dialplan, FakeAsterisk, Phone
from springline.telephony.ari.generated.events import StasisStart
from tests.support.until import until, until_true

# The recorder of the far end writes only while frames arrive; at 48 kHz its buffer holds 0.3 s.
QUIET_SECONDS = 0.7
QUIET_LOOKS = 10

APP = "contract"
# Extensions of the context `contract`, each the behaviour of whoever is called.
DIALPLAN = """
[contract]
exten => answer,1,Wait(0.1)
 same => n,Answer(,i)
 same => n,Wait(60)
exten => ring,1,Wait(0.1)
 same => n,Ringing()
 same => n,Wait(0.3)
 same => n,Answer(,i)
 same => n,Wait(60)
exten => silent,1,Wait(60)
exten => busy,1,Wait(0.1)
 same => n,Hangup(17)
exten => reject,1,Wait(0.1)
 same => n,Hangup(21)
exten => listen,1,Answer(,i)
 same => n,MixMonitor(${LISTEN}-both.sln48,r(${LISTEN}))
 same => n,Wait(60)
exten => bye,1,Wait(0.1)
 same => n,Answer(,i)
 same => n,Wait(0.5)
 same => n,Hangup(16)
exten => press,1,Answer(,i)
 same => n,Wait(0.5)
 same => n,SendDTMF(12#)
 same => n,Wait(60)
exten => stasis,1,Stasis(contract,inbound)
 same => n,Set(GLOBAL(FELL_THROUGH)=${STASISSTATUS})
 same => n,Hangup(16)
exten => aside,1,Wait(60)

[contract-record]
exten => s,1,MixMonitor(${UNIQUEID}.raw,D)
 same => n,Stasis(contract,recording)
 same => n,Hangup(16)
"""
PHONES = {
    "answer": Phone(rings_after=None, answers_after=0.1),
    "ring": Phone(rings_after=0.1, answers_after=0.4),
    "silent": Phone(rings_after=None, answers_after=None),
    "busy": Phone(rings_after=None, rejects_after=0.1, reject_cause=17),
    "reject": Phone(rings_after=None, rejects_after=0.1, reject_cause=21),
    "bye": Phone(rings_after=None, answers_after=0.1, hangs_up_after=0.5),
}
DURATIONS = {"short": 0.4, "long": 3.0}


@dataclass
class Session:
    """One connection under test, with what its callbacks got."""

    ari: Ari
    starts: asyncio.Queue[StasisStart] = field(default_factory=asyncio.Queue)
    resyncs: list[object] = field(default_factory=list)
    others: list[object] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class World(Protocol):
    """What a case may do. ``media`` maps short, long and missing to URIs."""

    media: dict[str, str]
    channelvar: str

    def connector(self) -> Connector: ...

    def aside(self) -> Connector: ...

    async def call_in(self, channel_id: str, far_end: str = "answer") -> None:
        """A call that runs Stasis; ``far_end`` is what the caller does then: answer, press, listen."""

    async def hang_up_far_end(self, channel_id: str) -> None: ...

    async def hears(self, channel_id: str) -> bool:
        """The caller (``far_end`` listen) is sent sound, soon."""

    async def hears_nothing(self, channel_id: str) -> bool:
        """No sound comes any more, soon."""

    async def drop(self, session: Session) -> None:
        """Lose the socket."""

    async def fell_through(self, channel_id: str) -> bool:
        """The call went on in the dialplan because Stasis failed."""


@contextlib.asynccontextmanager
async def connected(world: World, **options: object) -> AsyncIterator[Session]:
    """An ``Ari`` that runs for the block."""
    starts: asyncio.Queue[StasisStart] = asyncio.Queue()
    resyncs: list[object] = []
    others: list[object] = []

    async def on_resync(resync: object) -> None:
        resyncs.append(resync)

    ari = Ari(
        world.connector(),
        APP,
        aside=world.aside(),
        on_stasis_start=starts.put_nowait,
        on_resync=on_resync,
        on_other_event=others.append,
        backoff=Backoff(first=0.05, jitter=lambda: 1.0),
        **options,  # type: ignore[arg-type]
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(ari.run())
        session = Session(ari, starts, resyncs, others, task)
        try:
            await ari.wait_ready()
            yield session
        finally:
            task.cancel()


class FakeWorld:
    """The fake, to be run with ``run_virtual``."""

    channelvar = "CONTRACT"

    def __init__(self) -> None:
        self.media = {name: f"sound:/sounds/{name}" for name in ("short", "long", "missing")}
        durations = {self.media[name]: DURATIONS.get(name) for name in self.media}
        self.fake = FakeAsterisk(APP, durations=durations, channelvars=(self.channelvar,))
        self.fake.phones.update({f"Local/{name}@contract": phone for name, phone in PHONES.items()})
        self.fake.phones["PJSIP/desk1"] = Phone(online=False)
        self.fake.dialplan[("contract-record", "s")] = Dialplan(stasis_args=("recording",))
        self.fake.dialplan[("contract", "aside")] = Dialplan()
        self._calls: dict[str, object] = {}

    def connector(self) -> Connector:
        return self.fake.connect

    def aside(self) -> Connector:
        return self.fake.connect_aside

    async def call_in(self, channel_id: str, far_end: str = "answer") -> None:
        channel = self._calls[channel_id] = self.fake.call("inbound", channel_id=channel_id)
        if far_end == "press":
            self.fake.later(1.0, channel.press, "12#")

    async def hang_up_far_end(self, channel_id: str) -> None:
        self.fake.channels[channel_id].hang_up(16)

    async def hears(self, channel_id: str) -> bool:
        await asyncio.sleep(0.7)
        channel = self.fake.channels[channel_id]
        return channel.moh is not None or channel.current is not None

    async def hears_nothing(self, channel_id: str) -> bool:
        return not await self.hears(channel_id)

    async def drop(self, session: Session) -> None:
        self.fake.drop()

    async def fell_through(self, channel_id: str) -> bool:
        return bool(self._calls[channel_id].fell_through)  # type: ignore[attr-defined]


class RealWorld:
    """A running Asterisk with the dialplan above. Its own connection plays the far ends."""

    channelvar = "SL_CALL"

    def __init__(self, url: str, user: str, password: str, sounds: Path) -> None:
        self._settings = (url, user, password)
        self._sounds = sounds
        self.media = {name: f"sound:{sounds / name}" for name in ("short", "long", "missing")}
        for name, seconds in DURATIONS.items():
            write_silence(sounds / f"{name}.wav", seconds)
        self._operator = Ari(self._connector("operator"), "operator", on_stasis_start=lambda event: None)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[RealWorld]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._operator.run())
            try:
                await self._operator.wait_ready()
                yield self
            finally:
                await self._clean()
                task.cancel()

    def connector(self) -> Connector:
        return self._connector(APP)

    def aside(self) -> Connector:
        return self._connector(f"{APP}-aside")

    def _connector(self, app: str) -> Connector:
        url, user, password = self._settings
        return WebSocketConnector(url, app, user, password)

    async def call_in(self, channel_id: str, far_end: str = "answer") -> None:
        await self._operator.asterisk.set_global_var(variable="FELL_THROUGH", value="")
        await self._operator.channels.originate(
            endpoint="Local/stasis@contract",
            context="contract",
            extension=far_end,
            priority=1,
            channel_id=f"far-{channel_id}",
            other_channel_id=channel_id,
            variables={"LISTEN": str(self._heard(channel_id))},
        )

    async def hang_up_far_end(self, channel_id: str) -> None:
        await self._operator.channels.hangup(f"far-{channel_id}", reason_code="16")

    async def hears(self, channel_id: str) -> bool:
        return await self._grows(channel_id, QUIET_LOOKS * QUIET_SECONDS)

    async def hears_nothing(self, channel_id: str) -> bool:
        for _ in range(QUIET_LOOKS):
            if not await self._grows(channel_id, QUIET_SECONDS):
                return True
        return False

    async def _grows(self, channel_id: str, within: float) -> bool:
        """What the far end records, within so many seconds."""
        before = size_of(self._heard(channel_id))
        try:
            await until(lambda: size_of(self._heard(channel_id)) > before, within)
        except TimeoutError:
            return False
        return True

    def _heard(self, channel_id: str) -> Path:
        return self._sounds / f"heard-{channel_id}.sln48"

    async def drop(self, session: Session) -> None:
        session.ari.connection._link._transport.underlying_transport.abort()  # type: ignore[union-attr]

    async def fell_through(self, channel_id: str) -> bool:
        for _ in range(50):
            value = await self._operator.asterisk.get_global_var(variable="FELL_THROUGH")
            if value.value:
                return value.value == "FAILED"
            await asyncio.sleep(0.02)
        return False

    async def _clean(self) -> None:
        # The next case calls its channels the same, and a hang-up takes a moment.
        await until_true(self._nobody_is_left)
        for recording in await self._operator.recordings.list_stored():
            with contextlib.suppress(AriNotFound):
                await self._operator.recordings.delete_stored(recording.name)

    async def _nobody_is_left(self) -> bool:
        channels = await self._operator.channels.list()
        for channel in channels:
            with contextlib.suppress(AriNotFound):
                await self._operator.channels.hangup(channel.id)
        return not channels


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def write_silence(path: Path, seconds: float) -> None:
    """A wav file of 8 kHz, 16 bit, mono."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * int(8000 * seconds)))
