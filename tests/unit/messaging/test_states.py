import pytest

from springline.business.messaging.states import TRANSITIONS, MessageEvent, MessageState, after
from springline.platform.states import IllegalTransition


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("event", MessageEvent)
def test_the_whole_table(state: MessageState, event: MessageEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalTransition):
            after(state, event)


def test_what_was_sent_stays_sent() -> None:
    assert not [event for state, event in TRANSITIONS if state is MessageState.SENT]
