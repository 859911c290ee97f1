"""From a raw file to a WAV that is kept: hashes, lengths, full disks, deletion when the time is over."""

import errno
import hashlib
import struct
import wave
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.calls import projector, recordings, retention, states
from springline.business.calls.models import PurgeRow, Recording, RecordingFile
from springline.business.calls.states import TRANSITIONS, RecordingEvent, RecordingState
from springline.contracts import events
from springline.platform.states import IllegalTransition
from tests.unit.business import people
from tests.unit.business.people import NOON, Journal, a_call, call_events

pytestmark = pytest.mark.django_db
RAW = "2026-11-23/c1.raw"


def write_raw(folder: Path, seconds: float = 2.0, name: str = RAW) -> bytes:
    """Caller left, agent right, told apart by their sign."""
    data = struct.pack("<hh", 1000, -1000) * int(recordings.RATE * seconds)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return data


def finalise_all(folder: Path) -> None:
    for file in recordings.waiting():
        recordings.finalise(folder, file)


def test_a_closed_file_becomes_a_wav(recordings_dir: Path) -> None:
    data = write_raw(recordings_dir)
    a_call("c1")
    finalise_all(recordings_dir)
    stored = recordings_dir / "2026-11-23/c1.wav"
    with wave.open(str(stored)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (2, 2, 8000)
        assert sound.readframes(sound.getnframes()) == data
    row = Recording.objects.get()
    assert (row.state, row.wav, row.seconds, row.problem) == ("ready", "2026-11-23/c1.wav", 2.0, "")
    assert row.sha256 == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert row.size == stored.stat().st_size
    assert row.expires_on == date(2027, 2, 23)
    assert [path.name for path in stored.parent.iterdir()] == ["c1.wav"]
    assert recordings.waiting() == []


def test_a_broken_last_frame_is_cut(recordings_dir: Path) -> None:
    write_raw(recordings_dir)
    with (recordings_dir / RAW).open("ab") as raw:
        raw.write(b"\x01\x02\x03")
    a_call("c1")
    finalise_all(recordings_dir)
    assert Recording.objects.get().seconds == 2.0


@pytest.mark.parametrize("size", [None, 0, 3])
def test_a_missing_or_empty_file_is_missing(recordings_dir: Path, size: int | None) -> None:
    if size is not None:
        write_raw(recordings_dir)
        (recordings_dir / RAW).write_bytes(b"x" * size)
    a_call("c1")
    finalise_all(recordings_dir)
    assert Recording.objects.get().state == "missing"
    assert recordings.waiting() == []


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "", "."])
def test_a_path_that_leaves_the_folder_is_refused(recordings_dir: Path, path: str) -> None:
    with pytest.raises(recordings.UnsafePath):
        recordings.store(recordings_dir, path)


@pytest.mark.parametrize("step", ["write", "rename"])
def test_a_full_disk_loses_nothing_and_is_tried_again(
    recordings_dir: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    data = write_raw(recordings_dir)
    a_call("c1")

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(recordings.os, "fsync", full)
        else:
            patch.setattr(Path, "replace", full)
        for _attempt in range(2):
            with pytest.raises(recordings.StorageFull):
                recordings.finalise(recordings_dir, recordings.waiting()[0])
    row = Recording.objects.get()
    assert (row.state, row.problem) == ("pending", "ENOSPC: No space left on device")
    assert (recordings_dir / RAW).read_bytes() == data
    assert list((recordings_dir / RAW).parent.iterdir()) == [recordings_dir / RAW]
    finalise_all(recordings_dir)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("ready", "")


def test_a_crash_between_rename_and_row_is_taken_up(
    recordings_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_raw(recordings_dir)
    a_call("c1")

    class Crash(BaseException):
        pass

    def crash(*_args: object, **_kwargs: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(recordings, "_settle", crash)
        with pytest.raises(Crash):
            finalise_all(recordings_dir)
    finalise_all(recordings_dir)
    assert Recording.objects.get().state == "ready"
    (recordings_dir / RAW).unlink(missing_ok=True)
    assert recordings.store(recordings_dir, RAW).seconds == 2.0


def test_a_file_that_nobody_closed_waits_for_its_call_and_a_grace(recordings_dir: Path) -> None:
    write_raw(recordings_dir)
    journal = Journal()
    story = call_events("c1", journal.now)
    for event in story[:-2]:
        journal.add(event)
    journal.project()
    late = NOON + timedelta(hours=1)
    assert recordings.waiting(late) == []
    ended = journal.add(story[-2])
    journal.project()
    assert recordings.waiting(ended.at + recordings.GRACE) == []
    assert [file.path for file in recordings.waiting(late)] == [RAW]


def test_a_recording_that_was_missed_is_taken_when_the_engine_closes_it_after_all(
    recordings_dir: Path,
) -> None:
    journal = Journal()
    for event in call_events("c1", journal.now)[:-1]:
        journal.add(event)
    journal.project()
    finalise_all(recordings_dir)
    assert Recording.objects.get().state == "missing"
    write_raw(recordings_dir)
    now = timezone.now()
    journal.add(events.RecordingFinished(at=now + timedelta(seconds=1), call_id="c1", path=RAW, size=64000))
    journal.project()
    finalise_all(recordings_dir)
    assert Recording.objects.get().state == "ready"


def test_a_replay_touches_no_recording(recordings_dir: Path) -> None:
    write_raw(recordings_dir)
    a_call("c1")
    finalise_all(recordings_dir)
    before = Recording.objects.values().get()
    projector.rebuild()
    a_call("c1")
    finalise_all(recordings_dir)
    assert Recording.objects.values().get() == before


@pytest.mark.parametrize(
    ("answered", "last"),
    [
        ((2026, 1, 31), (2026, 4, 30)),
        ((2026, 11, 30), (2027, 2, 28)),
        ((2027, 11, 30), (2028, 2, 29)),
        ((2026, 11, 23), (2027, 2, 23)),
        ((2026, 10, 1), (2027, 1, 1)),
        ((2026, 12, 31), (2027, 3, 31)),
    ],
)
def test_three_calendar_months(answered: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert retention.months_later(date(*answered), 3) == date(*last)


def test_the_day_is_the_one_on_the_wall() -> None:
    # 23:30 UTC on the 30th is the 31st in Shanghai.
    assert retention.expiry(datetime(2026, 1, 30, 23, 30, tzinfo=UTC)) == date(2026, 4, 30)


def test_what_is_over_is_deleted_with_a_log_row_and_what_is_held_stays(recordings_dir: Path) -> None:
    for call in ("c1", "c2"):
        write_raw(recordings_dir, name=f"2026-11-23/{call}.raw")
        a_call(call)
    finalise_all(recordings_dir)
    Recording.objects.filter(call_id="c2").update(hold=True)
    last_day = date(2027, 2, 23)
    assert retention.purge_expired(recordings_dir, last_day) == 0
    assert retention.purge_expired(recordings_dir, last_day + timedelta(days=1)) == 1
    assert [path.name for path in (recordings_dir / "2026-11-23").iterdir()] == ["c2.wav"]
    log = PurgeRow.objects.get()
    assert (log.call_id, log.path, log.expires_on) == ("c1", "2026-11-23/c1.wav", last_day)
    gone = Recording.objects.get(call_id="c1")
    assert (gone.state, gone.wav, gone.sha256) == ("purged", "", log.sha256)
    assert recordings.waiting() == []
    assert retention.purge_expired(recordings_dir, last_day + timedelta(days=9)) == 0


def test_a_file_that_cannot_be_deleted_keeps_its_row(
    recordings_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_raw(recordings_dir)
    a_call("c1")
    finalise_all(recordings_dir)

    def stuck(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stuck)
        assert retention.purge_expired(recordings_dir, date(2028, 1, 1)) == 0
    assert Recording.objects.get().state == "ready"
    assert not PurgeRow.objects.exists()
    assert retention.purge_expired(recordings_dir, date(2028, 1, 1)) == 1


@pytest.mark.parametrize("state", list(RecordingState))
@pytest.mark.parametrize("event", list(RecordingEvent))
def test_the_state_table(state: RecordingState, event: RecordingEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert states.after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalTransition):
            states.after(state, event)


# Over HTTP.

URL = "/api/calls/c1/recording"


@pytest.fixture
def stored(recordings_dir: Path) -> bytes:
    write_raw(recordings_dir)
    a_call("c1")
    finalise_all(recordings_dir)
    return (recordings_dir / "2026-11-23/c1.wav").read_bytes()


def body(answer) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(answer.streaming_content)


def test_a_supervisor_listens_and_leaves_an_audit_row(stored: bytes, signed_in, monitor: User) -> None:  # type: ignore[no-untyped-def]
    from springline.business.accounts.models import AuditRow

    client = signed_in(monitor)
    answer = client.get(URL, {"reason": "投诉核实"})
    assert (answer.status_code, answer["Content-Type"], answer["X-Duration"]) == (200, "audio/wav", "2.000")
    assert body(answer) == stored
    part = client.get(URL, {"reason": "投诉核实"}, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(stored)}")
    assert body(part) == stored[100:200]
    row = AuditRow.objects.get(what="recording.read")
    assert (row.user, row.object_id, row.why) == (monitor, "c1", "投诉核实")
    body(client.get(URL, {"reason": "质检"}))
    assert AuditRow.objects.filter(what="recording.read").count() == 2


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-", 206, 0, None),
        ("bytes=-4", 206, -4, None),
        ("bytes=64000-99999999", 206, 64000, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
        ("bytes=0-1,5-6", 200, 0, None),
        ("lines=1-2", 200, 0, None),
    ],
)
def test_ranges(  # type: ignore[no-untyped-def]
    stored: bytes, signed_in, monitor: User, asked: str, status: int, first: int, last: int | None
) -> None:
    answer = signed_in(monitor).get(URL, {"reason": "x"}, headers={"Range": asked})
    assert answer.status_code == status
    if status != 416:
        assert body(answer) == stored[first:last]


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nobody_listens(stored: bytes, signed_in, monitor: User, reason: str) -> None:  # type: ignore[no-untyped-def]
    answer = signed_in(monitor).get(URL, {"reason": reason})
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_missing")


def test_an_agent_listens_to_own_calls_only(stored: bytes, signed_in, xiaoan: User, xiaohuo: User) -> None:  # type: ignore[no-untyped-def]
    assert signed_in(xiaohuo).get(URL, {"reason": "x"}).status_code == 200
    assert signed_in(xiaoan).get(URL, {"reason": "x"}).status_code == 403
    assert signed_in(people.a(Role.FINANCE)).get(URL, {"reason": "x"}).status_code == 403


def test_what_is_not_there_yet_or_no_more(recordings_dir: Path, signed_in, monitor: User) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(monitor)

    def code(part: int = 0) -> tuple[int, str]:
        answer = client.get(URL, {"reason": "x", "part": part})
        return answer.status_code, answer.json()["code"]

    assert code() == (404, "unknown_call")
    a_call("c1")
    assert code() == (409, "recording_pending")
    assert code(1) == (404, "recording_missing")
    finalise_all(recordings_dir)
    assert code() == (404, "recording_missing")
    RecordingFile.objects.all().delete()
    assert client.get("/api/calls/c1").json()["recording"]["state"] == "none"
