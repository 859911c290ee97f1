"""An Asterisk inside the process, for tests of what is built on ``Ari``.

It speaks the same messages through memory and knows no clock but the running loop's. What it does is checked
against a real Asterisk by ``tests/engine/test_ari_contract.py``; what that does not cover is not promised.
"""

from .asterisk import FakeAsterisk
from .channel import FakeChannel
from .phone import ANY_EXTENSION, Dialplan, Phone

__all__ = ["ANY_EXTENSION", "Dialplan", "FakeAsterisk", "FakeChannel", "Phone"]
