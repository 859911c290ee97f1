"""`springline demo --check`: the demo without a person, in a home of its own, with a verdict."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from springline.business import bootstrap
from springline.contracts.events import AnyEvent, CallEnded, NoticePlayed, RecordingStarted
from springline.demo.stage import Stage, staged
from springline.demo.story import AGENT_TONE, CALLER_TONE, SIMULATED_AGENT_PLAN
from springline.demo.tale import AtDesk, tell_story, with_desk
from springline.platform import settings as settings_of
from springline.platform.settings import Settings
from springline.platform.supervisor import free_ports, free_range
from springline.telephony.engine.home import find_engine
from springline.telephony.simulator import tones
from springline.telephony.simulator.script import Caller

LEFT, RIGHT = 0, 1
HEARD_SECONDS = 1.5
RECORDING_WITHIN_SECONDS = 20.0
RTP_PORTS = 200


class CheckStep(msgspec.Struct, frozen=True, kw_only=True):
    """`at`: seconds from the start of the check to the end of the step."""

    name: str
    ok: bool
    at: float
    detail: str = ""


class ToneFound(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of a tone (Hz) on each channel of the recording."""

    frequency: float
    left_seconds: float
    right_seconds: float


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """The file as the API gives it: left the caller, right the agent. `seconds` is its length."""

    path: str
    seconds: float
    caller_tone: ToneFound
    agent_tone: ToneFound


class CheckResult(msgspec.Struct, kw_only=True):
    """`seconds_to_ready`: from the empty home to all five programs ready, set-up of the engine excluded."""

    ok: bool = False
    seconds_to_ready: float | None = None
    seconds: float = 0.0
    steps: list[CheckStep] = []
    journal: list[AnyEvent] = []
    recording: Recording | None = None
    error: str | None = None


class Checker:
    """Plays the story and notes every step; `tell` hears them as they come."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.result = CheckResult()
        self._tell = tell
        self._began = time.monotonic()

    async def run(self, home: Path) -> CheckResult:
        try:
            await self._play(home)
            self.result.ok = all(step.ok for step in self.result.steps)
        except Exception as error:  # noqa: BLE001 - whatever failed is what the verdict reports
            self.result.error = f"{type(error).__name__}: {error}"
            self._tell(self.result.error)
        self.result.seconds = self._now()
        return self.result

    def _now(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def _note(self, name: str, ok: bool = True, detail: str = "") -> None:
        step = CheckStep(name=name, ok=ok, at=self._now(), detail=detail)
        self.result.steps.append(step)
        self._tell(f"{step.at:7.2f} s  {'ok ' if ok else 'FAILED'}  {name}  {detail}")

    def _program(self, name: str, state: str, seconds: float) -> None:
        if state in ("ready", "died"):
            self._note(f"{name} {state}", state == "ready", f"{seconds:.2f} s")

    async def _play(self, home: Path) -> None:
        settings = isolated(home)
        async with staged(settings, self._program) as stage:
            self.result.seconds_to_ready = self._now()
            token = await asyncio.to_thread(bootstrap.create_token, "demo check", ["read"])
            stage.carrier.phones["1003"].plan = SIMULATED_AGENT_PLAN
            await stage.agent_on_duty()
            self._note("simulated agent on duty")
            calls: list[str] = []

            async def place_call(caller: Caller, at_desk: AtDesk) -> str:
                calls.append(await self._call(stage, caller, at_desk))
                return calls[-1]

            await tell_story(stage, place_call, lambda told: self._note(told.en, told.ok, told.zh))
            await self._recording(settings, token, calls[0])
        self._note("everything stopped")

    async def _call(self, stage: Stage, caller: Caller, at_desk: AtDesk) -> str:
        async with stage.following(self.result.journal.append) as watch:
            report = await with_desk(stage, caller, watch, at_desk)
            self._note("caller's script", report.failure is None, report.failure or "all steps")
            await watch.until(CallEnded, seconds=10)
        kinds = [type(event) for event in watch.seen]
        in_order = kinds.index(NoticePlayed) < kinds.index(RecordingStarted)
        self._note("notice before recording", in_order)
        [ended] = [event for event in watch.seen if isinstance(event, CallEnded)]
        self._note("call handled", ended.outcome == "handled", f"talk {ended.talk_seconds} s")
        assert watch.call_id is not None
        return watch.call_id

    async def _recording(self, settings: Settings, token: str, call_id: str) -> None:
        """Asked of the API, as any other program would."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{settings.web_url}/api/calls/{call_id}"
        async with httpx.AsyncClient(headers=headers, timeout=10, trust_env=False) as client:
            row = await _ready_row(client, url)
            self._note("call in the database", row.outcome == "handled", f"{len(row.steps)} steps")
            answer = await client.get(f"{url}/recording", params={"reason": "demo check"})
            answer.raise_for_status()
        path = settings.home / "recordings" / "checked.wav"
        await asyncio.to_thread(path.write_bytes, answer.content)
        self.result.recording = recording = measure(path)
        caller, agent = recording.caller_tone, recording.agent_tone
        heard = (
            caller.left_seconds >= HEARD_SECONDS
            and agent.right_seconds >= HEARD_SECONDS
            and caller.right_seconds == 0
            and agent.left_seconds == 0
        )
        self._note("both sides on the recording, each on its channel", heard, f"{recording.seconds:.1f} s")


def measure(path: Path) -> Recording:
    samples, rate = tones.read_wav(path)

    def found(frequency: float) -> ToneFound:
        left, right = (round(tones.tone_seconds(samples, rate, frequency, side), 3) for side in (LEFT, RIGHT))
        return ToneFound(frequency=frequency, left_seconds=left, right_seconds=right)

    return Recording(
        path=str(path),
        seconds=round(len(samples) / rate, 3),
        caller_tone=found(CALLER_TONE),
        agent_tone=found(AGENT_TONE),
    )


class _RecordingRow(msgspec.Struct):
    state: str


class _CallRow(msgspec.Struct):
    outcome: str | None
    steps: list[dict[str, object]]
    recording: _RecordingRow | None


async def _ready_row(client: httpx.AsyncClient, url: str) -> _CallRow:
    async with asyncio.timeout(RECORDING_WITHIN_SECONDS):
        while True:
            answer = await client.get(url)
            if answer.status_code == httpx.codes.OK:
                row = msgspec.json.decode(answer.content, type=_CallRow)
                if row.recording is not None and row.recording.state == "ready":
                    return row
            await asyncio.sleep(0.2)


def isolated(home: Path) -> Settings:
    """A home on free ports that shares the engine which is unpacked already."""
    web, sip, http, nats = free_ports(4)
    engine = find_engine()
    first, last = free_range(RTP_PORTS)
    return settings_of.create(
        home,
        web_port=web,
        sip_port=sip,
        asterisk_http_port=http,
        nats_port=nats,
        rtp_start=first,
        rtp_end=last,
        **({} if engine is None or engine.system else {"engine_dir": engine.root.parent}),
    )


def temporary_home() -> Path:
    return Path(tempfile.mkdtemp(prefix="springline-check-"))
