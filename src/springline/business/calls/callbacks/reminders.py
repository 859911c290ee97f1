"""Who is told of a call-back besides the desk (I3): an SMS without the caller's words, robots, webhooks.

An SMS holds the ticket, the region and the time only: templates may not carry messages of others (§5.3).
Robots show the number masked; number and message go to webhooks, and stand in the desk.
"""

from django.utils import timezone

from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.callbacks.states import Kind
from springline.business.calls.models import Call
from springline.business.customers import places
from springline.business.hotline.models import Hotline
from springline.business.messaging import services as messages
from springline.business.messaging.wording import MAX_VALUE

_TEMPLATE = "agent_message"


def opened(task: CallbackTask) -> None:
    """Once for each call-back, in the transaction that makes it."""
    by = _clock(task)
    _everybody(
        task,
        "callback.opened",
        f"新的待回电 #{task.pk}：{_number(task)}，{_region(task)}，请于 {by} 前回电。",
    )
    hotline = Hotline.objects.filter(number=task.hotline).first()
    for phone in hotline.reminder_phones if hotline else ():
        params = (str(task.pk), _region(task)[:MAX_VALUE], by)
        key = f"callback:{task.pk}:sms:{phone}"
        messages.sms(_TEMPLATE, phone, params, key=key, about=_about(task), expires_at=task.due_at)


def late(task: CallbackTask, level: int) -> None:
    """Level 1: about to be late. Level 2: late."""
    words = "即将超时" if level == 1 else "已超时"
    text = f"待回电 #{task.pk} {words}：{_number(task)}，{_region(task)}，应于 {_clock(task)} 前回电。"
    _everybody(task, "callback.due_soon" if level == 1 else "callback.late", text)


def message_lost(call: Call) -> None:
    """What a caller said is gone, which no call-back shows: whoever looks after the machine must hear of it.
    Once for each call."""
    at = f"{timezone.localtime(call.arrived_at):%H:%M}"
    text = f"{at} 一位客户的留言没有保存下来：磁盘已满或录音出错，请立即检查磁盘，并运行 springline doctor。"
    key, about = f"message.lost:{call.pk}", f"call:{call.pk}"
    messages.tell_robots("message.lost", text, key=key, about=about)
    messages.publish("message.lost", {"call": call.pk, "text": text}, key=key, about=about)


def _everybody(task: CallbackTask, event: str, text: str) -> None:
    key = f"{event}:{task.pk}"
    messages.tell_robots(event, text, key=key, about=_about(task))
    data = {
        "id": task.pk,
        "call": task.call_id,
        "number": task.number,
        "kind": task.kind,
        "region": task.region,
        "due_at": task.due_at.isoformat(),
    }
    messages.publish(event, data, key=key, about=_about(task))


def _about(task: CallbackTask) -> str:
    return f"callback:{task.pk}"


def _number(task: CallbackTask) -> str:
    if task.number is None:
        return "号码见留言" if task.kind == Kind.MESSAGE else "号码未知"
    return task.number.removeprefix("+86")


def _region(task: CallbackTask) -> str:
    return places.counties_zh(task.region) or "未知片区"


def _clock(task: CallbackTask) -> str:
    return f"{timezone.localtime(task.due_at):%H:%M}"
