"""T07: the customer agrees by a one-time code that comes by SMS; six digits, once, for ten minutes.

Whoever asks for it never sees it: the customer reads it out, and only then vouchers are redeemed.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from springline.business import phones
from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.calls.models import Call
from springline.business.catalog.models import Product
from springline.business.customers.models import Customer, CustomerPhone
from springline.business.customers.selectors import family
from springline.business.messaging import services as messages
from springline.business.messaging.states import MessageState
from springline.business.vouchers import services
from springline.business.vouchers.approvals import digest
from springline.business.vouchers.ledger import Receipt, Request, Writer, hold, name_of, run
from springline.business.vouchers.linking import with_delivery
from springline.business.vouchers.models import OneTimeCode, Operation
from springline.business.vouchers.refusals import NotPossible

VALID_FOR = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
MOST_PER_HOUR = 5
MOST_TRIES = 5
TEMPLATE = "voucher_code"
_MOBILE = re.compile(r"^\+861[3-9]\d{9}$")


@transaction.atomic
def send(customer_id: int, by: User | ApiToken, *, call_id: str = "") -> OneTimeCode:
    """An SMS with a new code to the customer's own mobile: the caller's, if it is one, else the main one.

    A former code is of no use any more. Raises NotPossible `no_mobile`, `too_soon`, `too_many`, `not_sent`.
    """
    # Two requests at once would both find that none was sent.
    Customer.objects.select_for_update().filter(pk__in=family(customer_id)).first()
    now = timezone.now()
    number = _mobile(customer_id, call_id)
    _not_too_often(customer_id, now)
    code = f"{secrets.randbelow(10**6):06d}"
    OneTimeCode.objects.filter(customer_id=customer_id, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    row = OneTimeCode.objects.create(
        digest=digest(code),
        customer_id=customer_id,
        sent_to=phones.masked(number),
        call_id=call_id,
        issued_by=name_of(by),
        issued_at=now,
        expires_at=now + VALID_FOR,
    )
    minutes = str(int(VALID_FOR.total_seconds()) // 60)
    message = messages.sms(
        TEMPLATE,
        number,
        (code, minutes),
        key=f"voucher-code:{row.pk}",
        about=f"voucher-code:{row.pk}",
        expires_at=row.expires_at,
    )
    if message.state == MessageState.DEAD:
        raise NotPossible("not_sent", "短信模板不可用，发不出验证码", "The SMS template is not usable")
    audit(by, "voucher.code_sent", row, customer_id=customer_id)
    return row


def redeem(request: Request, customer_id: int, product: Product, qty: int, code: str) -> Receipt:
    """Redeem now what a courier without network cannot; what their phone reports later is the same delivery.

    Raises NotPossible `bad_code`, `code_locked`, VoucherRefused.
    """
    services.at_least_one(qty)
    if not Operation.objects.filter(pk=request.key).exists():
        _check(customer_id, code)

    def work(writer: Writer) -> None:
        fitting = OneTimeCode.objects.filter(
            customer_id=customer_id, digest=digest(code), used_at=None, expires_at__gt=timezone.now()
        )
        # Once: whoever comes second finds nothing to change.
        if not fitting.update(used_by=writer.request.actor, used_at=writer.operation.at):
            raise _wrong()
        services.lock_order(writer.request.order_id)
        lots = hold(customers=family(customer_id))
        services.refuse_second(writer.request, product, lots)
        services.redeem_held(writer, lots, product, qty)
        services.tell_order(writer)

    what = {"customer": customer_id, "product": product.pk, "qty": qty}
    return run(with_delivery(request, customer_id, product), "redeem_by_code", what, work)


def _check(customer_id: int, code: str) -> None:
    """A wrong try counts, whatever becomes of the request. Raises NotPossible."""
    row = _current(customer_id)
    if row is None:
        raise _wrong()
    if row.tries >= MOST_TRIES:
        raise NotPossible(
            "code_locked", "输错次数过多，请重新发送验证码", "Too many wrong tries; send another"
        )
    if not hmac.compare_digest(row.digest, digest(code)):
        OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        raise _wrong()


def _current(customer_id: int) -> OneTimeCode | None:
    rows = OneTimeCode.objects.filter(customer_id=customer_id, used_at=None, expires_at__gt=timezone.now())
    return rows.first()


def _wrong() -> NotPossible:
    return NotPossible("bad_code", "验证码不对或已过期", "The code is wrong or has expired")


def _mobile(customer_id: int, call_id: str) -> str:
    rows = CustomerPhone.objects.filter(customer_id__in=family(customer_id), unbound_at=None)
    mobiles = [row.e164 for row in rows.order_by("-is_primary", "id") if _MOBILE.match(row.e164)]
    if not mobiles:
        raise NotPossible("no_mobile", "该客户没有绑定手机号，收不到验证码", "No mobile number is bound")
    caller = Call.objects.filter(pk=call_id).values_list("caller", flat=True).first() if call_id else None
    return caller if caller in mobiles else mobiles[0]


def _not_too_often(customer_id: int, now: datetime) -> None:
    sent = OneTimeCode.objects.filter(customer_id=customer_id)
    if sent.filter(issued_at__gt=now - AGAIN_AFTER).exists():
        raise NotPossible("too_soon", "刚发过，请一分钟后再发", "One was just sent; wait a minute")
    if sent.filter(issued_at__gt=now - timedelta(hours=1)).count() >= MOST_PER_HOUR:
        raise NotPossible("too_many", "一小时内发送次数过多", "Too many in an hour")
