"""Text → a sound flow, or every error that can be found at once."""

from collections.abc import Set

from springline.telephony.flow import checks
from springline.telephony.flow.decode import Draft, decode
from springline.telephony.flow.errors import FlowError, FlowErrors
from springline.telephony.flow.model import Flow
from springline.telephony.flow.reader import read


def parse(text: str) -> Flow:
    """Raises FlowErrors. Whether prompts and queues exist is another question: `validate`."""
    draft, errors = _draft(text)
    if errors:
        raise FlowErrors(tuple(errors))
    return _flow(draft)


def validate(flow: Flow, prompts: Set[str], queues: Set[str]) -> tuple[FlowError, ...]:
    """What `flow` (a parsed one) names that is not there."""
    return tuple(checks.unknown_names(flow.nodes, prompts, queues))


def check(text: str, prompts: Set[str], queues: Set[str]) -> tuple[FlowError, ...]:
    """Everything wrong with a document: what `parse` and `validate` would say, together."""
    draft, errors = _draft(text)
    return (*errors, *checks.unknown_names(draft.nodes, prompts, queues))


def _draft(text: str) -> tuple[Draft, list[FlowError]]:
    document, unreadable = read(text)
    draft = decode(document) if document else Draft("", "", {}, frozenset(), [])
    errors = [*unreadable, *draft.errors]
    errors += checks.unknown_targets(draft.start, draft.nodes, draft.declared)
    if not errors:
        # The graph can be judged only when it is whole: a missing node would accuse all that lead to it.
        errors += checks.unsound(_flow(draft))
    return draft, errors


def _flow(draft: Draft) -> Flow:
    return Flow(name=draft.name, start=draft.start, nodes=draft.nodes)
