"""What any wait of a call may end with."""

from springline.contracts.events import HangupBy
from springline.telephony.ari import Resynced


class CallerGone(Exception):
    """The caller's leg ended: Q.850 `cause`, and who ended it."""

    def __init__(self, cause: int, by: HangupBy) -> None:
        super().__init__(f"{by}, cause {cause}")
        self.cause = cause
        self.by = by


class LinkRestored(Exception):
    """The link to the engine was away and events are missing; the call is still there."""

    def __init__(self, state: Resynced) -> None:
        super().__init__("resynced")
        self.state = state
