"""What the house of real parts is told: its config and its prompts.

Every prompt is a short tone of its own, so that a test can tell by ear what a caller was told.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from springline.contracts.config import (
    AgentConfig,
    Config,
    Device,
    FlowConfig,
    HotlineConfig,
    OutboundConfig,
    QueueConfig,
)
from springline.telephony.flow import shipped
from springline.telephony.prompts import all_ids
from springline.telephony.prompts.wav import encode

HOTLINE = "4000564000"
QUEUES = ("city", "huoshan", "shucheng", "other", "aftersale", "enterprise", "complaint", "pool")
OUTBOUND = OutboundConfig(callback_number="05643210000", allow=("+861",))
AGENTS = ("1001", "1002", "1003", "1004", "1005")
GENERALISTS = ("1004", "1005")
TIMES = {"ring_timeout": 2.0, "retry_after": 0.5, "wrap_up": 0.0, "announce_every": 30.0}
PIECES = ("vm.readback.", "agent.whisper.", "holiday.")
PIECE_HZ = 3300.0
PROMPT_SECONDS = 0.3
MENU_SECONDS = 1.5


def prompt_hz(prompt: str) -> float:
    """The tone a prompt is in this house: 1300 Hz and up, 20 Hz apart, clear of what people sound like.

    The many pieces of numbers, whispers and holidays share one.
    """
    if prompt.startswith(PIECES):
        return PIECE_HZ
    return 1300.0 + 20.0 * [i for i in all_ids() if not i.startswith(PIECES)].index(prompt)


def config(version: int = 1, flow_name: str = "main.v1", **rules: object) -> Config:
    """Agents 1001-1003 serve 霍山, 1004 and 1005 everything else; times are short, so that tests are.

    `rules` go to every queue.
    """
    document = shipped(flow_name).replace("timeout: 6", f"timeout: {MENU_SECONDS}")
    flow = FlowConfig(version=flow_name, document=document)
    everything = tuple(queue for queue in QUEUES if queue != "huoshan")
    return Config(
        version=version,
        hotlines=(HotlineConfig(number=HOTLINE, dids=(HOTLINE,), flow=flow, outbound=OUTBOUND),),
        queues=tuple(
            QueueConfig(**{"id": queue, "name": queue, **TIMES, **rules})  # type: ignore[arg-type]
            for queue in QUEUES
        ),
        agents=tuple(
            AgentConfig(
                id=agent,
                name=agent,
                queues=everything if agent in GENERALISTS else ("huoshan",),
                device=Device.SIP,
                sip_password=f"secret-of-{agent}",
            )
            for agent in AGENTS
        ),
    )


def write_prompts(folder: Path) -> None:
    folder.mkdir(parents=True)
    times = np.arange(int(8000 * PROMPT_SECONDS)) / 8000
    for prompt in all_ids():
        tone = 0.25 * np.sin(2 * np.pi * prompt_hz(prompt) * times)
        (folder / f"{prompt}.wav").write_bytes(encode(tone))
