import pytest

from springline.telephony.simulator import script as s
from springline.telephony.simulator.errors import ScriptError, SimulatorError
from springline.telephony.simulator.reader import load_script, parse_script, shipped_scripts
from springline.telephony.simulator.sounds import AUDIO

HEAD = "format: 1\nname: x\nabout: x\n"


def one_caller(steps: str, number: str = '"13805640001"') -> str:
    return f"{HEAD}callers:\n  - number: {number}\n    script: [{steps}]\n"


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ScriptError) as caught:
        parse_script(text)
    return caught.value.faults


def test_words_and_mappings_become_steps() -> None:
    text = one_caller(
        'wait_answer, {press: "1#", gap: 0.5}, {tone: 440}, {wait_for: agent, within: 9}, hang_up'
    )
    (caller,) = parse_script(text).callers
    assert caller.script == (
        s.WaitAnswer(),
        s.Press(keys="1#", gap=0.5),
        s.Tone(frequency=440),
        s.WaitFor(condition="agent", within=9),
        s.HangUp(),
    )


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("jump, hang_up", "callers[0].script[0]: expected exactly one of"),
        ('{press: "1", tone: 440}, hang_up', "found press, tone"),
        ("{press: 1}, hang_up", "press: Expected `str`, got `int` - at `$.keys`"),
        ('{press: "1x"}, hang_up', "a phone has 0-9 * # A-D"),
        ('{press: ""}, hang_up', "a phone has 0-9 * # A-D"),
        ("{tone: 50}, hang_up", "100 to 3700 Hz"),
        ("{pause: -1}, hang_up", "must not be negative"),
        ("{pause: soon}, hang_up", "Expected `float`, got `str`"),
        ("{pause: 1, for: 2}, hang_up", "unknown field `for`"),
        ("{hang_up: 3}", "hang_up takes no value"),
        ("wait_answer", "the last step must be"),
        ("hang_up, {pause: 1}, hang_up", "callers[0].script[0]: nothing can follow the end"),
    ],
)
def test_a_bad_step_is_named(steps: str, fault: str) -> None:
    assert fault in "\n".join(faults_of(one_caller(steps)))


def test_all_faults_are_named_at_once() -> None:
    faults = faults_of(
        "format: 2\nname: x\ncallers:\n  - number: 138\n    script: [jump]\n  - {}\nextra: 1\n"
    )
    text = "\n".join(faults)
    for part in (
        "format: expected 1, found 2",
        "about: expected a text",
        "callers[0].number",
        "callers[0].script[0]",
        "callers[1].script: expected a list of steps",
        "extra: unknown",
    ):
        assert part in text


@pytest.mark.parametrize("text", ["", "[]", "a: [", "callers: 3", f"{HEAD}callers: []"])
def test_what_is_no_script_is_refused(text: str) -> None:
    assert faults_of(text)


def test_shipped_scripts_can_be_read_and_what_they_say_is_there() -> None:
    wanted = {"order_huoshan", "order_city", "human_0", "wrong_keys", "silent", "impatient", "masked"}
    assert wanted <= set(shipped_scripts())
    texts = (AUDIO / "texts.toml").read_text(encoding="utf-8")
    for name in shipped_scripts():
        script = load_script(name)
        assert script.name == name
        spoken = [step.sound for c in script.callers for step in c.script if isinstance(step, s.Speak)]
        assert all(f'id = "{sound}"' in texts for sound in spoken)


def test_an_unknown_script_names_those_there_are() -> None:
    with pytest.raises(SimulatorError, match="order_huoshan"):
        load_script("nothing")
