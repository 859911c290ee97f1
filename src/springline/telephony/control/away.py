"""What happened while control was away becomes calls: the dialplan left keys and files (engine/dialplan.py).

A key is deleted once its call's events are written; their ids follow from its name, so that doing it twice is
doing it once.
"""

import asyncio
import re
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from prometheus_client import Counter

from springline.contracts import events as e
from springline.contracts import voicemail
from springline.contracts.config import AgentConfig, HotlineConfig
from springline.telephony.ari import AriError
from springline.telephony.control.agent_leg import endpoint_of, phone_of
from springline.telephony.control.away_memory import AwayMemory
from springline.telephony.control.caller import identify
from springline.telephony.control.office import Office
from springline.telephony.control.recording import (
    BYTES_PER_SECOND,
    MESSAGE_BYTES_PER_SECOND,
    WAV_HEADER_BYTES,
    size_of,
)
from springline.telephony.engine.dialplan import AWAY_FAMILY, AWAY_FOLDER, RING_KEY
from springline.telephony.engine.errors import EngineError

log = structlog.get_logger("away")

TAKEN_OVER = Counter(
    "springline_away_calls_total",
    "Calls that the dialplan took while control was away; unstored: the disk took nothing of them",
    ["record"],
)
FAILED = Counter("springline_away_calls_failed_total", "Of those, the ones that could not be told of")

LOOK_SECONDS = 30.0
MOST_DEVICES = 12
"""Dial rings all of them at once."""

_NAME = re.compile(r"(\d{8}T\d{6})_(.+)_(\+?\d*)_(\+?\d*)")
_IDS = uuid.UUID("2c1a0f4e-6d0b-4a6f-8f5e-0c7f5f0b7a11")


@dataclass(frozen=True)
class AwayCall:
    """One call that the dialplan handled by itself. `name` is that of its key and files."""

    name: str
    at: datetime
    channel: str
    number: str
    dialled: str

    @classmethod
    def parse(cls, name: str) -> "AwayCall | None":
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        at = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return cls(name, at, *found.groups()[1:])

    @property
    def call_id(self) -> str:
        return uuid.uuid5(_IDS, self.name).hex


def keys_of(database: Path) -> list[str]:
    """The keys below AWAY_FAMILY in Asterisk's database file: ARI cannot list them."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1.0)) as opened:
            rows = opened.execute("SELECT key FROM astdb WHERE key LIKE ?", (f"/{AWAY_FAMILY}/%",)).fetchall()
    except sqlite3.Error as error:
        log.info("away_keys_later", error=str(error))
        return []
    return sorted(key.removeprefix(f"/{AWAY_FAMILY}/") for (key,) in rows)


class Away:
    """`keys`: names of the calls that are to be taken over. `console` runs a command of Asterisk's console:
    functions that write are closed to ARI."""

    def __init__(
        self, office: Office, keys: Callable[[], list[str]], console: Callable[[str], Awaitable[object]]
    ) -> None:
        self._office = office
        self._keys = keys
        self._console = console
        self._memory = AwayMemory(office.ari, console)
        self._told_to_ring: str | None = None

    async def run(self) -> None:
        """Look now and then, until cancelled: a caller may still be in the dialplan when control is back."""
        while True:
            await self._office.ari.wait_ready()
            try:
                await self.look()
            except AriError as error:
                log.info("away_later", error=error.code)
            except EngineError as error:
                log.warning("away_later", error=error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Take over what there is, and name the devices to ring next time. How many calls there were."""
        ari = self._office.ari
        await self._name_devices()
        keys = await asyncio.to_thread(self._keys)
        unstored = [name for name in await self._memory.names() if name not in keys]
        if not keys and not unstored:
            return 0
        living = {channel.id for channel in await ari.channels.list()}
        done = 0
        for name in [*keys, *unstored]:
            call = AwayCall.parse(name)
            if call is not None and call.channel in living:
                continue
            if call is None:
                log.error("away_key_unreadable", key=name[:80])
            elif self._told(call, stored=name in keys):
                done += 1
            else:
                continue
            if name in keys:
                await ari.asterisk.set_global_var(variable=f"DB_DELETE({AWAY_FAMILY}/{name})", value="")
            await self._memory.done(name)
        log.info("away_calls_taken_over", calls=done)
        return done

    def _told(self, call: AwayCall, *, stored: bool) -> bool:
        try:
            self._tell(call)
        except Exception:  # the job boundary: one that cannot be told must not end control at every look
            FAILED.inc()
            log.exception("away_call_failed", call=call.call_id)
            return False
        TAKEN_OVER.labels("stored" if stored else "unstored").inc()
        if not stored:
            log.warning("away_call_not_stored", call=call.call_id)
        return True

    async def _name_devices(self) -> None:
        ring = devices(self._office.plan.config.agents)
        if ring != self._told_to_ring:
            family, _, key = RING_KEY.partition("/")
            await self._console(
                f"database put {family} {key} {ring}" if ring else f"database del {family} {key}"
            )
            self._told_to_ring = ring

    def _tell(self, call: AwayCall) -> None:
        known = self._office.plan.reached_by(call.dialled)
        for event in story(call, self._office.recordings, known[0] if known else None):
            self._office.journal(event)


def devices(agents: Iterable[AgentConfig]) -> str:
    """As the application Dial takes them."""
    names = [
        name
        for agent in agents
        for name in (endpoint_of(agent.id), *((phone_of(agent.id),) if agent.desk_phone else ()))
    ]
    return "&".join(f"PJSIP/{name}" for name in names[:MOST_DEVICES])


def story(call: AwayCall, recordings: Path, hotline: HotlineConfig | None) -> list[e.AnyCallEvent]:
    """The events of a call, as far as key and files tell it; who talked with the caller they do not tell."""
    caller = identify(call.number, hotline.area_code if hotline else "")
    told: list[e.AnyCallEvent] = []
    talk = f"{AWAY_FOLDER}/{call.name}.raw"
    message = f"{AWAY_FOLDER}/{call.name}-message.wav"
    talked = size_of(recordings / talk) / BYTES_PER_SECOND
    spoken = max(size_of(recordings / message) - WAV_HEADER_BYTES, 0) / MESSAGE_BYTES_PER_SECOND

    def tell(make: Callable[..., e.AnyCallEvent], after: float = 0.0, **fields: object) -> None:
        event_id = uuid.uuid5(_IDS, f"{call.name} {len(told)}").hex
        told.append(make(id=event_id, at=call.at + timedelta(seconds=after), call_id=call.call_id, **fields))

    tell(
        e.CallArrived,
        channel_id=call.channel,
        dialled=call.dialled,
        hotline=hotline.number if hotline else "",
        caller_raw=caller.raw,
        caller=caller.e164,
        caller_quality=caller.quality,
    )
    tell(e.CallAnswered)
    tell(e.NoticePlayed, prompt="notice.record")
    outcome = e.CallOutcome.ABANDONED_MENU
    if talked > 0:
        tell(e.AgentConnected, agent="", queue="", wait_seconds=0.0)
        tell(e.RecordingStarted, path=talk)
        outcome = e.CallOutcome.HANDLED
    elif spoken > 0:
        tell(voicemail.MessageOffered, reason="busy")
        tell(voicemail.MessageStarted, path=message)
        tell(
            voicemail.MessageFinished,
            spoken,
            path=message,
            seconds=round(spoken, 3),
            size=size_of(recordings / message),
        )
        outcome = e.CallOutcome.MESSAGE
    else:
        tell(voicemail.MessageOffered, reason="busy")
    tell(
        e.CallEnded,
        talked + spoken,
        by=e.HangupBy.CALLER,
        outcome=outcome,
        cause=0,
        talk_seconds=round(talked, 3),
    )
    if talked > 0:
        tell(e.RecordingFinished, talked, path=talk, size=size_of(recordings / talk))
    return told
