"""What the kernel knows of a house: whose its ports are, and which of its programs were started of late."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from springline.platform.findings import Finding, fault, good, warning
from springline.platform.supervisor import Port, PortTaken, check_free

PROC = Path("/proc")
PROGRAMS = ("asterisk", "nats-server", "control", "web", "worker")
_LISTENS = {"tcp": "0A", "udp": "07"}
AT_THE_START_SECONDS, LATELY_SECONDS = 60.0, 900.0


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """`age` in seconds."""

    pid: int
    parent: int
    name: str
    age: float


def ports(pid: int | None, wanted: list[Port]) -> Finding:
    """`pid` supervises the house; None: nobody does, and each port should be free."""
    taken = _taken(wanted) if pid is None else _others(pid, wanted)
    if not taken:
        return good("ports", "端口没有被别的程序占用", "No port is held by another program")
    zh, en = "；".join(zh for zh, _ in taken), "; ".join(en for _, en in taken)
    return fault(
        "ports",
        zh,
        en,
        "停掉占用端口的程序（ss -lntup 可查），或在 settings.toml 中换一个端口。",
        "Stop the program that holds it (see `ss -lntup`), or choose another port in settings.toml.",
    )


def restarted(pid: int) -> list[Finding]:
    """Programs that are much younger than their supervisor `pid`."""
    every = processes()
    house = every.get(pid)
    children = [process for process in every.values() if process.parent == pid and _is_ours(process)]
    found = [] if house is None else [process for process in children if _is_late(process, house)]
    if not found:
        return [good("restarts", "15 分钟内没有程序重启过", "No program was started again of late")]
    return [
        warning(
            f"restarts-{process.name}",
            f"{process.name} 在 {process.age:.0f} 秒前意外退出并重启",
            f"{process.name} ended unexpectedly and was started again {process.age:.0f} s ago",
            f"查看 log/{process.name}.log 中退出前的最后几行；反复重启时再看内存（dmesg）与磁盘。",
            f"Read the last lines before it in log/{process.name}.log; if it recurs look at memory (dmesg), "
            "disk.",
        )
        for process in found
    ]


def _is_ours(process: Process) -> bool:
    return process.name.rstrip("-0123456789") in PROGRAMS


def _is_late(process: Process, house: Process) -> bool:
    return process.age < LATELY_SECONDS and house.age - process.age > AT_THE_START_SECONDS


def processes() -> dict[int, Process]:
    """All of this machine, by number."""
    up, ticks = float((PROC / "uptime").read_text().split()[0]), os.sysconf("SC_CLK_TCK")
    found: dict[int, Process] = {}
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError, IndexError, ValueError):
            # The name, in brackets, may hold anything.
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            age = up - int(fields[19]) / ticks
            pid = int(folder.name)
            found[pid] = Process(pid=pid, parent=int(fields[1]), name=_name(folder), age=age)
    return found


def _name(folder: Path) -> str:
    argv = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    # One of several is called by what follows: run web web-2.
    ours = [
        next(filter(None, argv[at + 2 :]), argv[at + 1]) for at in range(len(argv) - 1) if argv[at] == "run"
    ]
    # An engine that was unpacked is started by the dynamic loader, which names it as an argument.
    known = [name for name in PROGRAMS[:2] if any(Path(word).name == name for word in argv[:6])]
    return next(iter([*known, *ours, Path(argv[0]).name]))


def _taken(wanted: list[Port]) -> list[tuple[str, str]]:
    """Both languages for each port that cannot be had."""
    found = []
    for port in wanted:
        try:
            check_free([port])
        except PortTaken as error:
            zh, _, en = str(error).partition("\n")
            found.append((zh.rstrip("。"), en.rstrip(".")))
    return found


def _others(pid: int, wanted: list[Port]) -> list[tuple[str, str]]:
    own, found = _sockets(_descendants(pid)), []
    if not own:
        # Of another user: nobody knows whose a port is.
        return []
    for port in wanted:
        holders = _listening(port)
        if holders and not holders & own:
            where = f"{port.number}/{port.kind}"
            found.append(
                (
                    f"端口 {where}（{port.setting}）被别的程序占用",
                    f"Port {where} ({port.setting}) is held by another program",
                )
            )
    return found


def _descendants(pid: int) -> set[int]:
    every = processes().values()
    found = {pid}
    while more := {p.pid for p in every if p.parent in found} - found:
        found |= more
    return found


def _sockets(pids: set[int]) -> set[str]:
    found = set()
    for pid in pids:
        with suppress(OSError):
            for descriptor in (PROC / str(pid) / "fd").iterdir():
                with suppress(OSError):
                    target = str(descriptor.readlink())
                    if target.startswith("socket:["):
                        found.add(target[8:-1])
    return found


def _listening(port: Port) -> set[str]:
    """The inodes of the sockets that have this port, on whatever address."""
    found = set()
    for name in (port.kind, f"{port.kind}6"):
        with suppress(OSError):
            for line in (PROC / "net" / name).read_text().splitlines()[1:]:
                fields = line.split()
                number = int(fields[1].rpartition(":")[2], 16)
                if number == port.number and fields[3] == _LISTENS[port.kind]:
                    found.add(fields[9])
    return found
