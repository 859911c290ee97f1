"""Reading and writing a home's settings.toml and secrets.toml."""

import os
import secrets as random_source
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import tomli_w

from springline.platform.files import write_whole
from springline.platform.home import default_home
from springline.platform.settings.model import Secrets, Settings, SettingsError

_NOT_IN_FILE = {"home", "secrets"}
_LISTS = {"trunk_allow", "trunk_hang_up_causes", "ban_never", "tls_names"}


def load(home: Path | None = None) -> Settings:
    """Settings of `home` (default: SPRINGLINE_HOME, else .springline in the project); makes missing secrets.

    Raises SettingsError naming the file or variable and the value that is wrong.
    """
    home = (home or default_home()).resolve()
    values = _read(home / "settings.toml")
    for name in Settings.__struct_fields__:
        if name not in _NOT_IN_FILE and (text := os.environ.get(f"SPRINGLINE_{name.upper()}")) is not None:
            values[name] = text.split(",") if name in _LISTS else text
    try:
        values["home"], values["secrets"] = str(home), _secrets(home)
    except OSError as error:
        raise SettingsError(f"{error.filename or home}: {error.strerror} (SPRINGLINE_HOME)") from error
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{home / 'settings.toml'} or a SPRINGLINE_ variable: {error}") from error


def create(home: Path, **changes: object) -> Settings:
    """Write `changes` into the home's settings.toml (other lines stay) and load it."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "settings.toml"
    values: dict[str, object] = {
        **_read(path),
        **{k: str(v) if isinstance(v, Path) else v for k, v in changes.items()},
    }
    write_whole(path, tomli_w.dumps(values).encode(), mode=0o644)
    return load(home)


def _read(path: Path) -> dict[str, object]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from error
    unknown = set(values) - (set(Settings.__struct_fields__) - _NOT_IN_FILE)
    if unknown:
        raise SettingsError(f"{path}: unknown setting {', '.join(sorted(unknown))}")
    return values


def _secrets(home: Path) -> Mapping[str, str]:
    path = home / "secrets.toml"
    values: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [name for name in Secrets.__struct_fields__ if name not in values]
    if missing:
        home.mkdir(parents=True, exist_ok=True)
        values |= {name: random_source.token_urlsafe(32) for name in missing}
        write_whole(path, tomli_w.dumps(values).encode(), mode=0o600)
    return values


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
