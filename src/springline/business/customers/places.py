"""The region pack and the prefix table of this home, read once and again when their files change.

`regions/pack.json`, `regions/phone.dat` or `regions/prefixes.csv` below the home replace what is shipped. A
file that cannot be read is logged and left aside: calls do not wait for it to be mended.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from django.conf import settings

from springline.business.customers.regions import Located, Locator, Pack, load, shipped
from springline.business.customers.regions.prefixes import NoPrefixes, PrefixTable, read

log = structlog.get_logger("regions")
T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    stamp: tuple[str, int, int] | None
    value: T


_lock = threading.Lock()
_PREFIX_FILES = "phone.dat", "prefixes.csv"
_locators: dict[Path, _Kept[Locator]] = {}
_prefixes: dict[Path, _Kept[PrefixTable]] = {}


def folder() -> Path:
    home: Path = settings.HOME.home
    return home / "regions"


def locator() -> Locator:
    return _current(_locators, ("pack.json",), lambda path: Locator(load(path) if path else shipped()))


def pack() -> Pack:
    return locator().pack


def prefixes() -> PrefixTable:
    """An empty table when the operator has dropped in none."""
    return _current(_prefixes, _PREFIX_FILES, lambda path: read(path) if path else NoPrefixes())


def prefix_file_name() -> str | None:
    """Of the file that `prefixes` reads; None: there is none."""
    path, _stamp = _newest(folder(), _PREFIX_FILES)
    return path.name if path is not None else None


def locate(text: str) -> Located:
    return locator().locate(text)


def counties_zh(region: str) -> str:
    """The names of an adcode, or of several joined by "+"; "" where none is known."""
    names = {county.adcode: county.name for county in pack().counties}
    return "、".join(names[code] for code in region.split("+") if code in names)


def _current(kept: dict[Path, _Kept[T]], names: tuple[str, ...], make: Callable[[Path | None], T]) -> T:
    where = folder()
    path, stamp = _newest(where, names)
    held = kept.get(where)
    if held is not None and held.stamp == stamp:
        return held.value
    with _lock:
        held = kept.get(where)
        if held is None or held.stamp != stamp:
            held = _Kept(stamp, _made(make, path))
            kept[where] = held
    return held.value


def _newest(where: Path, names: tuple[str, ...]) -> tuple[Path | None, tuple[str, int, int] | None]:
    for name in names:
        path = where / name
        try:
            stat = path.stat()
        except OSError:
            continue
        return path, (name, stat.st_mtime_ns, stat.st_size)
    return None, None


def _made(make: Callable[[Path | None], T], path: Path | None) -> T:
    try:
        return make(path)
    except (OSError, ValueError) as error:
        log.error("region_file_unusable", file=path.name if path else None, problem=str(error))
        return make(None)
