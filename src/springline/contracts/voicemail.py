"""Events of a caller who leaves a message or a number to be called back at, because nobody takes the call."""

from springline.contracts.event import CallEvent


class MessageOffered(CallEvent, frozen=True, kw_only=True, tag=True):
    """The caller is asked to leave a message. `reason`: busy (nobody took the call in time), closed (outside
    the service hours), asked (by a key)."""

    reason: str
    intent: str | None = None
    region: str | None = None


class CallbackNumberGiven(CallEvent, frozen=True, kw_only=True, tag=True):
    """The number (E.164) to call back at, confirmed by keys. `entered`: typed, and not the caller's own."""

    number: str
    entered: bool


class MessageStarted(CallEvent, frozen=True, kw_only=True, tag=True):
    """The beep is over. `path` is that of a WAV below the recordings folder: one channel, 8 kHz, 16 bit."""

    path: str


class MessageFinished(CallEvent, frozen=True, kw_only=True, tag=True):
    """Ended by #, by its longest time, or because the caller left. `size` in bytes (0: there is no file).

    `kept` is False where the recorder gave up, such as on a full disk: what was said after it is lost.
    """

    path: str
    seconds: float
    size: int
    kept: bool = True
