"""RTP made by hand: sound and keys (RFC 3550, RFC 4733) as packets, and a capture file that SIPp can play."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

PCMA, TELEPHONE_EVENT = 8, 101
FRAME_SECONDS = 0.02
FRAME_SAMPLES = 160
_KEYS = "0123456789*#ABCD"
_VOLUME = 10
_END_REPEATS = 3
_PORT = 40000


def rtp(kind: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool = False) -> bytes:
    """One RTP packet."""
    second = kind | (0x80 if marker else 0)
    header = struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + payload


def key_payloads(key: str, frames: int = 5) -> list[bytes]:
    """Payloads of one key, 20 ms apart; the last three are the same end of event (RFC 4733 2.5.1.4)."""
    event = _KEYS.index(key)
    held = [struct.pack("!BBH", event, _VOLUME, FRAME_SAMPLES * n) for n in range(1, frames)]
    return held + [struct.pack("!BBH", event, 0x80 | _VOLUME, FRAME_SAMPLES * frames)] * _END_REPEATS


def is_key_end(payload: bytes) -> bool:
    return bool(payload[1] & 0x80)


def stream(sound: bytes, keys: Mapping[float, str], seconds: float, ssrc: int = 0x5EED) -> Iterator[bytes]:
    """One packet each 20 ms: A-law `sound` over and over, and at the given seconds a key in its place."""
    due = sorted(keys.items())
    pending: list[bytes] = []
    key_start = 0
    for n in range(int(seconds / FRAME_SECONDS)):
        if due and n * FRAME_SECONDS >= due[0][0]:
            pending, key_start = key_payloads(due.pop(0)[1]), n * FRAME_SAMPLES
        if pending:
            first = key_start == n * FRAME_SAMPLES
            yield rtp(TELEPHONE_EVENT, n, key_start, ssrc, pending.pop(0), marker=first)
        else:
            at = n * FRAME_SAMPLES % max(len(sound) - FRAME_SAMPLES, 1)
            yield rtp(PCMA, n, n * FRAME_SAMPLES, ssrc, sound[at : at + FRAME_SAMPLES], marker=n == 0)


def write_capture(path: Path, packets: Iterator[bytes]) -> None:
    """A pcap file (Ethernet, IPv4, UDP) with one packet each 20 ms. SIPp rewrites addresses and checksums."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for n, packet in enumerate(packets):
            frame = _ethernet(packet)
            microseconds = round(n * FRAME_SECONDS * 1e6)
            file.write(
                struct.pack("<IIII", microseconds // 10**6, microseconds % 10**6, len(frame), len(frame))
            )
            file.write(frame)


def _ethernet(payload: bytes) -> bytes:
    udp = struct.pack("!HHHH", _PORT, _PORT, 8 + len(payload), 0) + payload
    loopback = b"\x7f\x00\x00\x01"
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + loopback * 2
    return b"\0" * 12 + b"\x08\x00" + ip + udp
