"""All writes of the outbox but what the sender notes.

Messages are written in the caller's transaction: when that is undone, nothing goes out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from springline.business import sealing
from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.messaging import wording
from springline.business.messaging.models import Message, Outlet, SmsTemplate
from springline.business.messaging.parts import TEMPLATES, masked
from springline.business.messaging.states import Channel, MessageEvent, MessageState, OutletKind, after

USEFUL_FOR = timedelta(days=2)


def sms(
    template: str,
    to: str,
    params: tuple[str, ...],
    *,
    key: str,
    about: str = "",
    expires_at: datetime | None = None,
) -> Message:
    """An SMS to the E.164 number `to`. What a provider would refuse is filed as given up, with the reason."""
    found = SmsTemplate.objects.filter(code=template, active=True).first()
    error = "no_template"
    if found:
        faults = wording.check_message(found.text, params)
        error = f"{faults[0].code} {faults[0].zh}" if faults else ""
    return _once(
        key,
        channel=Channel.SMS,
        to=to,
        body={"template": template, "params": list(params)},
        about=about,
        expires_at=expires_at or timezone.now() + USEFUL_FOR,
        error=error[:200],
        state=MessageState.DEAD if error else MessageState.WAITING,
    )


def tell_robots(event: str, text: str, *, key: str, about: str = "") -> list[Message]:
    """`text`, its mobile numbers masked, to every robot that hears `event`."""
    return [
        _once(
            f"{key}:{robot.pk}", channel=Channel.ROBOT, outlet=robot, body={"text": masked(text)}, about=about
        )
        for robot in _listeners(Channel.ROBOT, event)
    ]


def publish(event: str, data: Mapping[str, Any], *, key: str, about: str = "") -> list[Message]:
    """The event to every webhook that hears it. `data` must be JSON; times in ISO 8601, money in 分."""
    content = {"event": event, "id": key, "at": timezone.now().isoformat(), "data": dict(data)}
    return [
        _once(f"{key}:{hook.pk}", channel=Channel.WEBHOOK, outlet=hook, body=content, about=about)
        for hook in _listeners(Channel.WEBHOOK, event)
    ]


@transaction.atomic
def revive(message_id: int, by: User | ApiToken) -> Message:
    """Send a given-up message again, from now on. Raises IllegalTransition."""
    message = Message.objects.select_for_update().get(pk=message_id)
    message.state = after(message.state, MessageEvent.REVIVE)
    now = timezone.now()
    message.next_at, message.attempts, message.error = now, 0, ""
    message.expires_at = now + USEFUL_FOR if message.expires_at else None
    message.save(update_fields=["state", "next_at", "attempts", "error", "expires_at"])
    audit(by, "message.revived", message)
    return message


@transaction.atomic
def cancel(message_id: int, by: User | ApiToken) -> Message:
    """Raises IllegalTransition for one that is sent or being sent."""
    message = Message.objects.select_for_update().get(pk=message_id)
    message.state = after(message.state, MessageEvent.CANCEL)
    message.save(update_fields=["state"])
    audit(by, "message.cancelled", message)
    return message


def forget(numbers: Sequence[str], abouts: Sequence[str]) -> None:
    """Messages to these numbers, or about these things, lose what they say and to whom; none is sent any
    more, unless it is being sent at this moment.
    """
    told = Message.objects.filter(Q(to__in=numbers) | Q(about__in=abouts)).exclude(state=MessageState.SENDING)
    told.filter(state__in=(MessageState.WAITING, MessageState.DEAD)).update(state=MessageState.CANCELLED)
    told.update(to="", body={})


def empty_older_than(moment: datetime, *, dry_run: bool = False) -> int:
    """Messages of before `moment` lose what they say and to whom, and none of them is sent any more; returns
    how many. What is still to be sent stays."""
    old = Message.objects.filter(created_at__lt=moment).filter(~Q(to="") | ~Q(body={}))
    old = old.exclude(state__in=(MessageState.WAITING, MessageState.SENDING))
    if dry_run:
        return old.count()
    with transaction.atomic():
        old.filter(state=MessageState.DEAD).update(state=MessageState.CANCELLED)
        return old.update(to="", body={})


def set_secrets(outlet: Outlet, values: Mapping[str, str], by: User | ApiToken | None = None) -> None:
    """Replace the secrets that `values` names; an empty value takes one away."""
    merged = {**outlet.secrets, **values}
    outlet.sealed = sealing.seal({name: value for name, value in merged.items() if value}, "outlets")
    outlet.save(update_fields=["sealed"])
    audit(by, "outlet.secrets_set", outlet, names=sorted(values))


def try_out(outlet: Outlet, stamp: str) -> Message:
    """A trial message to a robot or a webhook."""
    text = "泉线测试消息 · a trial message of Springline"
    body = {"text": text} if outlet.channel is Channel.ROBOT else {"event": "trial", "data": {"text": text}}
    return _once(
        f"trial:{stamp}:{outlet.pk}", channel=outlet.channel, outlet=outlet, body=body, about="trial"
    )


def ship() -> bool:
    """The starter templates, and an outlet that only logs: on a new installation nothing waits for ever."""
    fresh = False
    for code, text in TEMPLATES.items():
        fresh |= SmsTemplate.objects.get_or_create(code=code, defaults={"text": text})[1]
    if not Outlet.objects.exists():
        Outlet.objects.create(name="log", kind=OutletKind.SMS_LOG, position=99)
        fresh = True
    return fresh


def _listeners(channel: Channel, event: str) -> list[Outlet]:
    kinds = [kind for kind in OutletKind if kind.channel is channel]
    return [found for found in Outlet.objects.filter(active=True, kind__in=kinds) if found.hears(event)]


def _once(key: str, **fields: Any) -> Message:
    message, _new = Message.objects.get_or_create(key=key, defaults=fields)
    return message
