"""What is said to whoever asked for something impossible."""

from springline.contracts.commands import Refused

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
    "in_conversation": (
        "他正在通话。要结束这通电话并复位，请明确确认。",
        "They are in a conversation. Confirm explicitly to end it and reset.",
    ),
    "bad_command": ("无法理解的指令。", "The command is not understood."),
}


def refusal(code: str) -> Refused:
    zh, en = _WORDS.get(code, ("无法执行。", "Not possible."))
    return Refused(code=code, message_zh=zh, message_en=en)
