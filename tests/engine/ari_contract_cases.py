"""What the call controller relies on, as cases that a real Asterisk and the fake must both pass.

Asterisk leaves some things open and no case looks there: the order of a response and the event of one act,
and so whether a playback in the response is queued or playing; BridgeDestroyed, which comes only if a channel
is still inside; the first Dial of a leg whose other side acts in the same instant.
"""

from . import ari_caller_cases, ari_connection_cases, ari_leg_cases
from .ari_case_tools import CASES

__all__ = ["CASES", "ari_caller_cases", "ari_connection_cases", "ari_leg_cases"]
