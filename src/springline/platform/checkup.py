"""Check-up of the ground: the home's disk, its secrets, and whether anybody runs it."""

import fcntl
import os
import shutil
from pathlib import Path

from springline.platform.findings import Finding, fault, good, warning
from springline.platform.settings import Settings

GB = 1024**3
LITTLE, TOO_LITTLE = 3 * GB, GB // 2
FEW_FILES = 10_000


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
    """`free` in bytes; None: ask the disk of the home."""
    free = shutil.disk_usage(settings.home).free if free is None else free
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
