"""The config snapshot: all that the live floor must know, published by the business floor.

Control keeps the last good snapshot on disk, so that calls are taken even when the web is down at start.
"""

from enum import StrEnum

import msgspec


class Device(StrEnum):
    """WEBRTC: the desk's softphone. SIP: a desk phone that registers with digest over UDP."""

    WEBRTC = "webrtc"
    SIP = "sip"


class Whisper(StrEnum):
    """Which agents hear region, intent and whether they know the caller before they are joined to them.
    NO_SCREEN: those on a desk phone or a mobile."""

    NEVER = "never"
    NO_SCREEN = "no_screen"
    ALWAYS = "always"


class QueueConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`regions` are adcodes served (many-to-many, requirements D3); times are seconds.

    After `overflow_after` a caller waits in the lines of `overflow_to` as well (§1.2 #12); at once where the
    wait to be expected is longer than `overflow_wait`, or nobody is at work. `no_agent_wait`: the longest
    wait while nobody at all is signed in. `handling`: what one call takes, until the queue has seen some.
    `head_start`: how much longer a caller with an order on its way, or one who calls again, counts as having
    waited. `last_agent_first`: who talked with the caller last gets the call, if free.
    """

    id: str
    name: str
    regions: tuple[str, ...] = ()
    transfer_prompt: str | None = None
    ring_timeout: float = 15.0
    retry_after: float = 3.0
    wrap_up: float = 15.0
    announce_every: float = 20.0
    max_wait: float = 600.0
    overflow_after: float = 20.0
    overflow_wait: float = 90.0
    overflow_to: tuple[str, ...] = ()
    no_agent_wait: float | None = None
    handling: float = 150.0
    head_start: float = 60.0
    last_agent_first: bool = False
    whisper: Whisper = Whisper.NEVER


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id` is the extension (digits); the engine's endpoint is `agent-<id>`. `queues` are the skills.

    `sip_password` is random per agent, for a phone; who sets one up sees it. `softphone_secret` is between
    the engine and the SIP proxy; no browser knows it, and without one no browser registers.
    `desk_phone`: besides the browser there is a phone, whose endpoint is `agent-<id>.sip`; it rings where the
    browser is not there or does not answer. `mobile`: their own, in E.164; it rings while they want it to
    (MobileUse) and a rule of the hotline allows it.
    """

    id: str
    name: str
    queues: tuple[str, ...]
    device: Device
    sip_password: str
    mobile: str | None = None
    desk_phone: bool = False
    softphone_secret: str = ""


class FlowConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One IVR version: the text of the flow document (format: telephony/flow)."""

    version: str
    document: str


class Span(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open from `opens` until just before `closes`, in minutes from midnight."""

    opens: int
    closes: int


class SpecialDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day that differs. `spans`: None means as in the week, empty means closed. `holiday`: its prompt."""

    spans: tuple[Span, ...] | None = None
    holiday: str | None = None


class ServiceHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`week`: Monday first, seven entries. `days`: ISO dates that differ. What follows from it:
    platform.service_hours."""

    week: tuple[tuple[Span, ...], ...]
    days: dict[str, SpecialDay] = {}
    timezone: str = "Asia/Shanghai"


class OutboundConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may be called, and what they see. `callback_number`: digits, never a 400 number (§2.1). `allow`:
    beginnings of E.164 numbers; what none of them allows is denied. `daily_calls`: no more in one day.

    `rate`: 分 for each begun minute; `daily_spend`: no further call once another minute would exceed it (分).
    """

    callback_number: str
    allow: tuple[str, ...] = ()
    daily_calls: int = 200
    rate: int = 15
    daily_spend: int = 10_000


class HotlineConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`number` is what is printed (digits); `dids` are the numbers the trunk presents for it (§2.2)."""

    number: str
    dids: tuple[str, ...]
    flow: FlowConfig
    area_code: str = "0564"
    masked_callers: tuple[str, ...] = ()
    hours: ServiceHours | None = None
    outbound: OutboundConfig | None = None


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    hotlines: tuple[HotlineConfig, ...]
    queues: tuple[QueueConfig, ...]
    agents: tuple[AgentConfig, ...]
