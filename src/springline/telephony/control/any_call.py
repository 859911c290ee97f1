"""What a caller's call and an agent's own have in common."""

from springline.contracts.events import AnyCallEvent
from springline.telephony.control.agent_leg import AgentLeg
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line
from springline.telephony.control.office import Office


class AnyCall:
    """`facts` are what has happened; `_line` is the outside party's leg, `_leg` the agent's."""

    facts: Facts
    _office: Office
    _line: Line
    _leg: AgentLeg | None

    @property
    def talking(self) -> AgentLeg | None:
        """Of the agent in conversation now."""
        return self._leg if self.facts.connected_at is not None else None

    @property
    def expected(self) -> frozenset[str]:
        """The channels without which it is not what it believes to be."""
        return self._line.legs | {self._line.channel}

    @property
    def held(self) -> frozenset[str]:
        """The legs and the bridge that are the call's."""
        return self._line.held

    def owns(self, object_id: str) -> bool:
        """Whether this leg or bridge is the call's."""
        return object_id in self.held

    def record(self, event: AnyCallEvent) -> None:
        """One step of the call: into the facts, the journal and the live board."""
        self.facts.apply(event)
        self._office.journal(event)
        self._show()

    def _show(self) -> None:
        self._office.board.put(self.facts.row())
