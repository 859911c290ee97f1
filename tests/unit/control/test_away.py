"""Calls that the dialplan took alone become events, once, whatever they left behind."""

import sqlite3
import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest

from springline.contracts import events as e
from springline.contracts.config import AgentConfig, Device
from springline.telephony.control.away import AwayCall, devices, keys_of, story

NAME = "20261126T013000_springline-1-1764120600.12_13805640001_4000564000"


def call(name: str = NAME) -> AwayCall:
    found = AwayCall.parse(name)
    assert found is not None
    return found


def names(told: list[e.AnyCallEvent]) -> list[str]:
    return [type(event).__name__ for event in told]


def test_the_name_tells_when_who_and_where_to() -> None:
    found = call()
    assert found.at == datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    assert (found.channel, found.number, found.dialled) == (
        "springline-1-1764120600.12", "13805640001", "4000564000",
    )  # fmt: skip
    assert call("20261126T013000_1764120600.12__").number == ""


@pytest.mark.parametrize("name", ["", "x", "20261126_1_2_3", "20261126T013000_1.2_a_b"])
def test_rubbish_is_none(name: str) -> None:
    assert AwayCall.parse(name) is None


def test_a_message(tmp_path: Path) -> None:
    path = tmp_path / f"away/{NAME}-message.wav"
    path.parent.mkdir()
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000 * 7))
    told = story(call(), tmp_path, None)
    assert names(told) == [
        "CallArrived", "CallAnswered", "NoticePlayed", "MessageOffered", "MessageStarted",
        "MessageFinished", "CallEnded",
    ]  # fmt: skip
    assert told[0].caller == "+8613805640001"  # type: ignore[union-attr]
    assert told[5].seconds == 7.0  # type: ignore[union-attr]
    assert told[-1].outcome is e.CallOutcome.MESSAGE  # type: ignore[union-attr]
    assert [event.id for event in story(call(), tmp_path, None)] == [event.id for event in told]


def test_a_conversation(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / f"away/{NAME}.raw").write_bytes(bytes(32000 * 20))
    told = story(call(), tmp_path, None)
    assert names(told)[-4:] == ["AgentConnected", "RecordingStarted", "CallEnded", "RecordingFinished"]
    assert told[-2].talk_seconds == 20.0  # type: ignore[union-attr]
    assert told[-2].outcome is e.CallOutcome.HANDLED  # type: ignore[union-attr]


def test_who_hung_up_is_not_forgotten(tmp_path: Path) -> None:
    told = story(call(), tmp_path, None)
    assert names(told)[-2:] == ["MessageOffered", "CallEnded"]
    assert told[-1].outcome is e.CallOutcome.ABANDONED_MENU  # type: ignore[union-attr]


def test_whom_to_ring() -> None:
    agents = [
        AgentConfig(id=str(n), name="", queues=(), device=Device.SIP, sip_password="-") for n in range(30)
    ]
    assert devices(agents).split("&")[:2] == ["PJSIP/agent-0", "PJSIP/agent-1"]
    assert len(devices(agents).split("&")) == 12
    assert devices([]) == ""


def test_the_keys_in_the_engines_database(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    assert keys_of(path) == []
    path.write_text("")
    assert keys_of(path) == []
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        database.executemany("INSERT INTO astdb VALUES (?, '1')", [("/away/b",), ("/away/a",), ("/x/c",)])
    assert keys_of(path) == ["a", "b"]
