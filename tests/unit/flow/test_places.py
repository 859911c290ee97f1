"""Nodes that go on by what is known: the caller's county, the calendar."""

import pytest

from springline.telephony.flow import (
    Ask,
    Clock,
    Enqueue,
    FlowRun,
    Hour,
    Key,
    Leave,
    Locate,
    Located,
    Played,
    Silence,
    check,
    parse,
    shipped,
)
from tests.unit.flow.test_shipped import QUEUES, texts

DOCUMENT = shipped("main.v2")
FLOW = parse(DOCUMENT)


def greeted(hour: Hour, found: Located) -> FlowRun:
    run = FlowRun(FLOW)
    assert isinstance(run.step, Clock)
    run.feed(hour)
    run.feed(Played())
    run.feed(Played())
    if isinstance(run.step, Locate):
        run.feed(found)
    return run


def test_a_certain_county_leads_past_the_second_menu() -> None:
    run = greeted(Hour(), Located(region="341503"))
    run.feed(Key("1"))
    step = run.feed(Located(region="341503"))
    assert isinstance(step, Enqueue)
    assert (step.queue, step.via, step.region, step.intent) == ("city", "region", "341503", "订水")
    assert step.prompts == ("route.known.urban",)


@pytest.mark.parametrize("found", [Located(), Located(outside=True), Located(region="999999")])
def test_everybody_else_is_asked(found: Located) -> None:
    run = greeted(Hour(), Located())
    run.feed(Key("1"))
    step = run.feed(found)
    assert isinstance(step, Ask)
    assert step.node == "order_region"
    assert run.feed(Key("#")).node == "main"


def test_an_outsider_is_told_once_and_may_go_on() -> None:
    run = greeted(Hour(), Located(outside=True))
    assert (run.step.node, run.step.prompts) == ("outside", ("outarea", "outarea.escape"))
    assert isinstance(run.step, Ask)
    assert run.step.outcome == "out_of_area"
    assert run.feed(Key("1")).node == "main"


@pytest.mark.parametrize(("key", "node"), [("2", "message_asked"), ("0", "pool"), ("9", "goodbye")])
def test_an_outsiders_other_ways(key: str, node: str) -> None:
    assert greeted(Hour(), Located(outside=True)).feed(Key(key)).node == node


def test_an_outsider_who_says_nothing() -> None:
    assert greeted(Hour(), Located(outside=True)).feed(Silence()).node == "goodbye"


def test_at_night_a_message_is_taken_after_the_notice() -> None:
    step = greeted(Hour(open=False), Located()).step
    assert isinstance(step, Leave)
    assert (step.reason, step.prompts) == ("closed", ("vm.night",))


def test_on_a_holiday_it_is_said() -> None:
    run = FlowRun(FLOW)
    assert run.feed(Hour(holiday=True)).prompts == ("welcome.day", "holiday")


def test_inputs_that_do_not_fit_change_nothing() -> None:
    run = FlowRun(FLOW)
    for stray in (Key("1"), Silence(), Played(), Located(region="341525")):
        assert isinstance(run.feed(stray), Clock)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "341525: huoshan_known",
            "34152: huoshan_known",
            "node 'order', counties.34152: must be a six-digit",
        ),
        ("341525: huoshan_known", "341503: huoshan_known", "counties.341503: 341503 is given twice"),
        ("341525: huoshan_known", "341525: nowhere", "node 'order', counties.341525: leads to unknown node"),
        ("outside: outside", "outside: gone", "node 'caller', outside: leads to unknown node 'gone'"),
        ("closed: welcome_night", "closed: calendar", "without a key the call goes round for ever: calendar"),
        ("    open: welcome\n", "", "node 'calendar', open: is missing"),
        ("reason: busy}", "reason: tired}", "node 'message', reason: must be busy, closed or asked"),
        ("outcome: out_of_area", "outcome: bad", "node 'outside', outcome: can only be out_of_area"),
        ("next: notice_night", "next: message_night", "node 'message_night': a path leads here without"),
        (
            "prompts: [route.transfer.urban], message: message",
            "prompts: [route.transfer.urban], message: pool",
            "node 'city', message: must lead to a voicemail node",
        ),
    ],
)
def test_one_fault(old: str, new: str, told: str) -> None:
    assert old in DOCUMENT
    found = [e.message_en for e in check(DOCUMENT.replace(old, new, 1), set(texts()), QUEUES)]
    assert any(told in message for message in found), found
