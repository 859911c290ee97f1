"""What can be set, with its default and unit."""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from springline.platform.home import project_root

MOST_WEB_PROCESSES = 8
"""As many as are started unasked."""

HANG_UP_CAUSES = (0, 16, 31)
"""Q.850: nothing said, normal clearing, and normal without a word of why."""

NORMAL_CLEARING, LAST_CAUSE = 16, 127

LEAST_RECONCILE_SECONDS, MOST_RECONCILE_SECONDS = 1.0, 3600.0
"""A look takes the engine's lists, and a word that is on its way must not pass for one that was lost."""


class SettingsError(ValueError):
    """A setting that cannot be used; the text names the setting, its source and the remedy."""


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    ari_password: str
    nats_password: str
    django_key: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses are IPs, ports are TCP/UDP numbers, `trunk_allow` holds CIDRs of the carrier's SIP addresses.

    `trunk_contact`: host:port of the carrier that calls out go to; empty: the trunk only receives.
    `trunk_silence`: seconds without a packet of sound from the carrier after which a call is over.
    `trunk_hang_up_causes`: Q.850 numbers by which the carrier says that a person hung up; any other of an
    agent's leg means that it broke, and the caller is given to the next agent (ADR 20).
    `rtp_start`..`rtp_end` is inclusive. `public_host` is what browsers use to reach the web process.
    `engine_dir` is an unpacked engine that several homes share. `tls_names`: addresses and names by which
    browsers reach the web process over https; empty: plain http, with a microphone on this machine only.
    `second_factor`: whether those with wide rights need one; auto: when other machines reach the web process.
    `ban_never`: CIDRs whose SIP is always listened to, besides the trunk's, private ones and this machine.
    `web_processes` share the web port; 0: one on SQLite, on PostgreSQL one a core, eight at most (ADR 16).
    `reconcile_seconds`: how often control compares itself with the engine, 1 to 3600; what differs twice is
    mended.
    `journal_days`, `journal_megabytes`: how much of the calls' journal is kept for a rebuild of the tables.
    `number_months`: how long callers' numbers are kept whole, 6 to 120; then they are masked, and the journal
    of that time goes.
    """

    home: Path
    secrets: Secrets
    web_host: str = "127.0.0.1"
    web_port: int = 8400
    web_processes: Annotated[int, msgspec.Meta(ge=0, le=32)] = 0
    sip_host: str = "127.0.0.1"
    sip_port: int = 5400
    rtp_start: int = 14000
    rtp_end: int = 14999
    asterisk_http_port: int = 8488
    nats_port: int = 4422
    trunk_allow: tuple[str, ...] = ("127.0.0.1/32",)
    trunk_contact: str = ""
    trunk_silence: int = 60
    trunk_hang_up_causes: tuple[int, ...] = HANG_UP_CAUSES
    ban_never: tuple[str, ...] = ()
    public_host: str = ""
    tls_names: tuple[str, ...] = ()
    second_factor: Literal["auto", "always", "never"] = "auto"
    reconcile_seconds: float = 10.0
    journal_days: int = 400
    journal_megabytes: int = 4096
    number_months: Annotated[int, msgspec.Meta(ge=6, le=120)] = 24
    database_url: str | None = None
    engine_dir: Path | None = None
    language: str = "zh"
    debug: bool = False

    def __post_init__(self) -> None:
        if self.web_processes > 1 and not self.database_url:
            raise ValueError(
                "web_processes：SQLite 只能有一个网页进程，请改为 1，或用 database_url 换成 PostgreSQL / "
                "web_processes: SQLite allows one web process; set it to 1, or set database_url to PostgreSQL"
            )
        causes = self.trunk_hang_up_causes
        if NORMAL_CLEARING not in causes or not all(0 <= cause <= LAST_CAUSE for cause in causes):
            raise ValueError(
                f"trunk_hang_up_causes：应为 0–{LAST_CAUSE} 的 Q.850 原因值，"
                f"且须包含 {NORMAL_CLEARING}（正常挂机）/ "
                f"trunk_hang_up_causes: must be Q.850 causes, 0–{LAST_CAUSE}, {NORMAL_CLEARING} among them"
            )
        if not LEAST_RECONCILE_SECONDS <= self.reconcile_seconds <= MOST_RECONCILE_SECONDS:
            span = f"{LEAST_RECONCILE_SECONDS:g}–{MOST_RECONCILE_SECONDS:g}"
            raise ValueError(
                f"reconcile_seconds：应为 {span} 秒，不能是 {self.reconcile_seconds:g} / "
                f"reconcile_seconds: must be {span} seconds, not {self.reconcile_seconds:g}"
            )

    @property
    def web_names(self) -> tuple[str, ...]:
        """The web processes of this home, by the names of their programs, logs and figures."""
        count = self.web_processes or (
            min(len(os.sched_getaffinity(0)), MOST_WEB_PROCESSES) if self.database_url else 1
        )
        return ("web",) if count == 1 else tuple(f"web-{number}" for number in range(1, count + 1))

    @property
    def nats_url(self) -> str:
        return f"nats://127.0.0.1:{self.nats_port}"

    @property
    def web_url(self) -> str:
        """How people reach the web process."""
        host = self.public_host or (self.tls_names[0] if self.tls_names else self.web_host)
        return f"{self._scheme}://{host}:{self.web_port}"

    @property
    def local_url(self) -> str:
        """How programs on this machine reach it; verify with `platform.tls.client_context`."""
        host = "127.0.0.1" if self.web_host in {"0.0.0.0", "::"} else self.web_host  # noqa: S104 - compared
        return f"{self._scheme}://{host}:{self.web_port}"

    @property
    def _scheme(self) -> str:
        return "https" if self.tls_names else "http"

    @property
    def db_path(self) -> Path:
        return self.home / "springline.sqlite3"

    @property
    def recordings_dir(self) -> Path:
        return self.home / "recordings"

    @property
    def log_dir(self) -> Path:
        return self.home / "log"

    @property
    def state_dir(self) -> Path:
        """What processes remember between runs: lock, copy of the config, events the bus has not taken."""
        return self.home / "state"

    def serving_file(self, program: str) -> Path:
        """Made by a web process when it can serve, removed before its next start."""
        return self.state_dir / f"{program}.serving"

    @property
    def frontend_dir(self) -> Path:
        """Each app of the browser side is built in `<app>/dist` under it."""
        return project_root() / "frontend"

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return tuple(
            {self.web_host, self.public_host or self.web_host, "127.0.0.1", "localhost", *self.tls_names}
        )
