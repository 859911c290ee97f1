"""The config snapshot: all that the live floor must know, published by the business floor.

Control keeps the last good snapshot on disk, so that calls are taken even when the web is down at start.
"""

from enum import StrEnum

import msgspec


class Device(StrEnum):
    """WEBRTC: the desk's softphone. SIP: a desk phone that registers with digest over UDP."""

    WEBRTC = "webrtc"
    SIP = "sip"


class QueueConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`regions` are adcodes served (many-to-many, requirements D3); times are seconds."""

    id: str
    name: str
    regions: tuple[str, ...] = ()
    transfer_prompt: str | None = None
    ring_timeout: float = 15.0
    retry_after: float = 3.0
    wrap_up: float = 15.0
    announce_every: float = 20.0
    max_wait: float = 600.0


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id` is the extension (digits); the engine's endpoint is `agent-<id>`. `queues` are the skills.

    `sip_password` is random per agent and never shown; the desk gets it after sign-in.
    """

    id: str
    name: str
    queues: tuple[str, ...]
    device: Device
    sip_password: str


class FlowConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One IVR version: the text of the flow document (format: telephony/flow)."""

    version: str
    document: str


class HotlineConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`number` is what is printed (digits); `dids` are the numbers the trunk presents for it (§2.2)."""

    number: str
    dids: tuple[str, ...]
    flow: FlowConfig
    area_code: str = "0564"
    masked_callers: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    hotlines: tuple[HotlineConfig, ...]
    queues: tuple[QueueConfig, ...]
    agents: tuple[AgentConfig, ...]
