"""The call of the demo: a caller orders water for 霍山, an agent answers."""

from springline.demo.stage import CALLER_NUMBER, CallWatch, Stage
from springline.telephony.simulator import conditions_of
from springline.telephony.simulator.phone import AgentPlan
from springline.telephony.simulator.play import CallReport, play_caller
from springline.telephony.simulator.script import (
    AnyStep,
    Caller,
    ExpectHangUp,
    HangUp,
    Pause,
    Press,
    Speak,
    Tone,
    WaitAnswer,
    WaitFor,
)

NEW_NUMBER = "13905640002"
CALLER_TONE = 440.0
AGENT_TONE = 1000.0
TONE_SECONDS = 3.0
ANSWER_AFTER = 2.0

SIMULATED_AGENT_PLAN = AgentPlan(answer_after=ANSWER_AFTER, greeting="agent_greeting", tone=AGENT_TONE)

_TO_THE_MENU = (WaitAnswer(), WaitFor(condition="menu", within=30.0), Pause(seconds=1.5))
_AGENT = WaitFor(condition="agent", within=900.0)


def known_caller() -> Caller:
    """A customer of long standing, whose region is known: presses 1 and is not asked where the water goes."""
    return _order(CALLER_NUMBER)


def new_caller() -> Caller:
    """Somebody whose number nobody knows: presses 1 for an order and 2 for 霍山."""
    return _order(NEW_NUMBER, WaitFor(condition="region", within=15.0), Pause(seconds=1.5), Press(keys="2"))


def _order(number: str, *region: AnyStep) -> Caller:
    """Says what is wanted once an agent is there, and thanks with a tone."""
    return Caller(
        number=number,
        script=(
            *_TO_THE_MENU,
            Press(keys="1"),
            *region,
            _AGENT,
            Pause(seconds=2.0),
            Speak(sound="caller_order"),
            Tone(frequency=CALLER_TONE, seconds=TONE_SECONDS),
            HangUp(),
        ),
    )


def order_for_a_person() -> Caller:
    """Presses 0, for every agent takes such calls; waits for a person at the desk, who also hangs up."""
    return Caller(
        number=CALLER_NUMBER,
        script=(
            *_TO_THE_MENU,
            Press(keys="0"),
            _AGENT,
            Pause(seconds=2.0),
            Speak(sound="caller_order"),
            ExpectHangUp(within=600.0),
        ),
    )


async def play(stage: Stage, caller: Caller, watch: CallWatch) -> CallReport:
    return await play_caller(stage.carrier, caller, stage.seeded.hotline, conditions_of(lambda: watch.seen))
