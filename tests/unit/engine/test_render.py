"""The configuration as text: nothing open by default, nothing injected, nothing forgotten."""

from __future__ import annotations

import dataclasses
import re
import stat
from pathlib import Path

import pytest

from springline.platform.findings import Level
from springline.telephony.engine.checkup import unstored
from springline.telephony.engine.config import AgentEndpoint, AwaySounds, EngineConfig, ha1
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import Engine
from springline.telephony.engine.modules import MODULES, render_modules
from springline.telephony.engine.nats import NatsConfig, render_nats
from springline.telephony.engine.pjsip import render_agents, section
from springline.telephony.engine.render import (
    AGENTS_FILE,
    render,
    write_agents,
    write_config,
    write_private,
)

SECRET = "s3cret-s3cret-s3cret"


@pytest.fixture
def cfg(tmp_path: Path) -> EngineConfig:
    return EngineConfig(directory=tmp_path / "one", engine=Engine(tmp_path / "engine"), ari_password=SECRET)


def text(cfg: EngineConfig, name: str) -> str:
    return render(cfg, Path("/run/x"), "springline-1")[name]


def options(content: str, name: str) -> dict[str, str]:
    """The options of the first section called `name`."""
    body = re.split(rf"^\[{re.escape(name)}\].*$", content, maxsplit=1, flags=re.MULTILINE)[1]
    body = re.split(r"^\[", body, maxsplit=1, flags=re.MULTILINE)[0]
    return dict(line.split("=", 1) for line in body.splitlines() if "=" in line)


def test_nobody_may_call_until_the_trunk_has_an_address(cfg: EngineConfig) -> None:
    pjsip = text(cfg, "pjsip.conf")
    assert "type=identify" not in pjsip
    assert "anonymous" not in pjsip
    allowed = dataclasses.replace(cfg, trunk_allow=("203.0.113.0/24", "2001:db8::/32"))
    identify = text(allowed, "pjsip.conf").split("[trunk-addresses]")[1]
    assert "match=203.0.113.0/24\nmatch=2001:db8::/32\n" in identify


def test_management_is_on_loopback_and_there_is_no_ami(cfg: EngineConfig) -> None:
    assert options(text(cfg, "http.conf"), "general")["bindaddr"] == "127.0.0.1"
    assert options(text(cfg, "manager.conf"), "general") == {"enabled": "no"}


def test_the_ari_password_is_in_one_file_only(cfg: EngineConfig) -> None:
    holding = [name for name, content in render(cfg, Path("/run/x"), "s").items() if SECRET in content]
    assert holding == ["ari.conf"]


@pytest.mark.parametrize("password", ["", "short", "with\nnewline-and-more", "with;comment-and-more"])
def test_a_weak_or_unsafe_ari_password_is_refused(cfg: EngineConfig, password: str) -> None:
    with pytest.raises(EngineError):
        dataclasses.replace(cfg, ari_password=password)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trunk_allow": ("all",)},
        {"trunk_allow": ("10.0.0.0/33",)},
        {"trunk_name": "trunk]\n[x"},
        {"trunk_contact": "host\nallow=all"},
        {"rtp_start": 20000, "rtp_end": 10000},
        {"rtp_start": 80},
        {"directory": Path("/home/a,b")},
        {"recordings": Path("/home/a&b")},
        {"engine": Engine(Path("/home/a:b"))},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(cfg: EngineConfig, wrong: dict[str, object]) -> None:
    with pytest.raises(EngineError):
        dataclasses.replace(cfg, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["1001", "+8613800000000", "anonymous", "trunk", "Agent", "a b", "a]\n[b", ""]
)
def test_an_agents_name_is_never_a_callers_number(name: str) -> None:
    with pytest.raises(EngineError):
        AgentEndpoint(name, "0" * 32)


def test_agents_are_written_in_order_with_a_digest_and_no_password() -> None:
    agents = [
        AgentEndpoint("agent-2", ha1("agent-2", "pw"), "sip"),
        AgentEndpoint("agent-1", ha1("agent-1", "pw")),
    ]
    rendered = render_agents(agents)
    assert rendered == render_agents(reversed(agents))
    assert re.findall(r"\[(agent-\d)\]\((\S+)\)", rendered) == [
        ("agent-1", "agent-webrtc"),
        ("agent-1", "agent-aor"),
        ("agent-1", "agent-auth"),
        ("agent-2", "agent-sip"),
        ("agent-2", "agent-aor"),
        ("agent-2", "agent-auth"),
    ]
    assert f"password_digest=MD5:{ha1('agent-1', 'pw')}" in rendered
    assert "pw" not in rendered.replace("password", "")


def test_the_digest_is_the_one_of_the_standard() -> None:
    # RFC 2617, section 3.5
    assert ha1("Mufasa", "Circle Of Life", "testrealm@host.com") == "939e7578ed9e3c518a452acee763bce9"


def test_the_trunks_line_is_watched(cfg: EngineConfig) -> None:
    trunk = options(text(cfg, "pjsip.conf"), "trunk")
    assert (trunk["rtp_timeout"], trunk["rtp_timeout_hold"]) == ("60", "600")
    assert (trunk["context"], trunk["direct_media"], trunk["timers"]) == ("from-trunk", "no", "yes")
    assert trunk["dtmf_mode"] == "auto", "callers of an analogue gateway need their tones heard"
    shared = options(text(cfg, "pjsip.conf"), "global")
    assert (shared["endpoint_identifier_order"], shared["ignore_uri_user_options"]) == ("username,ip", "yes")


@pytest.mark.parametrize("seconds", [0, 9])
def test_a_trunk_that_may_hardly_be_silent_is_refused(cfg: EngineConfig, seconds: int) -> None:
    with pytest.raises(EngineError, match="trunk_silence"):
        dataclasses.replace(cfg, trunk_silence=seconds)


def test_special_extensions_never_match_a_callers_pattern(cfg: EngineConfig) -> None:
    patterns = re.findall(r"exten => _(\S+?),1", text(cfg, "extensions.conf").replace("_XXXXXXXX.", ""))
    assert patterns
    assert all(pattern.endswith(("].", "[0-9]")) for pattern in patterns)


def test_without_control_the_dialplan_greets_tells_of_the_recording_rings_and_takes_a_message(
    cfg: EngineConfig,
) -> None:
    assert "Playback(" not in text(cfg, "extensions.conf")
    sounds = AwaySounds("/p/welcome", "/p/notice", "/p/wait", "/p/message", "/p/beep", "/p/done")
    plan = text(dataclasses.replace(cfg, away_sounds=sounds), "extensions.conf").split("[fallback]")[1]
    steps = re.findall(r",((?:Playback|Dial|MixMonitor|Record)\([^,)]*)", plan)
    assert [step.split("(")[1] if step.startswith("Play") else step.split("(")[0] for step in steps] == [
        "/p/welcome", "/p/notice", "/p/wait", "MixMonitor", "Dial",
        "/p/message", "/p/beep", "Record", "/p/done",
    ]  # fmt: skip


def test_who_called_without_control_is_in_the_database_and_in_memory(cfg: EngineConfig) -> None:
    sounds = AwaySounds("/p/welcome", "/p/notice", "/p/wait", "/p/message", "/p/beep", "/p/done")
    plan = text(dataclasses.replace(cfg, away_sounds=sounds), "extensions.conf").split("[fallback]")[1]
    steps = (
        "Set(DB(away/${SL_AWAY})=1)",
        "Set(GLOBAL(SL_AWAY_${UNIQUEID})=${SL_AWAY})",
        "Set(GLOBAL(SL_AWAY_ANY)=1)",
        "Playback(",
    )
    places = [plan.index(step) for step in steps]
    assert places == sorted(places)


def test_the_check_up_counts_who_is_only_in_memory() -> None:
    printed = "   SL_AWAY_1.2=20260101T000100_1.2_138_400\n   SL_AWAY_3.4=\n   SL_AWAY_ANY=1\n   OTHER=x\n"
    assert unstored(printed).level is Level.WARNING
    assert "1 通" in unstored(printed).zh
    assert "1 calls" in unstored(printed).en
    assert unstored("   SL_AWAY_ANY=1\n").level is Level.GOOD


def test_no_dialplan_of_ours_leads_out_by_the_trunk(cfg: EngineConfig) -> None:
    """Calls out are made by control alone, which shows the call-back number; agents' phones call nobody."""
    plan = text(cfg, "extensions.conf")
    assert not re.search(r"@trunk|CALLERID\(\w+\)\s*=", plan)
    from_agent = plan.split("[from-agent]")[1]
    assert set(re.findall(r",1,(\w+)", from_agent)) == {"Hangup"}


def test_extras_are_added_and_files_replaced(cfg: EngineConfig) -> None:
    changed = dataclasses.replace(
        cfg,
        extra_dialplan="[bench]\n",
        extra_pjsip="[carrier]\n",
        extra_modules=("app_forkcdr",),
        extra_files={"queues.conf": "[q]\n", "rtp.conf": "[general]\n"},
        max_calls=30,
    )
    assert text(changed, "extensions.conf").endswith("[bench]\n")
    assert text(changed, "pjsip.conf").endswith("[carrier]\n")
    assert text(changed, "queues.conf") == "[q]\n"
    assert text(changed, "rtp.conf") == "[general]\n"
    assert "load = app_forkcdr.so" in text(changed, "modules.conf")
    assert options(text(changed, "asterisk.conf"), "options")["maxcalls"] == "30"
    assert "maxcalls" not in text(cfg, "asterisk.conf")


def test_every_module_is_loaded_once_and_nothing_by_itself() -> None:
    assert len(set(MODULES)) == len(MODULES)
    assert "autoload=no" in render_modules()
    assert not {"chan_sip", "res_ari_mailboxes", "app_minivm", "pbx_ael", "res_phoneprov"} & set(MODULES)


def test_no_bridge_carries_sound_past_the_recorder() -> None:
    assert "bridge_native_rtp" not in MODULES


def test_a_section_writes_lists_switches_and_leaves_out_nothing_said() -> None:
    assert section("x", a=True, b=("1", "2"), c=None, d=5) == "[x]\na=yes\nb=1\nb=2\nd=5\n"


def test_a_private_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "secret.conf"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_nats_listens_on_loopback_and_asks_for_a_token(tmp_path: Path) -> None:
    nats = NatsConfig(tmp_path / '泉线 "quotes"', Engine(tmp_path), 4222, SECRET)
    rendered = render_nats(nats, "springline-1")
    assert '泉线 \\"quotes\\"/jetstream"' in rendered  # nats-server knows no \\u escapes
    assert 'listen: "127.0.0.1:4222"' in rendered
    assert f'token: "{SECRET}"' in rendered
    assert SECRET not in nats.url
    for token in ("", "short", 'quote"quote"quote"quote"'):
        with pytest.raises(EngineError):
            dataclasses.replace(nats, token=token)


def test_a_program_can_start_again_on_a_full_disk(tmp_path: Path) -> None:
    """Its configuration differs from the former one by the name of the run."""
    path = tmp_path / "nats.conf"
    write_private(path, 'name: "springline-0a1b2c3d"\n')
    # The kernel itself says that there is no room.
    partial = tmp_path / ".nats.conf.partial"
    partial.symlink_to("/dev/full")
    write_private(path, 'name: "springline-4e5f6a7b"\n')
    assert path.read_text() == 'name: "springline-4e5f6a7b"\n'
    partial.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        write_private(path, "longer\n" * 10)
    assert path.read_text() == 'name: "springline-4e5f6a7b"\n'


def test_an_engine_that_starts_again_still_knows_the_agents_devices(cfg: EngineConfig) -> None:
    """Control wrote them while it ran; nobody tells it to do so again."""
    cfg.engine.sounds.mkdir(parents=True)
    cfg.directory.mkdir()
    write_config(cfg, cfg.directory, "first")
    assert "agent-1001" not in (cfg.etc / AGENTS_FILE).read_text()
    write_agents(cfg, [AgentEndpoint(id="agent-1001", ha1=ha1("agent-1001", SECRET), kind="sip")])
    write_config(cfg, cfg.directory, "second")
    assert "agent-1001" in (cfg.etc / AGENTS_FILE).read_text()
