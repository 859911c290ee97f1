"""Which INVITE is one that was there before."""

from types import SimpleNamespace
from typing import cast

from springline.contracts.event import utcnow
from springline.contracts.events import CallArrived, CallerQuality
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control import repeats
from springline.telephony.control.facts import Facts
from springline.telephony.control.repeats import Repeats


def channel(name: str, protocol_id: str = "one@sbc") -> Channel:
    return cast(Channel, SimpleNamespace(id=name, protocol_id=protocol_id))


def facts(name: str) -> Facts:
    arrived = CallArrived(
        at=utcnow(),
        call_id=f"call-{name}",
        channel_id=name,
        dialled="4000564000",
        hotline="4000564000",
        caller_raw="",
        caller=None,
        caller_quality=CallerQuality.ANONYMOUS,
    )
    return Facts.of(arrived)


def test_who_gave_up_unanswered_may_try_again_under_the_same_call_id() -> None:
    known, call = Repeats(), facts("first")
    known.note(channel("first"), call)
    assert [known.is_one(channel(name)) for name in ("first", "again")] == [False, True]
    call.ended = True
    assert not known.is_one(channel("again"))
    call.answered_at = utcnow()
    assert known.is_one(channel("again"))


def test_a_leg_without_a_call_id_repeats_nothing() -> None:
    known = Repeats()
    known.note(channel("first", ""), facts("first"))
    assert not known.is_one(channel("second", ""))


def test_a_flood_is_not_remembered_for_ever() -> None:
    known = Repeats()
    for number in range(repeats.KEPT + 1):
        known.note(channel(f"c{number}", f"id{number}"), facts(f"c{number}"))
    assert not known.is_one(channel("again", "id0"))
    assert known.is_one(channel("again", "id1"))
