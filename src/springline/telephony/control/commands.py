"""What people ask of control, over the bus."""

from collections.abc import Awaitable, Callable, Set

from springline.contracts import codec
from springline.contracts.commands import (
    AnyCommand,
    AnyReply,
    CheckFlow,
    Consult,
    Dismiss,
    Done,
    FlowReport,
    GetSnapshot,
    GoOnFromConsult,
    HangUp,
    PlaceCall,
    Refused,
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
)
from springline.telephony import acd
from springline.telephony.control.handing_over import HandingOver
from springline.telephony.control.live import LiveBoard
from springline.telephony.control.messages import HangUpAsked
from springline.telephony.control.mobiles import Mobiles
from springline.telephony.control.switchboard import Switchboard
from springline.telephony.flow import check

_WORDS = {
    "unknown_agent": ("没有这个坐席。", "There is no such agent."),
    "not_signed_in": ("坐席尚未签入，请先签入。", "The agent is not signed in; sign in first."),
    "busy": ("通话中不能这样做，请先结束通话。", "Not possible during a call; end the call first."),
    "unknown_call": ("通话已结束或不存在。", "The call has ended or never existed."),
    "device_away": ("话机不在线，请先连接话机。", "The device is not connected; connect it first."),
    "outbound_off": ("未设置回拨号码，不能呼出。", "Calling out is not set up: no number to be shown."),
    "number_not_allowed": ("规则不允许呼叫此号码。", "No rule allows this number to be called."),
    "daily_cap": ("今天的呼出次数已用完。", "There are no more calls today."),
    "spend_cap": ("今天的呼出话费已达上限。", "Calls out have cost as much today as they may."),
    "not_banned": ("这个地址没有被封禁。", "This address is not banned."),
    "no_queue": ("坐席没有技能组。", "The agent has no queue."),
    "not_talking": (
        "只能转接自己正在进行的来电。",
        "Only your own incoming call that talks can be transferred.",
    ),
    "colleague_busy": ("对方现在不能接听，请另选一位。", "They cannot answer now; choose somebody else."),
    "unknown_queue": ("没有这个技能组。", "There is no such queue."),
    "consulting": ("正在咨询同事，请先结束咨询。", "A colleague is being asked; end that first."),
    "no_consult": ("咨询已经结束。", "The consultation is over."),
    "not_answered": ("对方还没有接听。", "They have not answered yet."),
    "no_conversation": ("这通电话现在没有坐席在通话。", "No agent talks in this call now."),
    "own_call": ("不能监听自己的通话。", "You cannot listen to your own call."),
    "no_supervision": ("监听已经结束。", "You are not listening any more."),
    "held": ("客户正在保持中，请先取消保持。", "The caller is on hold; take them off hold first."),
    "warned": ("已经警告过来电者。", "The caller has been warned already."),
    "not_warned": ("请先警告来电者。", "Warn the caller first."),
    "no_mobile": ("这位坐席没有登记手机号。", "There is no mobile number of this agent."),
    "bad_command": ("无法理解的指令。", "The command is not understood."),
}


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
        mobiles: Mobiles,
        unban: Callable[[str], bool] = lambda _address: False,
    ) -> None:
        self._handing_over = HandingOver(switchboard, board, mobiles)
        self._place = place
        self._supervise = supervise
        self._mobiles = mobiles
        self._unban = unban
        self._stored = stored
        self._switchboard = switchboard
        self._board = board
        self._prompts = prompts
        self._queues = queues

    async def handle(self, data: bytes) -> bytes:
        try:
            reply = self._answer(codec.decode_any(data, AnyCommand))
        except codec.BadMessage:
            reply = refusal("bad_command")
        if isinstance(reply, Done):
            await self._stored(STORED_SECONDS)
        return codec.encode(reply)

    def _answer(self, command: AnyCommand) -> AnyReply:
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
                return _reply(self._mobiles.use(command))
            case Supervise():
                return _reply(self._supervise(command))
            case Warn() | Dismiss():
                return _reply(self._handing_over.warn(command))
            case Unban():
                return Done() if self._unban(command.address) else refusal("not_banned")
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


def refusal(code: str) -> Refused:
    zh, en = _WORDS.get(code, ("无法执行。", "Not possible."))
    return Refused(code=code, message_zh=zh, message_en=en)
