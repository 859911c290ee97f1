"""Everything that distinguishes one Asterisk instance from another, and its configuration as text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import Engine

REALM = "springline"
ARI_APP = "springline"
CHANNEL_VARIABLES = ("SL_CALL", "SL_ROLE", "SL_STAGE", "SL_AGENT", "SL_QUEUE")
SHIPPED_MUSIC = Path(__file__).parent / "moh"
_ENDPOINT_ID = re.compile(r"[a-z][a-z0-9_.-]{1,62}")
# These end a value or start a comment in Asterisk's configuration files.
_UNSAFE = re.compile(r"[\r\n;]")
# Paths go into the dialplan, which knows no quoting, and into the loader's list, which is split at colons.
_PLAIN_PATH = re.compile(r"[\w/.+ @~=-]+")

LEAST_SILENCE = 10


@dataclass(frozen=True)
class AgentEndpoint:
    """A phone an agent signs in with. `ha1` is md5(id:realm:password), so that no password is stored.

    `id` starts with a letter, so that no caller's number can ever be taken for an agent.
    """

    id: str
    ha1: str
    kind: Literal["webrtc", "sip"] = "webrtc"

    def __post_init__(self) -> None:
        if not _ENDPOINT_ID.fullmatch(self.id) or self.id in {"anonymous", "trunk"}:
            raise EngineError("bad-endpoint", f"{self.id!r} cannot be the name of an agent's phone.")
        if not re.fullmatch(r"[0-9a-f]{32}", self.ha1):
            raise EngineError("bad-endpoint", f"The secret of {self.id} is not an MD5 digest in hex.")


def ha1(username: str, password: str, realm: str = REALM) -> str:
    """The digest a SIP phone proves (RFC 7616 section 3.4.2, with MD5 as SIP phones still use it)."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class AwaySounds:
    """What the dialplan says while control is away: paths of sound files without their ending."""

    greeting: str
    notice: str
    wait: str
    message: str
    beep: str
    done: str


@dataclass(frozen=True)
class EngineConfig:
    """One Asterisk instance. Paths are made absolute; ports are of this machine.

    `trunk_allow` are the carrier's networks (CIDR); an INVITE from anywhere else is refused.
    `trunk_contact` is where calls to the carrier are sent, as host:port; empty means the trunk only receives.
    `trunk_silence`: seconds without sound from the carrier after which its leg is ended; 10 or more, because
    a mobile in a lift is silent for some.
    `recordings` is the spool the recorder writes to. `extra_files` adds or replaces whole files.
    """

    directory: Path
    engine: Engine
    ari_password: str
    name: str = "springline"
    sip_bind: str = "0.0.0.0"  # noqa: S104 - a trunk comes from outside; who may call is trunk_allow
    sip_port: int = 5060
    rtp_start: int = 10000
    rtp_end: int = 10999
    http_port: int = 8088
    ari_user: str = "springline"
    trunk_name: str = "trunk"
    trunk_allow: tuple[str, ...] = ()
    trunk_contact: str = ""
    trunk_silence: int = 60
    local_networks: tuple[str, ...] = ()
    external_address: str = ""
    sounds: Path | None = None
    music: Path = SHIPPED_MUSIC
    recordings: Path | None = None
    agents: tuple[AgentEndpoint, ...] = ()
    away_sounds: AwaySounds | None = None
    max_calls: int = 0
    extra_pjsip: str = ""
    extra_dialplan: str = ""
    extra_modules: tuple[str, ...] = ()
    extra_files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "directory", self.directory.absolute())
        for name in ("name", "sip_bind", "ari_user", "ari_password", "trunk_name", "trunk_contact"):
            if _UNSAFE.search(getattr(self, name)):
                raise EngineError(
                    "bad-setting", f"The engine's setting {name} holds a character it may not hold."
                )
        if len(self.ari_password) < 16:
            raise EngineError("weak-password", "The ARI password is shorter than 16 characters.")
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", self.trunk_name):
            raise EngineError("bad-setting", f"{self.trunk_name!r} cannot be the name of a trunk.")
        if self.trunk_silence < LEAST_SILENCE:
            raise EngineError(
                "bad-setting",
                f"trunk_silence is {self.trunk_silence} s; it has to be {LEAST_SILENCE} or more.",
            )
        for path in (self.directory, self.engine.root, self.recordings or self.directory):
            _check_path(path)
        for network in (*self.trunk_allow, *self.local_networks):
            _check_network(network)
        if not 1024 <= self.rtp_start < self.rtp_end <= 65535:
            raise EngineError(
                "bad-setting", f"RTP ports {self.rtp_start}-{self.rtp_end} are not a usable range."
            )

    @property
    def etc(self) -> Path:
        return self.directory / "etc"

    @property
    def spool(self) -> Path:
        return self.directory / "spool"

    @property
    def logs(self) -> Path:
        return self.directory / "log"

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def security_log(self) -> Path:
        """One line per security event, refused attempts included."""
        return self.logs / "security"

    @property
    def message_log(self) -> Path:
        """Notices, warnings and errors."""
        return self.logs / "messages"

    @property
    def offer_log(self) -> Path:
        """What the engine makes of offered media, some lines a call."""
        return self.logs / "offers"

    @property
    def database(self) -> Path:
        """Asterisk's own, of registrations and what the dialplan keeps."""
        return self.directory / "lib/astdb.sqlite3"

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}/ari"


def _check_path(path: Path) -> None:
    if not _PLAIN_PATH.fullmatch(str(path)):
        raise EngineError(
            "bad-path",
            f"{path} has a character that the engine's configuration cannot carry: letters, digits, blanks "
            "and / . + - _ @ ~ = are fine. Choose another folder with SPRINGLINE_HOME.",
            f"路径 {path} 含有通话引擎配置无法使用的字符，请换一个目录（SPRINGLINE_HOME）。",
        )


def _check_network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise EngineError(
            "bad-network",
            f"{text!r} is not a network such as 203.0.113.0/24: {error}",
            f"{text!r} 不是有效的网段。",
        ) from error
