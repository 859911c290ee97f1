"""The same INVITE once more: forked by a proxy on the way, repeated late, or replayed.

The engine takes it for another call wherever its transaction is over (RFC 3261 8.2.2.2 wants it refused).
"""

from collections import OrderedDict

from springline.telephony.ari.generated.models import Channel
from springline.telephony.control.facts import Facts

KEPT = 4096
"""Calls remembered: some hours of a hotline, minutes of a flood."""


class Repeats:
    def __init__(self) -> None:
        self._calls: OrderedDict[str, Facts] = OrderedDict()

    def note(self, channel: Channel, facts: Facts) -> None:
        """`channel` is the caller's leg of this call from now on."""
        if channel.protocol_id:
            self._calls[channel.protocol_id] = facts
            if len(self._calls) > KEPT:
                self._calls.popitem(last=False)

    def is_one(self, channel: Channel) -> bool:
        """Whether its Call-ID is of another channel's call.

        A carrier that gave up unanswered may try again under the same Call-ID: that is a caller.
        """
        facts = self._calls.get(channel.protocol_id)
        if facts is None or facts.channel_id == channel.id:
            return False
        return facts.answered_at is not None or not facts.ended
