"""Writes the complete configuration folder of one instance."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from springline.telephony.engine.config import ARI_APP, CHANNEL_VARIABLES, AgentEndpoint, EngineConfig
from springline.telephony.engine.dialplan import render_dialplan
from springline.telephony.engine.modules import render_modules
from springline.telephony.engine.pjsip import render_agents, render_bans, render_pjsip, section

AGENTS_FILE, BANS_FILE = "pjsip_agents.conf", "pjsip_bans.conf"

# 450 Hz tones of the Chinese network (GB 3380).
_TONES = {
    "description": "China",
    "ringcadence": "1000,4000",
    "dial": "450",
    "busy": "450/350,0/350",
    "ring": "450/1000,0/4000",
    "congestion": "450/700,0/700",
    "callwaiting": "450/400,0/4000",
    "dialrecall": "450",
    "record": "950/400,0/10000",
    "info": "450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400",
    "stutter": "450+425",
}
# Asked for by modules we load; an empty file says "defaults" and keeps the log clean.
_EMPTY = """
    acl ccss chan_websocket cli_aliases cli_permissions codecs dnsmgr dsp features hep pjproject
    pjsip_notify prometheus queuerules queues res_stun_monitor sorcery udptl websocket_client
"""
# Messages nobody reads. Each would become JSON for control: over half of what a call causes.
_UNHEARD = (
    "ast_channel_varset_type",
    "ast_rtp_rtcp_sent_type",
    "ast_rtp_rtcp_received_type",
    "ast_channel_hangup_handler_type",
)


def render(cfg: EngineConfig, run_dir: Path, system_name: str) -> dict[str, str]:
    """All configuration files by name. `run_dir` is a short folder for the control socket."""
    files = {f"{name}.conf": "" for name in _EMPTY.split()}
    files |= {
        "asterisk.conf": _asterisk(cfg, run_dir, system_name),
        "modules.conf": render_modules(cfg.extra_modules),
        "logger.conf": _logger(),
        # Only there the engine says that a caller offered no codec of ours.
        "cli.conf": "[startup_commands]\ncore set debug 1 res_pjsip_sdp_rtp.so = yes\n",
        "http.conf": section(
            "general",
            enabled=True,
            bindaddr="127.0.0.1",
            bindport=cfg.http_port,
            sessionlimit=1000,
            session_inactivity=30000,
            session_keep_alive=15000,
        ),
        "ari.conf": _ari(cfg),
        "rtp.conf": section(
            "general", rtpstart=cfg.rtp_start, rtpend=cfg.rtp_end, icesupport=True, strictrtp=True
        ),
        "pjsip.conf": render_pjsip(cfg),
        AGENTS_FILE: render_agents(cfg.agents),
        "extensions.conf": render_dialplan(cfg),
        "musiconhold.conf": section("default", mode="files", directory=cfg.music, sort="alpha"),
        "indications.conf": section("general", country="cn") + section("cn", **_TONES),
        "cdr.conf": section("general", enable=False),
        "stasis.conf": section("declined_message_types", decline=_UNHEARD),
        "cel.conf": section("general", enable=False),
        "manager.conf": section("general", enabled=False),
    }
    return files | dict(cfg.extra_files)


def _asterisk(cfg: EngineConfig, run_dir: Path, system_name: str) -> str:
    return section(
        "directories",
        astetcdir=cfg.etc,
        astmoddir=cfg.engine.modules,
        astvarlibdir=cfg.directory / "lib",
        astdbdir=cfg.directory / "lib",
        astkeydir=cfg.directory / "lib",
        astdatadir=cfg.data,
        astagidir=cfg.directory / "agi",
        astspooldir=cfg.spool,
        astrundir=run_dir,
        astlogdir=cfg.logs,
        astsbindir=cfg.engine.root / "usr/sbin",
    ) + section(
        "options",
        systemname=system_name,
        maxcalls=cfg.max_calls or None,
        verbose=0,
        execincludes=False,
        live_dangerously=False,
        hideconnect=True,
        defaultlanguage="en",
    )


def _logger() -> str:
    levels = {
        "console": "error",
        "messages": "notice,warning,error",
        "security": "security",
        "offers": "debug",
    }
    return section(
        "general", dateformat="%F %T.%3q", queue_log=False, logger_queue_limit=5000, rotatestrategy="rotate"
    ) + section("logfiles", **levels)


def _ari(cfg: EngineConfig) -> str:
    return section(
        "general",
        enabled=True,
        pretty=False,
        allowed_origins=None,
        channelvars=",".join(CHANNEL_VARIABLES),
    ) + section(cfg.ari_user, type="user", read_only=False, password=cfg.ari_password)


def write_config(cfg: EngineConfig, run_dir: Path, system_name: str) -> None:
    """Writes every file (mode 0600, the ARI password is in one) and the folders Asterisk expects."""
    spool = ("monitor", "outgoing", "tmp", "voicemail")
    folders = [cfg.etc, cfg.logs, cfg.directory / "lib/keys", cfg.directory / "agi"]
    for folder in [*folders, *(cfg.spool / name for name in spool), *filter(None, [cfg.recordings])]:
        folder.mkdir(parents=True, exist_ok=True)
    _link_messages(cfg)
    cfg.directory.chmod(0o700)
    files = render(cfg, run_dir, system_name)
    # Control keeps these two: an engine that starts again knows the agents' devices at once, and still closes
    # out whom it did before.
    kept = {BANS_FILE: render_bans([])} | ({} if cfg.agents else {AGENTS_FILE: files.pop(AGENTS_FILE)})
    files |= {name: text for name, text in kept.items() if not (cfg.etc / name).exists()}
    for name, text in files.items():
        write_private(cfg.etc / name, text)
    _link_data(cfg)


def write_agents(cfg: EngineConfig, agents: list[AgentEndpoint]) -> None:
    """Rewrites the agents' file of a running instance; afterwards res_pjsip must be reloaded."""
    write_private(cfg.etc / AGENTS_FILE, render_agents(agents))


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; nobody else may read it. One that says so already is left alone, and on a
    full disk the old file's place is used: a program that died must be able to start again."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        path.chmod(0o600)
        return
    temporary = path.with_name(f".{path.name}.partial")
    try:
        _write(temporary, data)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno != errno.ENOSPC or not path.is_file() or path.stat().st_size < len(data):
            raise
        with path.open("r+b", buffering=0) as old:
            old.write(data)
            old.truncate()
        return
    temporary.replace(path)


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _link_messages(cfg: EngineConfig) -> None:
    """What ARI records goes where the conversations go."""
    folder = cfg.spool / "recording"
    if cfg.recordings is None:
        folder.mkdir(exist_ok=True)
    elif not folder.is_symlink():
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
        if not folder.exists():
            folder.symlink_to(cfg.recordings.absolute())


def _link_data(cfg: EngineConfig) -> None:
    """A data folder of the instance: the engine's own data by link, and our prompts as `springline/...`."""
    sounds = cfg.data / "sounds"
    sounds.mkdir(parents=True, exist_ok=True)
    links = {cfg.data / entry.name: entry for entry in cfg.engine.data.iterdir() if entry.name != "sounds"}
    links |= {sounds / entry.name: entry for entry in cfg.engine.sounds.iterdir()}
    if cfg.sounds is not None:
        links[sounds / ARI_APP] = cfg.sounds.absolute()
    for link, target in links.items():
        if link.is_symlink() or link.exists():
            link.unlink()
        link.symlink_to(target)
