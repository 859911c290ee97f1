"""The engine and nats-server of one home, from its settings."""

from pathlib import Path

from springline.platform.settings import Settings
from springline.telephony.engine.config import AwaySounds, EngineConfig
from springline.telephony.engine.home import require_engine
from springline.telephony.engine.nats import NatsConfig
from springline.telephony.prompts import resolve

AWAY_PROMPTS = {
    "greeting": "welcome.day",
    "notice": "notice.record",
    "wait": "route.transfer.agent",
    "message": "busy.voicemail",
    "beep": "beep",
    "done": "outarea.bye",
}


def engine_config(settings: Settings) -> EngineConfig:
    """Raises EngineError `no-engine` when nothing is unpacked yet."""
    return EngineConfig(
        directory=settings.home / "asterisk",
        engine=require_engine(settings.home, settings.engine_dir),
        ari_password=settings.secrets.ari_password,
        sip_bind=settings.sip_host,
        sip_port=settings.sip_port,
        rtp_start=settings.rtp_start,
        rtp_end=settings.rtp_end,
        http_port=settings.asterisk_http_port,
        trunk_allow=settings.trunk_allow,
        trunk_contact=settings.trunk_contact,
        trunk_silence=settings.trunk_silence,
        recordings=settings.recordings_dir,
        away_sounds=AwaySounds(**{part: _sound(settings, prompt) for part, prompt in AWAY_PROMPTS.items()}),
    )


def _sound(settings: Settings, prompt: str) -> str:
    return str(resolve(settings.home, prompt).with_suffix(""))


def bans_file(settings: Settings) -> Path:
    return settings.state_dir / "bans.json"


def nats_config(settings: Settings) -> NatsConfig:
    return NatsConfig(
        directory=settings.home / "nats",
        engine=require_engine(settings.home, settings.engine_dir),
        port=settings.nats_port,
        token=settings.secrets.nats_password,
    )
