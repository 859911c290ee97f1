"""Says before a start which port is taken, and by which setting to choose another one."""

from __future__ import annotations

import errno
import socket

from springline.telephony.engine.errors import EngineError


def check_free(kind: str, host: str, port: int, setting: str) -> None:
    """Raises EngineError `port-taken` unless `host:port` can be bound; `kind` is "tcp" or "udp".

    `setting` is the name of the setting the message tells the user to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
        if kind == "tcp":
            # As the servers do it: a connection of the last run that still lingers does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = {
                errno.EACCES: "may not be used without root",
                errno.EADDRNOTAVAIL: "is not on this machine",
            }
            why = reason.get(error.errno or 0, "is already in use by another program")
            raise EngineError(
                "port-taken",
                f"Port {port}/{kind} on {host} {why}. Choose another with the setting {setting}.",
                f"端口 {port}/{kind}（{host}）不可用或已被占用；请用设置项 {setting} 更换。",
            ) from error


def free_port(kind: str = "tcp", host: str = "127.0.0.1") -> int:
    """A port that is free now; somebody else may take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_range(size: int, host: str = "127.0.0.1") -> tuple[int, int]:
    """First and last of `size` neighbouring UDP ports that are free now; the first is even (RTP)."""
    for _ in range(200):
        first = free_port("udp", host) & ~1
        if first >= 1024 and first + size <= 65536 and _all_free(range(first, first + size), host):
            return first, first + size - 1
    raise EngineError("no-free-ports", f"No {size} neighbouring UDP ports are free on {host}.")


def _all_free(ports: range, host: str) -> bool:
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
