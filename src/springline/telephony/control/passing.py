"""A caller who was sent through the dialplan."""

from collections.abc import Callable

from springline.telephony.ari.generated.events import StasisEnd, StasisStart


def back_with(channel_id: str, argument: str) -> Callable[[object], bool]:
    """Whether they have left and come back with `argument`, asked of each message in turn. A return without a
    leaving before it is of an earlier request that the engine took up late: the leaving of this one follows
    it, and would pass for a hang-up."""
    left = False

    def back(message: object) -> bool:
        nonlocal left
        match message:
            case StasisEnd(channel=channel) if channel.id == channel_id:
                left = True
            case StasisStart(channel=channel, args=args) if channel.id == channel_id:
                return left and args[:1] == [argument]
        return False

    return back
