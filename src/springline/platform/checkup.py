"""Check-up of the ground: the home's disk, its secrets, its clock, and whether anybody runs it."""

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from springline.platform.files import write_whole
from springline.platform.findings import Finding, fault, good, warning
from springline.platform.settings import Settings

GB = 1024**3
LITTLE, TOO_LITTLE = 3 * GB, GB // 2
FEW_FILES = 10_000
SLOW_SECONDS, STUCK_SECONDS, PATIENCE_SECONDS = 0.5, 2.0, 10.0
TRIED_BYTES = 64 * 1024
CLOCK_WARNING_SECONDS, CLOCK_FAULT_SECONDS = 2.0, 60.0


def running(settings: Settings) -> int | None:
    """The process that supervises this home; None when nobody does."""
    path = settings.state_dir / "supervisor.lock"
    try:
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read().strip() or 0)
    except (OSError, ValueError):
        return None
    return None


def supervised(pid: int | None) -> Finding:
    if pid is None:
        return fault(
            "running",
            "系统没有运行",
            "Nothing runs",
            "执行 springline up 启动；若开机应自动启动，请检查 systemd 服务。",
            "Start it with `springline up`; if it should start with the machine, look at its systemd unit.",
        )
    return good("running", f"系统在运行（进程 {pid}）", f"The house runs (process {pid})")


def disk(settings: Settings, free: int | None = None) -> Finding:
    """`free` in bytes; None: ask the disks of the home and of the recordings, which may be another one."""
    folders = [folder for folder in (settings.home, settings.recordings_dir) if folder.exists()]
    free = min(shutil.disk_usage(folder).free for folder in folders) if free is None else free
    room, used = f"{free / GB:.1f} GB", f"{_size(settings.recordings_dir) / GB:.1f} GB"
    if free >= LITTLE:
        return good(
            "disk", f"磁盘剩余 {room}，录音占用 {used}", f"{room} of disk free, recordings take {used}"
        )
    zh, en = f"磁盘只剩 {room}（录音占用 {used}）", f"Only {room} of disk left (recordings take {used})"
    do_zh = f"清理磁盘，或把录音目录 {settings.recordings_dir} 挪到更大的盘；写满后录音会丢失。"
    do_en = f"Make room, or move {settings.recordings_dir} to a larger disk; a full disk loses recordings."
    return (fault if free < TOO_LITTLE else warning)("disk", zh, en, do_zh, do_en)


def inodes(settings: Settings) -> Finding:
    left = os.statvfs(settings.home).f_favail
    # Some file systems have no fixed number and say 0.
    if left >= FEW_FILES or os.statvfs(settings.home).f_files == 0:
        return good("inodes", "磁盘可建文件数充足", "The disk can hold many more files")
    return fault(
        "inodes",
        f"磁盘只能再建 {left} 个文件",
        f"The disk can hold only {left} more files",
        "删除无用的小文件。",
        "Delete small files that nobody needs.",
    )


def disk_speed(folder: Path, write: Callable[[Path], None] | None = None) -> Finding:
    """How long a little takes to reach the disk for certain; waits PATIENCE_SECONDS at most."""
    outcome: list[OSError | None] = []

    def tried() -> None:
        try:
            (write or _write)(folder)
            outcome.append(None)
        except OSError as error:
            outcome.append(error)

    began = time.monotonic()
    # Not of a pool: the process must be able to end while the disk stands still.
    trying = threading.Thread(target=tried, daemon=True)
    trying.start()
    trying.join(PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    if outcome and (error := outcome[0]) is not None:
        return fault(
            "disk-writes",
            f"{folder} 写不进去：{error.strerror}",
            f"Nothing can be written to {folder}: {error.strerror}",
            "磁盘已满就清理；若是只读或硬件错误（dmesg 可查），立即备份并换盘。通话仍可进行，"
            "录音与订单会受影响。",
            "A full disk: make room. Read-only or broken (see dmesg): make a backup, change the disk. "
            "Calls go on, "
            "recordings and orders suffer.",
        )
    if seconds < SLOW_SECONDS:
        return good(
            "disk-writes",
            f"磁盘写入正常（{seconds * 1000:.0f} ms）",
            f"The disk writes in {seconds * 1000:.0f} ms",
        )
    took = f"{seconds:.1f} s" if outcome else f"> {seconds:.0f} s"
    return (fault if seconds >= STUCK_SECONDS else warning)(
        "disk-writes",
        f"磁盘很慢：写入 64 kB 用了 {took}",
        f"The disk is slow: 64 kB took {took}",
        "查看谁在占用磁盘（iotop、备份任务、云盘限速）与硬件错误（dmesg）；机械盘请换固态盘。通话不受影响，"
        "坐席台会变慢。",
        "See who keeps it busy (iotop, a backup, a cloud disk's limit) and dmesg for errors; use an SSD. "
        "Calls go on, "
        "the desk is slow meanwhile.",
    )


def _write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(TRIED_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _clocks() -> tuple[float, float]:
    """What time it is, and the seconds since the machine started, which nobody can set."""
    return time.time(), time.clock_gettime(time.CLOCK_BOOTTIME)


def note_clock(settings: Settings) -> None:
    """Remember both clocks at the start of a house, for `clock_jump`."""
    wall, since_boot = _clocks()
    try:
        write_whole(_clock_file(settings), f"{os.getpid()} {wall} {since_boot}".encode(), 0o600)
    except OSError:
        # A full disk: the house starts all the same.
        return


def clock_jump(settings: Settings, pid: int, clocks: tuple[float, float] | None = None) -> Finding:
    """Whether somebody has set the clock since the house, supervised by `pid`, was started."""
    wall, since_boot = clocks or _clocks()
    try:
        noted, former_wall, former_boot = _clock_file(settings).read_text().split()
        jump = (wall - float(former_wall)) - (since_boot - float(former_boot)) if int(noted) == pid else 0.0
    except (OSError, ValueError):
        jump = 0.0
    if abs(jump) < CLOCK_WARNING_SECONDS:
        return good("clock-jump", "系统时间没有被改动", "Nobody has set the clock since the start")
    way_zh, way_en = ("拨快", "forward") if jump > 0 else ("拨慢", "back")
    return (fault if abs(jump) >= CLOCK_FAULT_SECONDS else warning)(
        "clock-jump",
        f"启动以来系统时间被{way_zh} {abs(jump):.0f} 秒",
        f"The clock was set {way_en} by {abs(jump):.0f} s since the start",
        "启用网络校时（timedatectl set-ntp true）并核对时间；这段时间的通话时刻与时长可能不准，核对后重启 "
        "springline up。",
        "Let the clock follow the network (timedatectl set-ntp true) and check it; times of calls "
        "meanwhile may be wrong. "
        "Start `springline up` again afterwards.",
    )


def _clock_file(settings: Settings) -> Path:
    return settings.state_dir / "clock"


def secrets_private(settings: Settings) -> Finding:
    path = settings.home / "secrets.toml"
    open_to_others = [p.name for p in (path, settings.home / "demo-users.json") if p.exists() and _shared(p)]
    if not open_to_others:
        return good("secrets", "密钥文件只有本用户可读", "Secrets are readable by their owner alone")
    names = ", ".join(open_to_others)
    return fault(
        "secrets",
        f"其他用户可以读取 {names}",
        f"Other users can read {names}",
        f"在 {settings.home} 中执行 chmod 600 {names}，并考虑更换密钥。",
        f"In {settings.home}: chmod 600 {names}, and think of new secrets.",
    )


def _shared(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
