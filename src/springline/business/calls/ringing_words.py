"""The sentences of why an agent's telephone does not ring, each in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.utils import timezone

from springline.contracts.commands import Ringing
from springline.contracts.mobile import MobileUse
from springline.contracts.reconciling import DifferenceKind
from springline.contracts.ringing import Check, CheckKind, DeskLease, DeviceKind, RingingFacts, Verdict

Both: TypeAlias = dict[str, str]
_Words: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Names:
    """By id: agents, queues, and pauses in Chinese and English."""

    agents: Mapping[str, str]
    queues: Mapping[str, str]
    pauses: Mapping[str, _Words]


_V = Verdict
_VERDICTS: dict[Verdict, _Words] = {
    _V.ENGINE_AWAY: ("电话引擎不在线，谁都不会响铃。", "The telephone engine is away; nobody rings."),
    _V.STUCK: (
        "系统以为{name}在通话，但引擎里没有这通电话，状态卡住了。",
        "Control believes that {name} is in a call that is not there: the state is stuck.",
    ),
    _V.RINGING: ("{name}的电话现在正在响铃。", "{name}'s telephone rings right now."),
    _V.BUSY: ("{name}从 {since} 起在通话中。", "{name} has been in a call since {since}."),
    _V.SIGNED_OUT: ("{name}没有签到。", "{name} is signed out."),
    _V.LEFTOVER: (
        "引擎里还有{name}的 {leftovers} 条残留通道，不属于任何电话。",
        "The engine still holds channels of {name} that belong to no call: {leftovers}.",
    ),
    _V.OUT_OF_STEP: (
        "{name}的话机状态，系统和引擎说法不一致。",
        "Control and the engine differ about {name}'s device.",
    ),
    _V.DESK_CLOSED: ("{name}的工作台没有打开。", "{name}'s desk is not open."),
    _V.DESK_ASLEEP: (
        "{name}的工作台页面休眠或断网了，最后一次有回应是 {desk_seen}。",
        "{name}'s desk is asleep or cut off; it was last heard at {desk_seen}.",
    ),
    _V.NOT_REGISTERED: ("{name}的话机没有注册上。", "{name}'s device is not registered."),
    _V.WRAP_UP: ("{name}在做小结，到 {wrap_until} 为止。", "{name} is in wrap-up until {wrap_until}."),
    _V.MISSED: (
        "{name}连续两次没接，被系统自动暂停了。",
        "{name} missed two calls in a row and was paused automatically.",
    ),
    _V.PAUSED: ("{name}从 {since} 起暂停：{pause}。", "{name} has been paused since {since}: {pause}."),
    _V.RESTING: (
        "{name}刚有一次没接成，到 {rest_until} 才会再派。",
        "{name} has just not taken a call and is offered none until {rest_until}.",
    ),
    _V.NO_QUEUE: ("{name}不在任何队列里。", "{name} is a member of no queue."),
    _V.ELSEWHERE: (
        "有人在等的队列（{elsewhere}），{name}都不在里面。",
        "Callers wait in {elsewhere}, and {name} is in none of these queues.",
    ),
    _V.OVERDUE: (
        "{name}可以接，也有人在等，却没有派给他，这不正常。",
        "{name} is free and callers wait, but none is offered: that is a fault.",
    ),
    _V.NEXT_IN_TURN: (
        "{name}一切正常，只是没有人在等；下一个来电就轮到他。",
        "Nothing is wrong with {name}: nobody waits, and the next call is theirs.",
    ),
    _V.AFTER_OTHERS: (
        "{name}一切正常，只是没有人在等；下一个来电先给{ahead}。",
        "Nothing is wrong with {name}: nobody waits, and {ahead} is before them.",
    ),
}
_RESET = ("点“强制复位”。", "Use the forced reset.")
_WAIT = ("不用处理。", "Nothing to do.")
_ADVICE: dict[Verdict, _Words] = {
    _V.ENGINE_AWAY: (
        "引擎会自动重启；一分钟还不好，运行 springline doctor。",
        "It restarts by itself; after a minute run springline doctor.",
    ),
    _V.STUCK: _RESET,
    _V.RINGING: (
        "请他接听；没声音就检查浏览器音量和提示音设备。",
        "Have them answer; if they hear nothing, check the volume and the ring device.",
    ),
    _V.BUSY: ("等通话结束。", "Wait for the call to end."),
    _V.SIGNED_OUT: (
        "请他打开工作台，点“就绪”。",
        "Have them open the desk and get ready.",
    ),
    _V.LEFTOVER: _RESET,
    _V.OUT_OF_STEP: _RESET,
    _V.DESK_CLOSED: ("请他打开工作台并允许麦克风。", "Have them open the desk and allow the microphone."),
    _V.DESK_ASLEEP: (
        "请他点开工作台那一页，检查网络；关闭浏览器的“休眠标签页”。",
        "Have them bring the desk's tab to the front, check the network, and turn off sleeping tabs.",
    ),
    _V.NOT_REGISTERED: (
        "请他刷新工作台；用话机的，检查网线和注册信息。",
        "Have them reload the desk; with a desk phone, check its cable and registration.",
    ),
    _V.WRAP_UP: ("等它结束，或请他点“就绪”。", "Wait for it to end, or have them get ready."),
    _V.MISSED: ("确认他在座位上，请他点“就绪”。", "Make sure that they are there, and have them get ready."),
    _V.PAUSED: ("请他点“就绪”。", "Have them get ready."),
    _V.RESTING: _WAIT,
    _V.NO_QUEUE: ("请站长在后台“坐席”里给他分配队列。", "The owner assigns queues in the back office."),
    _V.ELSEWHERE: (
        "要他接这些电话，请站长把他加进队列，或设置协助队列。",
        "To have them take these, add them to the queue or set helping queues.",
    ),
    _V.OVERDUE: _RESET,
    _V.NEXT_IN_TURN: _WAIT,
    _V.AFTER_OTHERS: _WAIT,
}
_K = CheckKind
# Passed, failed.
_CHECKS: dict[CheckKind, tuple[_Words, _Words]] = {
    _K.ENGINE: (("电话引擎在线", "The engine is there"), ("电话引擎不在线", "The engine is away")),
    _K.IN_STEP: (
        ("系统和引擎的说法一致", "Control and the engine agree"),
        ("系统和引擎的说法不一致", "Control and the engine differ"),
    ),
    _K.FREE: (
        ("不在通话中", "Not in a call"),
        ("从 {since} 起在一通电话里，引擎里有 {legs} 条通道", "In a call since {since}; channels: {legs}"),
    ),
    _K.SIGNED_IN: (("已签到", "Signed in"), ("没有签到", "Signed out")),
    _K.DEVICE: (
        ("能振铃的设备：{devices}", "Reachable: {devices}"),
        ("设备不在线：{devices}", "Away: {devices}"),
    ),
    _K.DESK: (("工作台：{desk}", "Desk: {desk}"), ("工作台：{desk}", "Desk: {desk}")),
    _K.MOBILE: (
        ("本人手机：{mobile}", "Own mobile: {mobile}"),
        ("本人手机：{mobile}，但规则现在不允许呼叫", "Own mobile: {mobile}, but the rules forbid it now"),
    ),
    _K.WRAP_UP: (("不在小结", "Not in wrap-up"), ("小结到 {wrap_until}", "Wrap-up until {wrap_until}")),
    _K.PAUSE: (("没有暂停", "Not paused"), ("{paused}", "{paused}")),
    _K.RESTED: (
        ("没有在未接后的间歇；连续未接 {misses} 次", "No rest after a missed call; in a row: {misses}"),
        ("未接后间歇到 {rest_until}", "Rests after a missed call until {rest_until}"),
    ),
    _K.MEMBER: (
        ("所在队列：{queues}", "Queues: {queues}"),
        (
            "所在队列：{queues}；别的队列有人在等：{elsewhere}",
            "Queues: {queues}; waiting elsewhere: {elsewhere}",
        ),
    ),
    _K.CALLERS: (
        ("他的队列里有 {waiting} 人在等", "Waiting in their queues: {waiting}"),
        ("他的队列里没有人在等", "Nobody waits in their queues"),
    ),
    _K.TURN: (("下一个轮到他", "Next in turn"), ("{turn}", "{turn}")),
}
_DESK: dict[DeskLease, _Words] = {
    DeskLease.OPEN: ("开着", "open"),
    DeskLease.ASLEEP: ("休眠或断网", "asleep or cut off"),
    DeskLease.CLOSED: ("没有打开", "not open"),
    DeskLease.UNKNOWN: ("系统刚启动，还不知道", "not known yet"),
}
_DEVICES: dict[DeviceKind, _Words] = {
    DeviceKind.BROWSER: ("浏览器软电话", "browser"),
    DeviceKind.PHONE: ("话机", "desk phone"),
}
_THERE: dict[bool | None, _Words] = {
    True: ("在线", "there"),
    False: ("不在线", "away"),
    None: ("未知", "unknown"),
}
_MOBILE: dict[MobileUse, _Words] = {
    MobileUse.OFF: ("不响", "off"),
    MobileUse.LAST: ("最后响", "last"),
    MobileUse.ONLY: ("只响手机", "only"),
}

_MENDED: dict[DifferenceKind, _Words] = {
    DifferenceKind.CALLER_UNKNOWN: ("接入了一位漏报的来电", "a caller nobody had told of was taken in"),
    DifferenceKind.LEG_UNKNOWN: (
        "挂断了一条不属于任何电话的通道",
        "a channel that belonged to no call was ended",
    ),
    DifferenceKind.BRIDGE_UNKNOWN: ("清理了残留的通话桥", "a bridge without a call was removed"),
    DifferenceKind.CALLER_GONE: (
        "客户早已离开，通话已结束",
        "the caller had left unheard, and the call was ended",
    ),
    DifferenceKind.LEG_GONE: (
        "通道早已断开，已放开",
        "a channel had ended unheard, and its agent was let go",
    ),
    DifferenceKind.AGENT_HELD: ("状态卡住，已放开", "a state that was stuck was let go"),
    DifferenceKind.DEVICE: ("话机状态与引擎不符，已改正", "the device's state was put right"),
}


def mended_of(kind: DifferenceKind) -> Both:
    zh, en = _MENDED[kind]
    return {"zh": zh, "en": en}


def compared_of(facts: RingingFacts) -> Both:
    """What control's own look found, which comes every few seconds."""
    if facts.compared_at is None:
        return {
            "zh": "系统启动后还没有和引擎核对过。",
            "en": "Not compared with the engine since control started.",
        }
    at = _clock(facts.compared_at)
    if facts.mended is None:
        return {
            "zh": f"系统自动和引擎核对，最近一次 {at}，没有改过他的状态。",
            "en": f"Compared with the engine by itself, last at {at}; nothing of theirs was mended.",
        }
    when, what = _clock(facts.mended_at), mended_of(facts.mended)
    return {
        "zh": f"系统自动和引擎核对，最近一次 {at}；{when} 修正过：{what['zh']}。",
        "en": f"Compared with the engine by itself, last at {at}; mended at {when}: {what['en']}.",
    }


def verdict_of(found: Ringing, names: Names) -> Both:
    return _said(_VERDICTS[found.verdict], found.facts, names)


def advice_of(found: Ringing, names: Names) -> Both:
    """What to do about it."""
    return _said(_ADVICE[found.verdict], found.facts, names)


def check_of(check: Check, facts: RingingFacts, names: Names) -> Both:
    passed, failed = _CHECKS[check.kind]
    return _said(passed if check.passed else failed, facts, names)


def _said(words: _Words, facts: RingingFacts, names: Names) -> Both:
    return {
        "zh": words[0].format(**_values(facts, names, 0)),
        "en": words[1].format(**_values(facts, names, 1)),
    }


def _values(facts: RingingFacts, names: Names, which: int) -> dict[str, object]:
    """`which`: 0 Chinese, 1 English."""
    nobody = ("没有", "none")[which]
    comma = ("、", ", ")[which]

    def listed(ids: tuple[str, ...], known: Mapping[str, str]) -> str:
        return comma.join(known.get(one, one) for one in ids) or nobody

    turns = [queue.ahead for queue in facts.queues if queue.ahead is not None]
    ahead = listed(min(turns, key=len), names.agents) if turns else "—"
    before = (f"排在他前面：{ahead}", f"Before them: {ahead}")
    pause = names.pauses.get(facts.pause_reason or "", (facts.pause_reason or "—",) * 2)[which]
    if facts.pause_reason == "no_answer":
        pause = ("连续未接", "missed calls")[which]
    devices = comma.join(f"{_DEVICES[d.kind][which]} {_THERE[d.there][which]}" for d in facts.devices)
    paused = (f"暂停：{pause}", f"Paused: {pause}")
    return {
        "name": names.agents.get(facts.agent, facts.agent),
        "since": _clock(facts.since),
        "wrap_until": _clock(facts.wrap_until),
        "rest_until": _clock(facts.rest_until),
        "desk_seen": _clock(facts.desk_seen),
        "misses": facts.misses,
        "legs": facts.legs,
        "leftovers": facts.leftovers,
        "pause": pause,
        "paused": (paused if facts.paused else ("没有就绪", "Not ready"))[which],
        "devices": devices or nobody,
        "desk": _DESK[facts.desk][which],
        "mobile": _MOBILE[facts.mobile][which],
        "queues": listed(tuple(queue.id for queue in facts.queues), names.queues),
        "elsewhere": listed(facts.elsewhere, names.queues),
        "waiting": sum(queue.waiting for queue in facts.queues),
        "ahead": ahead,
        "turn": (before if turns else ("现在不参加轮流", "In no rotation now"))[which],
    }


def _clock(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%H:%M:%S") if moment is not None else "—"
