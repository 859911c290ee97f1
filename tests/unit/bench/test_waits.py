"""What SIPp saw on the wire, as hand-overs from one caller to the next."""

import pytest

from springline.telephony.bench.handing_over import figures_of
from springline.telephony.bench.waits import HandOver, arrivals, hand_overs, read_messages


def line(at: float, way: str, call: str, first: str) -> str:
    return f"2026-11-27\t22:33:10.1\t{at:.6f}\t{way}\t{call}\tCSeq:1 X\t{first}\n"


def ring(at: float, call: str, agent: str) -> str:
    return line(at, "R", call, f"INVITE sip:{agent}@127.0.0.1:5060 SIP/2.0")


def bye(at: float, call: str) -> str:
    return line(at, "S", call, "BYE sip:127.0.0.1:5080 SIP/2.0")


def test_from_hang_up_and_wrap_up_to_the_next_ring_at_the_same_telephone() -> None:
    log = ring(10, "a", "agent-1") + ring(10.5, "b", "agent-2") + bye(12, "a") + bye(13, "b")
    log += ring(13.02, "c", "agent-1") + ring(14.5, "d", "agent-2")
    found = hand_overs(read_messages(log), queued_at=[1, 2, 3, 4, 5, 12.5, 13.5], wrap_up=1.0)
    assert [one.ms for one in found] == [pytest.approx(20), pytest.approx(500)]
    # Six were there by second 13 and two of them rang; by 14 seven, of whom three.
    assert [one.waiting for one in found] == [4, 4]


def test_what_is_sent_twice_counts_once() -> None:
    log = ring(10, "a", "agent-1") + ring(10.5, "a", "agent-1") + bye(12, "a") + bye(12.5, "a")
    log += ring(12.25, "b", "agent-1")
    [one] = hand_overs(read_messages(log), [], wrap_up=0)
    assert one.ms == pytest.approx(250)


def test_an_agent_called_before_the_end_of_the_wrap_up_is_early_by_so_much() -> None:
    log = ring(10, "a", "agent-1") + bye(12, "a") + ring(12.75, "b", "agent-1")
    [one] = hand_overs(read_messages(log), [], wrap_up=1)
    assert one.ms == pytest.approx(-250)


def test_other_messages_and_a_line_half_written_are_left_out() -> None:
    log = line(1, "R", "q", "OPTIONS sip:agent-1@127.0.0.1 SIP/2.0") + line(2, "S", "q", "SIP/2.0 200 OK")
    log += ring(3, "a", "agent-1")
    messages = read_messages(log + ring(4, "b", "agent-1").rstrip("\n"))
    assert len(messages) == 3
    assert hand_overs(messages, [], 0) == []


def test_a_caller_is_in_the_queue_some_time_after_the_first_invite() -> None:
    invite = "INVITE sip:4000564000@127.0.0.1 SIP/2.0"
    log = line(1, "S", "a", invite) + line(1.5, "S", "a", invite) + line(2, "S", "b", invite)
    assert arrivals(read_messages(log), reach=5) == [6, 7]


def test_only_our_side_has_a_target() -> None:
    found = [HandOver(ms=51, waiting=200), HandOver(ms=10, waiting=210)]
    ours, theirs = figures_of("flow", found, 1), figures_of("app_queue", found, 0)
    assert [figure.met for figure in ours] == [False, None, None, None]
    assert [figure.met for figure in theirs] == [None] * 4
    assert [figure.value for figure in ours] == [51, 10, 2, 200]
