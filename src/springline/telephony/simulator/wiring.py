"""The configuration of the carrier's Asterisk: one peer, phones that register with it, and a recorder."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.home import Engine
from springline.telephony.engine.pjsip import section
from springline.telephony.simulator.errors import SimulatorError

APP = "simulator"
PEER = "house"
_PLAIN_PATH = re.compile(r"[\w/.+ @-]+")


@dataclass(frozen=True)
class PhoneAccount:
    """An agent's desk phone: registers as the endpoint `agent-<id>` of the system under test."""

    id: str
    password: str

    @property
    def user(self) -> str:
        return f"agent-{self.id}"


@dataclass(frozen=True)
class Ports:
    """UDP port for SIP, TCP port for ARI, and the first and last UDP port for sound."""

    sip: int
    http: int
    rtp_first: int
    rtp_last: int


def carrier_config(
    engine: Engine, directory: Path, ports: Ports, host: str, target: str, phones: Sequence[PhoneAccount]
) -> EngineConfig:
    """`target` is host:port of the system under test; `host` is the address this carrier speaks from.

    Raises SimulatorError `bad-path`: the folder's name goes into the dialplan, which knows no quoting.
    """
    directory = directory.absolute()
    if not _PLAIN_PATH.fullmatch(str(directory)):
        raise SimulatorError("bad-path", f"{directory} has characters that a dialplan cannot carry.")
    return EngineConfig(
        directory=directory,
        engine=engine,
        ari_password=secrets.token_urlsafe(24),
        name="carrier",
        sip_bind=host,
        sip_port=ports.sip,
        http_port=ports.http,
        rtp_start=ports.rtp_first,
        rtp_end=ports.rtp_last,
        extra_pjsip=_peer(target) + "".join(_phone(account, target) for account in phones),
        extra_dialplan=_dialplan(heard_folder(directory)),
    )


def heard_folder(directory: Path) -> Path:
    return directory / "heard"


def _peer(target: str) -> str:
    """`send_pai` off: a carrier under test shows its caller in From, so a strange From stays what it is."""
    endpoint = section(
        PEER,
        type="endpoint",
        transport="transport-udp",
        context="simulated-phone",
        disallow="all",
        allow="alaw,ulaw",
        dtmf_mode="rfc4733",
        direct_media=False,
        rtp_symmetric=True,
        trust_id_outbound=True,
    )
    return endpoint + section(f"{PEER}-address", type="identify", endpoint=PEER, match=target.split(":")[0])


def _phone(account: PhoneAccount, target: str) -> str:
    auth = section(
        f"{account.user}-auth",
        type="auth",
        auth_type="userpass",
        username=account.user,
        password=account.password,
    )
    return auth + section(
        account.user,
        type="registration",
        transport="transport-udp",
        outbound_auth=f"{account.user}-auth",
        server_uri=f"sip:{target}",
        client_uri=f"sip:{account.user}@{target}",
        contact_user=account.user,
        expiration=120,
        max_random_initial_delay=0,
        retry_interval=1,
        forbidden_retry_interval=1,
        fatal_retry_interval=1,
        auth_rejection_permanent=False,
        max_retries=1000,
    )


def _dialplan(heard: Path) -> str:
    """D: what this phone hears on the left channel, what it says on the right."""
    return f"""
[simulated-caller]
exten => s,1,MixMonitor({heard}/${{UNIQUEID}}.raw,D)
 same => n,Stasis({APP},caller)
 same => n,Hangup()

; Phones' names begin with a letter, subscribers' numbers with a digit.
[simulated-phone]
exten => _[+0-9].,1,MixMonitor({heard}/${{UNIQUEID}}.raw,D)
 same => n,Stasis({APP},subscriber,${{EXTEN}})
 same => n,Hangup()
exten => _[a-z].,1,MixMonitor({heard}/${{UNIQUEID}}.raw,D)
 same => n,Stasis({APP},phone,${{EXTEN}})
 same => n,Hangup()
"""
