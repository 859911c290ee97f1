"""What an agent may do with the caller they talk with: give them away, ask a colleague, go on from there,
have them warned and sent away."""

from springline.contracts.agents import AgentState
from springline.contracts.commands import Consult, ConsultWay, Dismiss, GoOnFromConsult, Transfer, Warn
from springline.contracts.handovers import OUTSIDE
from springline.contracts.live import AgentRow, CallPhase, CallRow, ConsultPhase
from springline.telephony.control.calls_out import CallsOut
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.messages import (
    CallMessage,
    ConsultAsked,
    ConsultGoesOn,
    TransferAsked,
    WarnAsked,
)
from springline.telephony.control.switchboard import Switchboard

INCOMING = "in"
_MAY_BE_ASKED = {AgentState.READY, AgentState.PAUSED, AgentState.WRAP_UP}


class HandingOver:
    """Each answers with the code of a refusal, or None: the call has been told."""

    def __init__(self, switchboard: Switchboard, board: LiveBoard, calls_out: CallsOut) -> None:
        self._calls_out = calls_out
        self._switchboard = switchboard
        self._board = board

    def transfer(self, command: Transfer) -> str | None:
        row = self._talking(command.call_id, command.agent)
        if isinstance(row, str):
            return row
        if row.consult is not None:
            return "consulting"
        queue, to_agent = command.queue, command.to_agent
        if command.number is not None:
            if (code := self._calls_out.outside_refusal(command.number, row.hotline)) is not None:
                return code
            # Should nobody there answer, the caller waits where they were.
            asked = TransferAsked(command.agent, row.queue or "", OUTSIDE, command.number)
            return self._tell(command.call_id, asked)
        if to_agent is not None:
            colleague = self._board.get("agent", to_agent)
            if not isinstance(colleague, AgentRow) or to_agent == command.agent or not colleague.queues:
                return "unknown_agent"
            if colleague.state is not AgentState.READY:
                return "colleague_busy"
            # Should they not answer, whoever has the same skill does.
            queue = row.queue if row.queue in colleague.queues else colleague.queues[0]
        if queue is None or self._board.get("queue", queue) is None:
            return "unknown_queue"
        return self._tell(command.call_id, TransferAsked(command.agent, queue, to_agent))

    def consult(self, command: Consult) -> str | None:
        row = self._talking(command.call_id, command.agent)
        if isinstance(row, str):
            return row
        if row.consult is not None:
            return "consulting"
        if command.number is not None:
            if (code := self._calls_out.outside_refusal(command.number, row.hotline)) is not None:
                return code
            return self._tell(command.call_id, ConsultAsked(command.agent, OUTSIDE, command.number))
        colleague = self._board.get("agent", command.to_agent or "")
        if not isinstance(colleague, AgentRow) or command.to_agent == command.agent:
            return "unknown_agent"
        if colleague.state not in _MAY_BE_ASKED or not colleague.reachable:
            return "colleague_busy"
        return self._tell(command.call_id, ConsultAsked(command.agent, colleague.id))

    def go_on(self, command: GoOnFromConsult) -> str | None:
        row = self._talking(command.call_id, command.agent)
        if isinstance(row, str):
            return row
        if row.consult is None:
            return "no_consult"
        if row.consult_phase is ConsultPhase.RINGING and command.way is not ConsultWay.RETURN:
            return "not_answered"
        return self._tell(command.call_id, ConsultGoesOn(command.agent, command.way))

    def warn(self, command: Warn | Dismiss) -> str | None:
        row = self._talking(command.call_id, command.agent, outgoing=True)
        if isinstance(row, str):
            return row
        dismiss = isinstance(command, Dismiss)
        if row.consult is not None:
            return "consulting"
        if row.held:
            return "held"
        if dismiss is (row.warned_at is None):
            return "not_warned" if dismiss else "warned"
        return self._tell(command.call_id, WarnAsked(command.agent, dismiss))

    def _talking(self, call_id: str, agent: str, outgoing: bool = False) -> CallRow | str:
        row = self._board.get("call", call_id)
        if not isinstance(row, CallRow):
            return "unknown_call"
        if row.phase is not CallPhase.TALKING or row.agent != agent:
            return "not_talking"
        return row if outgoing or row.direction == INCOMING else "not_talking"

    def _tell(self, call_id: str, message: CallMessage) -> str | None:
        return None if self._switchboard.send(call_id, message) else "unknown_call"
