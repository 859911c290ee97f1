"""Is a port free, and who asks for it."""

import socket
from contextlib import ExitStack

import msgspec


class PortTaken(RuntimeError):
    """Somebody else listens there; the text names the port and the setting that moves ours."""


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
            raise PortTaken(
                f"端口 {where} 已被占用，请修改 settings.toml 的 {port.setting}（或设置 {variable}）。 / "
                f"Port {where} is taken: change {port.setting} in settings.toml or set {variable}. "
                f"({error.strerror})"
            ) from error


def free_ports(count: int) -> list[int]:
    """`count` different ports that were free on 127.0.0.1 for both TCP and UDP a moment ago."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            tcp = held.enter_context(_bind("127.0.0.1", 0, "tcp"))
            number: int = tcp.getsockname()[1]
            try:
                held.enter_context(_bind("127.0.0.1", number, "udp"))
            except OSError:
                continue
            found.append(number)
    return found


def _bind(host: str, number: int, kind: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    try:
        if kind == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, number))
        if kind == "tcp" and number:
            probe.listen(1)
    except OSError:
        probe.close()
        raise
    return probe
