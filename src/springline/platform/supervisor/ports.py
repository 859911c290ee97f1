"""Is a port free, which ones are, and who asks for one."""

import errno
import socket
from contextlib import ExitStack

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
    with _bind(host, 0, kind) as probe:
        return _number(probe)


def free_ports(count: int) -> list[int]:
    """`count` different ports that were free on 127.0.0.1 for both TCP and UDP a moment ago."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            number = _number(held.enter_context(_bind("127.0.0.1", 0, "tcp")))
            try:
                held.enter_context(_bind("127.0.0.1", number, "udp"))
            except OSError:
                continue
            found.append(number)
    return found


def free_range(size: int, host: str = "127.0.0.1") -> tuple[int, int]:
    """First and last of `size` neighbouring UDP ports that were free a moment ago; the first is even (RTP).

    Raises PortTaken when none were found.
    """
    for _ in range(200):
        first = free_port("udp", host) & ~1
        if first >= 1024 and first + size <= 65536 and _all_free(range(first, first + size), host):
            return first, first + size - 1
    raise PortTaken(
        f"{host} 上没有 {size} 个相邻的空闲 UDP 端口。\nNo {size} neighbouring UDP ports are free on {host}."
    )


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
