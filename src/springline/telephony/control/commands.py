"""What people ask of control, over the bus."""

from collections.abc import Awaitable, Callable, Set

from springline.contracts import codec
from springline.contracts.commands import (
    AnyCommand,
    AnyReply,
    CheckFlow,
    Consult,
    DeskSeen,
    Dismiss,
    Done,
    FlowReport,
    GetSnapshot,
    GoOnFromConsult,
    HangUp,
    PlaceCall,
    ResetAgent,
    SetPaused,
    SetReady,
    SignIn,
    SignOut,
    Snapshot,
    Supervise,
    Transfer,
    Unban,
    UseMobile,
    Warn,
    WhyNotRinging,
)
from springline.telephony import acd
from springline.telephony.control.calls_out import CallsOut
from springline.telephony.control.handing_over import HandingOver
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.messages import HangUpAsked
from springline.telephony.control.refusals import refusal
from springline.telephony.control.resetting import Resetting
from springline.telephony.control.switchboard import Switchboard
from springline.telephony.flow import check

# A bus that stores nothing for so long must not keep agents waiting: the journal catches up by itself.
STORED_SECONDS = 1.0


class Commands:
    """`stored` waits until the journal has what was written: what was answered survives a crash."""

    def __init__(
        self,
        switchboard: Switchboard,
        board: LiveBoard,
        prompts: Callable[[], Set[str]],
        queues: Callable[[], Set[str]],
        place: Callable[[PlaceCall], str | None],
        stored: Callable[[float], Awaitable[bool]],
        supervise: Callable[[Supervise], str | None],
        calls_out: CallsOut,
        resetting: Resetting,
        unban: Callable[[str], bool] = lambda _address: False,
    ) -> None:
        self._handing_over = HandingOver(switchboard, board, calls_out)
        self._place = place
        self._supervise = supervise
        self._calls_out = calls_out
        self._resetting = resetting
        self._unban = unban
        self._stored = stored
        self._switchboard = switchboard
        self._board = board
        self._prompts = prompts
        self._queues = queues

    async def handle(self, data: bytes) -> bytes:
        try:
            reply = await self._answer(codec.decode_any(data, AnyCommand))
        except codec.BadMessage:
            reply = refusal("bad_command")
        if isinstance(reply, Done):
            await self._stored(STORED_SECONDS)
        return codec.encode(reply)

    async def _answer(self, command: AnyCommand) -> AnyReply:
        match command:
            case GetSnapshot():
                return Snapshot(live=self._board.snapshot())
            case CheckFlow():
                errors = check(command.document, self._prompts(), self._queues())
                return FlowReport(errors=tuple(str(error) for error in errors))
            case HangUp():
                known = self._switchboard.send(command.call_id, HangUpAsked())
                return Done() if known else refusal("unknown_call")
            case PlaceCall():
                return _reply(self._place(command))
            case Transfer():
                return _reply(self._handing_over.transfer(command))
            case Consult():
                return _reply(self._handing_over.consult(command))
            case GoOnFromConsult():
                return _reply(self._handing_over.go_on(command))
            case UseMobile():
                return _reply(self._calls_out.use(command))
            case Supervise():
                return _reply(self._supervise(command))
            case Warn() | Dismiss():
                return _reply(self._handing_over.warn(command))
            case Unban():
                return Done() if self._unban(command.address) else refusal("not_banned")
            case WhyNotRinging(agent=agent):
                return await self._resetting.watch.why(agent) or refusal("unknown_agent")
            case ResetAgent():
                return await self._resetting.reset(command)
            case DeskSeen():
                self._resetting.watch.desks.seen(command)
                return Done()
            case SignIn():
                return self._tell(acd.SignIn(command.agent))
            case SignOut():
                return self._tell(acd.SignOut(command.agent))
            case SetReady():
                return self._tell(acd.SetReady(command.agent))
            case SetPaused():
                return self._tell(acd.SetPaused(command.agent, command.reason))

    def _tell(self, event: acd.AcdEvent) -> AnyReply:
        for decision in self._switchboard.tell(event):
            if isinstance(decision, acd.Refuse):
                return refusal(decision.code)
        return Done()


def _reply(code: str | None) -> AnyReply:
    return Done() if code is None else refusal(code)
