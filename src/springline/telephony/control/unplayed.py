"""Why a prompt was not played to its end."""

import structlog
from prometheus_client import Counter

from springline.telephony.ari import EventStream, Resynced, StreamEvent
from springline.telephony.ari.generated.events import ChannelDestroyed, ChannelHangupRequest, StasisEnd

log = structlog.get_logger("call")

UNPLAYED = Counter("springline_prompts_unplayed_total", "Prompts that the engine could not play to a caller")


class Unplayed:
    """A caller's hang-up breaks off what is said, and the engine tells of that first, in the words of a sound
    that cannot be played: what comes next on `inbox` says which of the two it was."""

    def __init__(self, inbox: EventStream, channel: str) -> None:
        self._inbox, self._channel = inbox, channel
        self._media: str | None = None

    def failed(self, media: str) -> None:
        """The engine says that it did not play this."""
        self._media = media

    async def next(self, deadline: float | None) -> StreamEvent:
        """The next message, or TimeoutError after `deadline` seconds."""
        try:
            message = await self._inbox.next(deadline)
        except TimeoutError:
            self._judge(left=False)
            raise
        self._judge(left=self._tells_of_the_end(message))
        return message

    def _tells_of_the_end(self, message: StreamEvent) -> bool:
        match message:
            case StasisEnd(channel=channel) | ChannelHangupRequest(channel=channel):
                return channel.id == self._channel
            case ChannelDestroyed(channel=channel):
                return channel.id == self._channel
            case Resynced():
                return self._channel in message.gone
        return False

    def _judge(self, *, left: bool) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        if left:
            log.info("prompt_cut_short", media=media)
        else:
            UNPLAYED.inc()
            log.error("prompt_not_played", media=media)
