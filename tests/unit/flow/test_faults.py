"""Every fault of a flow file is told in a sentence that names the node and the field, all at once."""

import pytest

from springline.telephony.flow import FlowErrors, check, parse, shipped, validate

GOOD = """
format: 1
name: small
start: notice
nodes:
  notice: {kind: play, notice: true, prompts: [notice.record], next: main}
  main:
    kind: menu
    prompts: [ivr.main]
    attempts: 2
    exhausted: pool
    keys:
      1: region
      0: pool
      "*": repeat
  region:
    kind: menu
    prompts: [ivr.order.region]
    attempts: 2
    exhausted: pool
    keys:
      1: {to: city, region: 341502+341503}
      0: bye_pool
      "#": back
  bye_pool: {kind: play, prompts: [hold], next: pool}
  city: {kind: queue, queue: city}
  pool: {kind: queue, queue: pool, prompts: [route.transfer.agent]}
"""
PROMPTS = {
    "notice.record",
    "ivr.main",
    "ivr.order.region",
    "hold",
    "route.transfer.agent",
    "ivr.invalid",
    "ivr.noinput",
}
QUEUES = {"city", "pool"}


def faults(old: str, new: str) -> list[str]:
    assert old in GOOD
    return [error.message_en for error in check(GOOD.replace(old, new, 1), PROMPTS, QUEUES)]


def test_the_good_one_is_good() -> None:
    assert check(GOOD, PROMPTS, QUEUES) == ()
    assert validate(parse(GOOD), PROMPTS, QUEUES) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1: region", "1: shuchengg", "node 'main', keys.1: key 1 leads to unknown node 'shuchengg'"),
        ("next: main", "next: mian", "node 'notice', next: leads to unknown node 'mian'"),
        ("exhausted: pool", "exhausted: poo", "node 'main', exhausted: leads to unknown node 'poo'"),
        ("start: notice", "start: begin", "start: unknown node 'begin'"),
        ("[ivr.main]", "[ivr.mian]", "node 'main', prompts: unknown prompt 'ivr.mian'"),
        ("attempts: 2", "attempts: 2\n    invalid: x", "node 'main', invalid: unknown prompt 'x'"),
        ("queue: city}", "queue: town}", "node 'city', queue: unknown queue 'town'"),
        ("{to: city, region: 341502+341503}", "pool", "node 'city': no path leads here"),
        ("    attempts: 2\n", "", "node 'main', attempts: is missing"),
        ("attempts: 2", "attempts: 0", "node 'main', attempts: must be 1 to 9"),
        ("attempts: 2", "attempts: two", "node 'main', attempts: must be a whole number"),
        ("attempts: 2", "attempts: 2\n    timeout: 0.2", "node 'main', timeout: must be 1 to 60 seconds"),
        ("attempts: 2", "attempts: 2\n    timeout: nan", "node 'main', timeout: must be 1 to 60 seconds"),
        ("1: region", "A: region", "node 'main', keys.A: a key is one of 0-9 * #"),
        ("1: region", "10: region", "node 'main', keys.10: a key is one of 0-9 * #"),
        ("1: region", "1: region\n      1: pool", "line 14: nodes.main.keys: '1' is given twice"),
        ("341502+341503", "霍山", "region must be a six-digit adcode, or several joined by +"),
        ("0: pool", "5: pool", "node 'main', keys.0: key 0 must lead to a person (a queue node)"),
        ("0: pool", "0: region", "node 'main', keys.0: key 0 must lead to a person (a queue node)"),
        ("0: pool", "0: repeat", "node 'main', keys.0: key 0 must lead to a person (a queue node)"),
        ('"*": repeat', '"*": back', "node 'main', keys.*: there is no menu to go back to"),
        ("notice: true, ", "", "node 'pool': a path leads here without the recording notice"),
        ("start: notice", "start: main", "node 'pool': a path leads here without the recording notice"),
        ("next: pool", "next: bye_pool", "without a key the call goes round for ever: bye_pool → bye_pool"),
        ("next: pool", "next: bye_pool", "node 'bye_pool': no path from here reaches an agent or an end"),
        ("exhausted: pool", "exhausted: main", "without a key the call goes round for ever: main → main"),
        (
            "kind: queue, queue: city",
            "kind: cue",
            "kind: must be one of play, menu, route, hours, queue, voicemail, hangup",
        ),
        ("queue: city}", "queue: city, color: red}", "node 'city', color: unknown field"),
        ("queue: city}", "queue: ''}", "node 'city', queue: is empty"),
        ("prompts: [ivr.main]", "prompts: ivr.main", "must be a list of prompts such as [ivr.main]"),
        ("prompts: [ivr.main]", "prompts: []", "node 'main', prompts: is empty"),
        ("  bye_pool: {", "  back: {", "node 'back': a node's id has lower-case letters"),
        ("format: 1", "format: 2", "format: must be 1"),
        ("name: small\n", "", "name: is missing"),
        ("name: small", "nmae: small", "nmae: unknown field"),
        ('"*": repeat', "*: repeat", "line 15: YAML syntax:"),
        ('"*": repeat', "*x : repeat", 'line 15: anchors and aliases are not supported; quote the key "*"'),
        ("name: small", "name: &n small", "line 3: anchors and aliases are not supported"),
        ("start: notice", "start: [[[[[[[[[[x]]]]]]]]]]", "line 4: nested too deeply"),
        ("start: notice", "start: notice\n? [a]\n: b", "line 5: a key must be plain text"),
        ("start: notice", "start: notice\n---\na: b", "line 5: there must be one document only"),
    ],
)
def test_one_fault(old: str, new: str, told: str) -> None:
    found = faults(old, new)
    assert any(told in message for message in found), found


def test_second_document() -> None:
    errors = check(GOOD + "---\nformat: 1\n", PROMPTS, QUEUES)
    assert "there must be one document only" in errors[0].message_en


@pytest.mark.parametrize("text", ["", "# nothing", "a", "- a\n- b", "\0", "{", "[" * 50_000, "a: " * 40_000])
def test_rubbish(text: str) -> None:
    with pytest.raises(FlowErrors):
        parse(text)


def test_all_faults_at_once_in_both_languages() -> None:
    broken = GOOD.replace("1: region", "1: shuchengg").replace("attempts: 2", "attempts: 0", 1)
    broken = broken.replace("queue: city}", "queue: town}").replace("[hold]", "[nothing]")
    broken = broken.replace("1: {to: city", "x: {to: city").replace("name: small\n", "")
    codes = {error.code for error in check(broken, PROMPTS, QUEUES)}
    assert codes >= {"missing", "out_of_range", "bad_key", "unknown_prompt", "unknown_queue"}
    for error in check(broken, PROMPTS, QUEUES):
        assert error.message_zh != error.message_en
        if error.node:
            assert f"“{error.node}”" in error.message_zh
            assert f"'{error.node}'" in error.message_en
        assert error.message_zh in str(error)


def test_a_broken_node_accuses_no_other() -> None:
    assert faults("kind: queue, queue: city", "kind: cue") == [
        "node 'city', kind: must be one of play, menu, route, hours, queue, voicemail, hangup"
    ]


def test_parse_raises_all() -> None:
    with pytest.raises(FlowErrors, match="shuchengg") as raised:
        parse(GOOD.replace("1: region", "1: shuchengg").replace("next: main", "next: mian"))
    assert len(raised.value.errors) == 2


def test_unknown_shipped_flow() -> None:
    with pytest.raises(FileNotFoundError):
        shipped("nothing")
