"""What every call needs from the house."""

from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from springline.contracts.config import AgentConfig, Config, HotlineConfig, QueueConfig
from springline.contracts.events import AnyEvent
from springline.telephony.ari import Ari
from springline.telephony.control.line import Sounds
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.locating import Locator
from springline.telephony.control.numbers import bare
from springline.telephony.control.switchboard import Switchboard
from springline.telephony.flow import Flow

if TYPE_CHECKING:
    from springline.telephony.control.calls_out import CallsOut
    from springline.telephony.control.reach import Reach


@dataclass
class Plan:
    """A config in force: its hotlines by bare DID with their parsed flows, its queues and agents by id."""

    config: Config
    by_did: dict[str, tuple[HotlineConfig, Flow]]
    queues: dict[str, QueueConfig]
    agents: dict[str, AgentConfig]

    def reached_by(self, dialled: str) -> tuple[HotlineConfig, Flow] | None:
        """The hotline of a number as the trunk presents it; None: it is none of ours."""
        return self.by_did.get(bare(dialled))


@dataclass
class Office:
    """`spawn(name, coroutine)` runs something that outlives its call, and keeps it. `hang_up_causes`: Q.850,
    by which a hang-up by a person comes (ADR 20). `link_lost_at`: when the link to the engine was last lost.
    """

    ari: Ari
    board: LiveBoard
    switchboard: Switchboard
    journal: Callable[[AnyEvent], None]
    sounds: Sounds
    recordings: Path
    plan: Plan
    locator: Locator
    calls_out: "CallsOut"
    reach: "Reach"
    spawn: Callable[[str, Coroutine[object, object, None]], None]
    hang_up_causes: Collection[int]
    link_lost_at: datetime | None = None
