"""D1, D2, D4 on the shipped flow, and the laws of every run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springline.telephony.flow import (
    Ask,
    End,
    Enqueue,
    Flow,
    FlowRun,
    Input,
    Key,
    Play,
    Played,
    Silence,
    Step,
    parse,
    shipped,
)
from springline.telephony.flow.run import MAX_INPUTS

FLOW = parse(shipped("main.v1"))

CLOSING = parse("""
format: 1
name: closing
start: first
nodes:
  first:
    kind: menu
    prompts: [outarea]
    attempts: 3
    exhausted: second
    keys: {1: tell, 0: told_pool}
  second:
    kind: menu
    prompts: [again]
    attempts: 1
    exhausted: bye
    keys: {0: told_pool, "#": back}
  tell: {kind: play, notice: true, prompts: [notice.record], next: second_pool}
  second_pool: {kind: queue, queue: a}
  told_pool: {kind: play, notice: true, prompts: [notice.record], next: second_pool}
  bye: {kind: hangup, prompts: [outarea.bye], reason: outarea}
""")


def play_on(run: FlowRun) -> Step:
    while isinstance(run.step, Play):
        run.feed(Played())
    return run.step


def after(keys: str) -> Step:
    """The step after `keys`; `.` is silence."""
    run = FlowRun(FLOW)
    play_on(run)
    for key in keys:
        run.feed(Silence() if key == "." else Key(key))
        play_on(run)
    return run.step


def test_the_greeting_comes_first_and_only_the_notice_cannot_be_cut() -> None:
    run = FlowRun(FLOW)
    welcome = run.start()
    assert isinstance(welcome, Play)
    assert (welcome.prompts, welcome.notice, welcome.interruptible) == (("welcome.day",), False, True)
    notice = run.feed(Played())
    assert isinstance(notice, Play)
    assert (notice.prompts, notice.notice, notice.interruptible) == (("notice.record",), True, False)
    menu = run.feed(Played())
    assert menu == Ask(
        node="main", prompts=("ivr.main", "ivr.repeat"), timeout=6.0, entered=True, title="主菜单"
    )


@pytest.mark.parametrize(
    ("keys", "queue", "intent", "region"),
    [
        ("11", "city", "订水", "341502+341503"),
        ("12", "huoshan", "订水", "341525"),
        ("13", "shucheng", "订水", "341523"),
        ("14", "other", "订水", None),
        ("10", "pool", "订水", None),
        ("2", "aftersale", "售后", None),
        ("3", "enterprise", "企业团购", None),
        ("4", "complaint", "投诉建议", None),
        ("0", "pool", "人工", None),
        ("1#0", "pool", "人工", None),
        ("1#2", "aftersale", "售后", None),
        ("*1*#*15*2", "huoshan", "订水", "341525"),
    ],
)
def test_every_key_leads_where_the_brief_says(keys: str, queue: str, intent: str, region: str | None) -> None:
    step = after(keys)
    assert isinstance(step, Enqueue)
    assert (step.queue, step.intent, step.region, step.via) == (queue, intent, region, "key")
    assert step.accepted is True


@pytest.mark.parametrize("wrong", ["5", "9", "#", "A", "x", "", "10", "订"])
def test_a_wrong_key_is_told_and_the_menu_said_again(wrong: str) -> None:
    run = FlowRun(FLOW)
    play_on(run)
    again = run.feed(Key(wrong))
    assert isinstance(again, Ask)
    assert again.prompts == ("ivr.invalid", "ivr.main", "ivr.repeat")
    assert (again.accepted, again.entered) == (False, False)
    person = run.feed(Key(wrong))
    assert isinstance(person, Enqueue)
    assert (person.queue, person.via, person.intent, person.accepted) == ("pool", "retries", None, False)


def test_silence_is_told_and_the_menu_said_again() -> None:
    again = after(".")
    assert isinstance(again, Ask)
    assert again.prompts == ("ivr.noinput", "ivr.main", "ivr.repeat")
    assert again.accepted is False


@pytest.mark.parametrize("keys", ["..", "5.", ".5", "5*5", ".*.", "***5***5"])
def test_the_second_failure_of_any_mix_leads_to_a_person(keys: str) -> None:
    step = after(keys)
    assert isinstance(step, Enqueue)
    assert (step.queue, step.via) == ("pool", "retries")


@pytest.mark.parametrize("keys", ["51", "5*1", "51.", "51#5", "51#51."])
def test_failures_are_counted_per_visit_of_a_menu(keys: str) -> None:
    assert isinstance(after(keys), Ask)


def test_failing_in_the_second_menu_keeps_what_the_first_told() -> None:
    step = after("1..")
    assert isinstance(step, Enqueue)
    assert (step.queue, step.via, step.intent) == ("pool", "retries", "订水")


def test_repeat_and_back_say_the_menu_without_an_error() -> None:
    repeated, back = after("*"), after("1#")
    assert isinstance(repeated, Ask)
    assert isinstance(back, Ask)
    assert (repeated.accepted, repeated.entered) == (True, False)
    assert (back.accepted, back.entered, back.node) == (True, True, "main")
    assert repeated.prompts == back.prompts == ("ivr.main", "ivr.repeat")


def test_late_inputs_change_nothing() -> None:
    run = FlowRun(FLOW)
    assert run.feed(Key("1")).accepted is False
    assert run.feed(Silence()) == run.step
    assert run.node == "welcome"
    play_on(run)
    assert run.feed(Played()) == run.step
    run.feed(Key("0"))
    late = run.feed(Key("1"))
    assert isinstance(late, Enqueue)
    assert (late.queue, late.accepted) == ("pool", False)
    assert isinstance(run.feed(Silence()), Enqueue)


def test_resumed_in_the_second_menu_it_knows_the_way_there() -> None:
    run = FlowRun(FLOW, "order_region")
    first = run.start()
    assert isinstance(first, Ask)
    assert (first.node, first.entered) == ("order_region", True)
    assert run.feed(Key("#")).node == "main"
    step = FlowRun(FLOW, "order_region").feed(Key("2"))
    assert isinstance(step, Enqueue)
    assert (step.queue, step.intent) == ("huoshan", "订水")


def test_resumed_in_a_node_that_is_gone_it_begins_from_the_start() -> None:
    assert FlowRun(FLOW, "hefei").node == "welcome"


def test_a_flow_may_end_without_an_agent() -> None:
    run = FlowRun(CLOSING)
    for _ in range(3):
        run.feed(Silence())
    assert run.node == "second"
    assert run.feed(Key("#")).node == "first"
    for _ in range(4):
        step = run.feed(Silence())
    assert step == End(node="bye", prompts=("outarea.bye",), reason="outarea", accepted=False)


def test_a_queue_reached_without_any_key() -> None:
    flow = parse("""
        format: 1
        name: none
        start: notice
        nodes:
          notice: {kind: play, notice: true, prompts: [notice.record], next: pool}
          pool: {kind: queue, queue: pool}
    """)
    run = FlowRun(flow)
    step = play_on(run)
    assert isinstance(step, Enqueue)
    assert (step.via, step.intent) == ("default", None)


INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(Key, st.one_of(st.sampled_from("0123456789*#ABCD"), st.text(max_size=3))),
    st.just(Silence()),
    st.just(Played()),
)
FLOWS = st.sampled_from([FLOW, CLOSING])
LIMIT = MAX_INPUTS + 20


@given(FLOWS, st.lists(INPUTS, max_size=60))
def test_no_input_raises_and_zero_always_leads_to_a_person(flow: Flow, inputs: list[Input]) -> None:
    run = FlowRun(flow)
    for event in inputs:
        step = run.feed(event)
        assert step.node == run.node
        assert step.accepted is None or not isinstance(event, Played)
    if isinstance(play_on(run), Ask):
        run.feed(Key("0"))
        assert isinstance(play_on(run), Enqueue)


@given(FLOWS, st.lists(INPUTS, max_size=60), st.sampled_from([Silence(), Key("9"), Key("*"), Key("#")]))
def test_who_presses_nothing_sensible_reaches_an_end(flow: Flow, inputs: list[Input], stuck: Input) -> None:
    run = FlowRun(flow)
    for event in inputs:
        run.feed(event)
    count = 0
    while not isinstance(play_on(run), (Enqueue, End)):
        run.feed(stuck)
        count += 1
        assert count <= (LIMIT if stuck in (Key("*"), Key("#")) else 8)


@given(st.sampled_from(sorted(FLOW.nodes)), st.lists(INPUTS, max_size=20))
def test_a_run_may_begin_anywhere(node: str, inputs: list[Input]) -> None:
    run = FlowRun(FLOW, node)
    assert run.start().node == node
    for event in inputs:
        run.feed(event)
