import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from springline.telephony.simulator.errors import SimulatorError
from springline.telephony.simulator.packets import is_key_end, key_payloads, rtp, stream, write_capture
from springline.telephony.simulator.sipp import SCENARIOS, parse_stats, parse_times

HEADER = (
    "StartTime;TotalCallCreated;SuccessfulCall(P);SuccessfulCall(C);FailedCall(C);FailedTimeoutOnRecv(C);"
)
HEADER += "FailedUnexpectedMessage(C);Retransmissions(P);Retransmissions(C);\n"


def test_the_last_line_of_statistics_counts() -> None:
    stats = parse_stats(HEADER + "x;1;0;0;0;0;0;0;0;\nx;10;1;7;3;2;1;0;4;\n")
    assert (stats.calls, stats.successful, stats.failed, stats.retransmissions) == (10, 7, 3, 4)
    assert stats.reasons == {"TimeoutOnRecv": 2, "UnexpectedMessage": 1}


def test_no_line_of_statistics_is_said() -> None:
    with pytest.raises(SimulatorError, match="no line"):
        parse_stats(HEADER)


def test_times_by_stop_watch() -> None:
    text = "Date_ms;response_time_ms;rtd_no\n1.1;12.5;setup\n1.2;7;setup\n1.3;3;2\nbroken\n"
    assert parse_times(text) == {"setup": [12.5, 7.0], "2": [3.0]}


def test_scenarios_are_xml() -> None:
    names = {"caller", "caller_info", "agent", "register", "probe"}
    assert {path.stem for path in SCENARIOS.glob("*.xml")} == names
    for name in names:
        assert ET.parse(SCENARIOS / f"{name}.xml").getroot().get("name") == name


def test_a_key_is_held_and_let_go_three_times() -> None:
    payloads = key_payloads("#", frames=4)
    assert [is_key_end(p) for p in payloads] == [False, False, False, True, True, True]
    assert {p[0] for p in payloads} == {11}
    assert struct.unpack("!H", payloads[-1][2:])[0] == 640


def test_a_stream_has_sound_and_the_keys_in_order_of_time() -> None:
    packets = list(stream(b"\xd5" * 1600, {0.1: "1", 0.5: "2"}, seconds=1.0))
    assert len(packets) == 50
    sequences = [struct.unpack("!H", p[2:4])[0] for p in packets]
    assert sequences == list(range(50))
    keys = [(n, p) for n, p in enumerate(packets) if p[1] & 0x7F == 101]
    assert [n for n, _ in keys] == [*range(5, 12), *range(25, 32)]
    assert [p[1] >> 7 for _, p in keys].count(1) == 2
    assert len({p[4:8] for _, p in keys}) == 2
    assert all(len(p) == 172 for p in packets if p[1] & 0x7F == 8)


def test_a_capture_file_has_a_frame_each_20_ms(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    write_capture(path, iter([rtp(8, n, n, 1, b"\xd5" * 160) for n in range(60)]))
    data = path.read_bytes()
    assert struct.unpack("<I", data[:4])[0] == 0xA1B2C3D4
    length = struct.unpack("<I", data[32:36])[0]
    assert length == 14 + 20 + 8 + 172
    seconds, microseconds = struct.unpack("<II", data[24 + 51 * (16 + length) :][:8])
    assert (seconds, microseconds) == (1, 20000)
