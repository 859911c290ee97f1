"""pjsip.conf: the carrier's trunk by address, agents' phones by digest, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable

from springline.telephony.engine.config import REALM, AgentEndpoint, EngineConfig

NO_CONTEXT = "no-messages"
"""No such context exists: a text from outside a call finds nobody (404), and never the way of the calls."""


def section(name: str, template: str = "", **options: object) -> str:
    """One section; a tuple becomes one line per element, None is left out, booleans become yes and no."""
    lines = [f"[{name}]{template}"]
    for key, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        lines += [f"{key}={_text(v)}" for v in values if v is not None]
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def render_pjsip(cfg: EngineConfig) -> str:
    """pjsip.conf of one instance; agents are in a file of their own, which control rewrites."""
    parts = [_general(), _transports(cfg), _trunk(cfg), _agent_templates()]
    included = "#include pjsip_agents.conf\n#include pjsip_bans.conf\n"
    return "\n".join([*parts, included, cfg.extra_pjsip])


def _general() -> str:
    return section(
        "global",
        type="global",
        user_agent="Springline",
        default_realm=REALM,
        # A carrier may write more behind our number, such as ;npdi or ;phone-context=+86.
        ignore_uri_user_options=True,
        # Username first: an agent's browser may come through the same address as the trunk.
        endpoint_identifier_order="username,ip",
        max_initial_qualify_time=2,
    ) + section("system", type="system", threadpool_initial_size=4, threadpool_auto_increment=4)


def _transports(cfg: EngineConfig) -> str:
    udp = section(
        "transport-udp",
        type="transport",
        protocol="udp",
        bind=f"{cfg.sip_bind}:{cfg.sip_port}",
        local_net=cfg.local_networks,
        external_media_address=cfg.external_address or None,
        external_signaling_address=cfg.external_address or None,
    )
    # The listener is the one of http.conf; this bind only has to parse.
    return udp + section("transport-ws", type="transport", protocol="ws", bind="127.0.0.1")


def _trunk(cfg: EngineConfig) -> str:
    name = cfg.trunk_name
    endpoint = section(
        name,
        type="endpoint",
        transport="transport-udp",
        context="from-trunk",
        disallow="all",
        allow="alaw,ulaw",
        # Keys as tones are listened for where the carrier offers no events: an analogue gateway has none.
        # INFO is heard in any mode.
        dtmf_mode="auto",
        direct_media=False,
        rtp_symmetric=True,
        force_rport=True,
        rtp_timeout=cfg.trunk_silence,
        rtp_timeout_hold=600,
        timers=True,
        timers_sess_expires=1800,
        trust_id_inbound=True,
        allow_transfer=False,
        allow_subscribe=False,
        message_context=NO_CONTEXT,
        send_connected_line=False,
        tone_zone="cn",
        from_domain=None,
        aors=name if cfg.trunk_contact else None,
    )
    if cfg.trunk_contact:
        contact = section(name, type="aor", contact=f"sip:{cfg.trunk_contact}", qualify_frequency=10)
        endpoint += contact
    if cfg.trunk_allow:
        endpoint += section(f"{name}-addresses", type="identify", endpoint=name, match=cfg.trunk_allow)
    return endpoint


def _agent_templates() -> str:
    shared: dict[str, object] = {
        "type": "endpoint",
        "context": "from-agent",
        "disallow": "all",
        "identify_by": "username",
        "direct_media": False,
        "allow_transfer": False,
        "allow_subscribe": False,
        "message_context": NO_CONTEXT,
        # Otherwise a leg is negotiated with anew whenever it is bridged with somebody else.
        "send_connected_line": False,
        "device_state_busy_at": 1,
        # A browser that vanished sends no BYE; its missing sound ends the leg.
        "rtp_timeout": 30,
        "rtp_timeout_hold": 600,
        "tone_zone": "cn",
        # One codec, the trunk's own: with two, a leg that was bridged with another party changed to the other
        # one and its listener went deaf. Nothing wider than 8 kHz either: beside Opus the recorder's
        # two-channel file keeps 160 samples of every 20 ms at that codec's rate and loses the rest.
        "allow": "alaw",
    }
    webrtc = section("agent-webrtc", "(!)", **shared, transport="transport-ws", webrtc=True)
    sip = section(
        "agent-sip",
        "(!)",
        **shared,
        transport="transport-udp",
        dtmf_mode="auto_info",
        rtp_symmetric=True,
        force_rport=True,
        rewrite_contact=True,
    )
    aor = section(
        "agent-aor",
        "(!)",
        type="aor",
        max_contacts=1,
        remove_existing=True,
        qualify_frequency=15,
        qualify_timeout=3,
        minimum_expiration=30,
        maximum_expiration=600,
        default_expiration=120,
    )
    return webrtc + sip + aor + section("agent-auth", "(!)", type="auth", auth_type="digest")


def render_bans(addresses: Iterable[str]) -> str:
    """pjsip_bans.conf: whose packets are answered 403 before anything else looks at them."""
    denied = tuple(f"{address}/{128 if ':' in address else 32}" for address in addresses)
    text = section("banned", type="acl", deny=denied) if denied else ""
    return "; Written by the program; changes made here are lost.\n" + text


def render_agents(agents: Iterable[AgentEndpoint]) -> str:
    """pjsip_agents.conf: endpoint, address of record and secret of each agent's phone, in a stable order."""
    parts = ["; Written by the program; changes made here are lost.\n"]
    for agent in sorted(agents, key=lambda a: a.id):
        parts.append(section(agent.id, f"(agent-{agent.kind})", aors=agent.id, auth=agent.id))
        parts.append(section(agent.id, "(agent-aor)", type="aor"))
        parts.append(
            section(
                agent.id,
                "(agent-auth)",
                type="auth",
                username=agent.id,
                password_digest=f"MD5:{agent.ha1}",
            )
        )
    return "\n".join(parts)
