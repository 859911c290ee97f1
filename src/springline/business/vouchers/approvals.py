"""A second person's consent, as a code that is read out: eight digits, once, for ten minutes."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.roles import Action, Reach
from springline.business.accounts.services import audit
from springline.business.vouchers.ledger import name_of
from springline.business.vouchers.models import Approval
from springline.business.vouchers.refusals import NotPossible

VALID_FOR = timedelta(minutes=10)
EMERGENCY, DEPOSIT, REFUND = "emergency", "deposit_refund", "voucher_refund"
PURPOSES = (EMERGENCY, DEPOSIT, REFUND)


def issue(by: User, purpose: str, customer_id: int, *, limit_fen: int | None = None) -> str:
    """A new code; its only copy is this text. Raises NotPossible when `by` may not approve."""
    if by.reach(Action.APPROVE_VOUCHERS) is not Reach.ALL:
        raise NotPossible("not_a_supervisor", "您没有授权权限", "You may not approve this")
    if purpose not in PURPOSES:
        raise NotPossible("unknown_purpose", "未知的授权用途", "There is no such purpose")
    code = f"{secrets.randbelow(10**8):08d}"
    row = Approval.objects.create(
        digest=digest(code),
        purpose=purpose,
        customer_id=customer_id,
        limit_fen=limit_fen,
        issued_by=name_of(by),
        expires_at=timezone.now() + VALID_FOR,
    )
    audit(by, "voucher.approval_issued", row, purpose=purpose)
    return code


def use(
    code: str, by: User | ApiToken | None, purpose: str, customer_id: int, *, fen: int | None = None
) -> Approval:
    """Spend the code, in the transaction of what it approves. Raises NotPossible.

    The one who issued it cannot be the one who uses it. `fen`: the money it must cover.
    """
    now = timezone.now()
    fitting = Approval.objects.select_for_update().filter(
        digest=digest(code),
        purpose=purpose,
        customer_id=customer_id,
        used_at=None,
        expires_at__gt=now,
    )
    row = next((one for one in fitting if fen is None or one.limit_fen is None or fen <= one.limit_fen), None)
    if row is None:
        raise NotPossible("bad_approval", "授权码无效或已过期", "The approval code is wrong or has expired")
    if by is None or row.issued_by == name_of(by):
        raise NotPossible("own_approval", "不能使用自己签发的授权码", "A second person must approve")
    row.used_by, row.used_at = name_of(by), now
    row.save(update_fields=["used_by", "used_at"])
    return row


def digest(code: str) -> str:
    """As codes are stored; blanks around do not count."""
    # Keyed, because eight digits could be tried through if the table leaked.
    return hashlib.blake2b(
        code.strip().encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32
    ).hexdigest()
