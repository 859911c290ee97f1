"""Sends what is due. Runs in the worker; several may run, each message is held by one at a time.

A message is sent at least once: a sender that dies between the provider's answer and our note leaves it to be
sent again, with the same key, by which receivers and providers that know keys drop the second.
"""

import secrets as random_source
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import structlog
from django.db import transaction
from django.utils import timezone

from springline.business.messaging import retrying, wording
from springline.business.messaging.models import UNSENT, Attempt, Message, Outlet, SmsTemplate
from springline.business.messaging.outlets import ADAPTERS, NotSent, Wait
from springline.business.messaging.outlets.base import Letter, Place, Post
from springline.business.messaging.outlets.robots import TEXT_BYTES, pace_of
from springline.business.messaging.pacing import Pace
from springline.business.messaging.parts import fitting, joined
from springline.business.messaging.states import Channel, MessageEvent, MessageState, OutletKind, after

log = structlog.get_logger("messaging")

BATCH = 50
LEASE = timedelta(seconds=90)
TIMEOUT_SECONDS = 10.0
RUN_SECONDS = 60.0
"""After so long a run hands back what it has not tried, before its lease is over."""
HUNG_SECONDS = 60.0
"""An outlet that kept us waiting in vain is let be for so long, or its messages would hold up all others."""
LARGEST_ANSWER = 64 * 1024


@dataclass
class Sender:
    """Keeps the outlets' paces between runs, and until when those that hang are let be. `clock` counts
    seconds and is monotonic."""

    clock: Callable[[], float] = time.monotonic
    paces: dict[int, Pace] = field(default_factory=dict)
    hung: dict[int, float] = field(default_factory=dict)
    until: float = 0.0

    def run_due(self) -> int:
        """Send what is due now; the number of messages that were tried."""
        tried, self.until = 0, self.clock() + RUN_SECONDS
        taken = _take(timezone.now())
        if not taken:
            return 0
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            for outlet, messages in _by_outlet(taken):
                tried += self._through(client, outlet, messages)
        return tried

    def _through(self, client: httpx.Client, outlet: Outlet | None, messages: list[Message]) -> int:
        if outlet is None:
            return sum(self._sms(client, message) for message in messages)
        if outlet.channel is not Channel.ROBOT:
            return sum(self._try(client, outlet, [message]) for message in messages)
        tried, rest = 0, messages
        most = TEXT_BYTES[OutletKind(outlet.kind)]
        while rest:
            count = fitting([message.body["text"] for message in rest], most)
            tried += self._try(client, outlet, rest[:count])
            rest = rest[count:]
        return tried

    def _sms(self, client: httpx.Client, message: Message) -> int:
        """Each try through the next outlet, so that one provider's outage is another's work."""
        outlets = [found for found in Outlet.objects.filter(active=True) if found.channel is Channel.SMS]
        if not outlets:
            _put_off([message], "no_outlet", "", None)
            return 1
        first = message.attempts % len(outlets)
        turns = outlets[first:] + outlets[:first]
        return self._try(client, min(turns, key=self._hangs), [message])

    def _hangs(self, outlet: Outlet) -> float:
        """For how many seconds it is let be; 0: it is not."""
        return max(self.hung.get(outlet.pk, 0.0) - self.clock(), 0.0)

    def _try(self, client: httpx.Client, outlet: Outlet, messages: list[Message]) -> int:
        pace = self.paces.setdefault(outlet.pk, pace_of(OutletKind(outlet.kind)))
        wait = max(pace.wait(self.clock()), self._hangs(outlet))
        if wait > 0 or self.clock() > self.until:
            _hand_back(messages, wait)
            return 0
        pace.take(self.clock())
        try:
            provider_id = _send(client, outlet, messages)
        except NotSent as error:
            _give_up(messages, error.code, error.detail, outlet)
        except Wait as error:
            _put_off(messages, error.code, error.detail, outlet, error.seconds)
        except httpx.HTTPError as error:
            if isinstance(error, httpx.TimeoutException):
                self.hung[outlet.pk] = self.clock() + HUNG_SECONDS
            _put_off(messages, type(error).__name__, "", outlet)
        else:
            _sent(messages, outlet, provider_id)
        return len(messages)


def _take(now: datetime) -> list[Message]:
    with transaction.atomic():
        due = Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            UNSENT, next_at__lte=now
        )
        taken = list(due.select_related("outlet").order_by("next_at", "id")[:BATCH])
        for message in taken:
            if message.expires_at is not None and message.expires_at <= now:
                message.state, message.error = MessageState.CANCELLED, "expired"
            else:
                message.state = after(message.state, MessageEvent.TAKE)
                message.next_at = now + LEASE
        Message.objects.bulk_update(taken, ["state", "next_at", "error"])
    return [message for message in taken if message.state == MessageState.SENDING]


def _by_outlet(messages: list[Message]) -> list[tuple[Outlet | None, list[Message]]]:
    groups: dict[Outlet | None, list[Message]] = defaultdict(list)
    for message in messages:
        groups[message.outlet].append(message)
    return list(groups.items())


def _send(client: httpx.Client, outlet: Outlet, messages: list[Message]) -> str:
    """Raises NotSent, Wait, or httpx.HTTPError when the other side cannot be reached."""
    kind, letter = OutletKind(outlet.kind), _letter(outlet, messages)
    if kind is OutletKind.SMS_LOG:
        log.info("sms_logged", **{"pii.to": letter.to, "pii.text": letter.text})
        return "log"
    place = Place(url=outlet.url, settings=outlet.settings, secrets=outlet.secrets)
    post = ADAPTERS[kind].post(place, letter, timezone.now(), random_source.token_hex(16))
    return _read(kind, _ask(client, post))


def _read(kind: OutletKind, answer: httpx.Response) -> str:
    """Raises NotSent, or Wait: also for an answer of a shape that nobody foresaw."""
    try:
        return ADAPTERS[kind].read(answer)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        log.warning("answer_not_understood", kind=kind, error=type(error).__name__)
        raise Wait("bad_answer", type(error).__name__) from error


def _ask(client: httpx.Client, post: Post) -> httpx.Response:
    """The whole answer. Raises httpx.ReadTimeout for one that does not come to its end in time and size."""
    until, body = time.monotonic() + TIMEOUT_SECONDS, bytearray()
    with client.stream("POST", post.url, content=post.body, headers=post.headers) as answer:
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                raise httpx.ReadTimeout("an answer without end", request=answer.request)
    told = {name: answer.headers[name] for name in ("content-type", "retry-after") if name in answer.headers}
    return httpx.Response(answer.status_code, headers=told, content=bytes(body), request=answer.request)


def _letter(outlet: Outlet, messages: list[Message]) -> Letter:
    first, kind = messages[0], OutletKind(outlet.kind)
    if outlet.channel is Channel.WEBHOOK:
        return Letter(key=first.key, event=first.body)
    if outlet.channel is Channel.ROBOT:
        return Letter(key=first.key, text=joined([one.body["text"] for one in messages], TEXT_BYTES[kind]))
    template = SmsTemplate.objects.filter(code=first.body["template"], active=True).first()
    if template is None:
        raise NotSent("no_template", first.body["template"])
    params = tuple(first.body["params"])
    # Also of one that was given up and is sent again, or whose template was changed meanwhile.
    if faults := wording.check_message(template.text, params):
        raise NotSent(faults[0].code, faults[0].zh)
    identifier = str(template.ids.get(outlet.name, ""))
    if not identifier and kind not in {OutletKind.SMS_LOG, OutletKind.SMS_HTTP}:
        # Another outlet may know the template.
        raise Wait("template_unknown_there", template.code)
    return Letter(
        key=first.key,
        to=first.to,
        template_id=identifier,
        signature=template.signature or str(outlet.settings.get("signature", "")),
        params=params,
        text=wording.rendered(template.text, params),
    )


def _sent(messages: list[Message], outlet: Outlet, provider_id: str) -> None:
    now = timezone.now()
    _note(
        messages,
        MessageEvent.SUCCEED,
        outlet,
        sent_at=now,
        provider_id=provider_id[:80],
        error="",
        outlet=outlet,
    )
    log.info("messages_sent", outlet=outlet.name, count=len(messages))


def _give_up(messages: list[Message], code: str, detail: str, outlet: Outlet | None) -> None:
    _note(messages, MessageEvent.GIVE_UP, outlet, code, detail, error=f"{code} {detail}".strip()[:200])
    log.error("messages_given_up", outlet=outlet.name if outlet else "", code=code, count=len(messages))


def _put_off(
    messages: list[Message], code: str, detail: str, outlet: Outlet | None, seconds: float | None = None
) -> None:
    for message in messages:
        later = retrying.next_try(message.attempts + 1, timezone.now(), seconds)
        if later is None:
            _give_up([message], code, detail, outlet)
            continue
        error = f"{code} {detail}".strip()[:200]
        _note([message], MessageEvent.POSTPONE, outlet, code, detail, next_at=later, error=error)


def _hand_back(messages: list[Message], seconds: float) -> None:
    """The pace does not allow it now: no attempt, no error."""
    later = timezone.now() + timedelta(seconds=seconds)
    for message in messages:
        message.state, message.next_at = after(message.state, MessageEvent.POSTPONE), later
    Message.objects.bulk_update(messages, ["state", "next_at"])


def _note(
    messages: list[Message],
    event: MessageEvent,
    through: Outlet | None,
    code: str = "",
    detail: str = "",
    **changes: object,
) -> None:
    name = through.name if through else ""
    code, detail = code.replace("\0", ""), detail.replace("\0", "")
    changes = {
        key: value.replace("\0", "") if isinstance(value, str) else value for key, value in changes.items()
    }
    with transaction.atomic():
        for message in messages:
            message.state = after(message.state, event)
            message.attempts += 1
            for field_name, value in changes.items():
                setattr(message, field_name, value)
            message.save(update_fields=["state", "attempts", *changes])
            ok = event is MessageEvent.SUCCEED
            Attempt.objects.create(message=message, outlet=name, ok=ok, code=code[:60], detail=detail[:200])


sender = Sender()
