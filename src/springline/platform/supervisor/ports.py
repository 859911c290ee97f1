"""Is a port free, which ones are, and who asks for one."""

import errno
import itertools
import os
import random
import socket
from contextlib import ExitStack
from pathlib import Path

import msgspec

_WHY = {
    errno.EACCES: ("不能由普通用户使用", "may not be used without root"),
    errno.EADDRNOTAVAIL: ("不是本机地址", "is not on this machine"),
}
_TAKEN = ("已被占用", "is taken")


class PortTaken(RuntimeError):
    """A port that cannot be had; the text names it, why, and the setting that chooses another one."""


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """`setting` is the name in settings.toml, `kind` tcp or udp."""

    setting: str
    host: str
    number: int
    kind: str = "tcp"


def check_free(ports: list[Port]) -> None:
    """Raises PortTaken for the first port that cannot be bound."""
    for port in ports:
        try:
            _bind(port.host, port.number, port.kind).close()
        except OSError as error:
            variable = f"SPRINGLINE_{port.setting.upper()}"
            where = f"{port.host}:{port.number}/{port.kind}"
            why_zh, why = _WHY.get(error.errno or 0, _TAKEN)
            raise PortTaken(
                f"端口 {where} {why_zh}，请修改 settings.toml 的 {port.setting}（或设置 {variable}）。\n"
                f"Port {where} {why}: change {port.setting} in settings.toml or set {variable}."
            ) from error


def free_port(kind: str = "tcp", host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago; somebody else may take it before it is used."""
    with _bind_free(host, kind) as probe:
        return _number(probe)


def free_ports(count: int) -> list[int]:
    """`count` different ports that were free on 127.0.0.1 for both TCP and UDP a moment ago."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            probe = held.enter_context(_bind_free("127.0.0.1", "tcp"))
            try:
                held.enter_context(_bind("127.0.0.1", _number(probe), "udp"))
            except OSError:
                continue
            found.append(_number(probe))
    return found


def free_range(size: int, host: str = "127.0.0.1") -> tuple[int, int]:
    """First and last of `size` neighbouring UDP ports that were free a moment ago; the first is even (RTP).

    Raises PortTaken when none were found.
    """
    for attempt in range(200):
        first = _some_first(size, host, quietly=attempt < 100) & ~1
        if first >= 1024 and first + size <= 65536 and _all_free(range(first, first + size), host):
            return first, first + size - 1
    raise PortTaken(
        f"{host} 上没有 {size} 个相邻的空闲 UDP 端口。\nNo {size} neighbouring UDP ports are free on {host}."
    )


def _some_first(size: int, host: str, *, quietly: bool) -> int:
    quiet = _quiet()
    quiet = quiet[: len(quiet) - _singles(quiet)]
    if quietly and len(quiet) > 2 * size:
        return random.randrange(quiet.start, quiet.stop - size)  # noqa: S311 - nobody is to be kept from guessing
    with _bind(host, 0, "udp") as probe:
        return _number(probe)


def _bind_free(host: str, kind: str) -> socket.socket:
    quiet = _quiet()
    quiet = quiet[len(quiet) - _singles(quiet) :]
    for _ in range(200 if quiet else 0):
        try:
            return _bind(host, quiet[next(_turn) % len(quiet)], kind)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return _bind(host, 0, kind)


_LEAST_QUIET = 10_000
# Each process begins elsewhere: two that look at the same moment do not find the same.
_turn = itertools.count(os.getpid() * 97)


def _quiet() -> range:
    """Ports that the kernel gives to nobody who does not ask for them by number: what is free there stays
    free, whatever connections come and go. Empty when it gives all."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        # Where IANA's dynamic ports begin.
        first = 49152
    return range(_LEAST_QUIET, first)


def _singles(quiet: range) -> int:
    """How many of its last ones are for single ports: sound in a range must not be in their way."""
    return len(quiet) // 4


def _all_free(ports: range, host: str) -> bool:
    try:
        for port in ports:
            _bind(host, port, "udp").close()
    except OSError:
        return False
    return True


def _number(probe: socket.socket) -> int:
    number: int = probe.getsockname()[1]
    return number


def _bind(host: str, number: int, kind: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    try:
        if kind == "tcp":
            # As the servers do it: a connection of the last run that still lingers does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, number))
        if kind == "tcp" and number:
            probe.listen(1)
    except OSError:
        probe.close()
        raise
    return probe
