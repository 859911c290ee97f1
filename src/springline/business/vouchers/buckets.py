"""Buckets with customers and the deposits for them: two ledgers under one lock.

Invariants (§4.3): out = Σ bucket entries; deposited = Σ deposit entries; owed = max(0, out − deposited).
A deposit is refunded only for a bucket that came back: afterwards deposited ≥ out still holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction

from springline.business import notices
from springline.business.catalog.models import BucketType
from springline.business.customers.selectors import family
from springline.business.vouchers import approvals
from springline.business.vouchers.ledger import Request, operation_for
from springline.business.vouchers.models import BucketAccount, BucketEntry, DepositEntry, Operation
from springline.business.vouchers.refusals import Code, NotPossible, VoucherRefused
from springline.business.vouchers.states import BUCKET_SIGNS, DEPOSIT_SIGNS, BucketKind, DepositKind

# 分. A refund above this needs a second person (§4.3).
TWO_PERSON_FEN = 20_000


@dataclass
class Account:
    """An account under lock and where its ledgers stand. All counts are buckets, `fen` is money held."""

    row: BucketAccount
    out: int = 0
    deposited: int = 0
    fen: int = 0
    bucket_seq: int = 0
    deposit_seq: int = 0

    @property
    def owed(self) -> int:
        """欠桶."""
        return max(0, self.out - self.deposited)

    @property
    def refundable(self) -> int:
        """Deposits whose bucket has come back."""
        return max(0, self.deposited - self.out)


@dataclass(frozen=True)
class BucketReceipt:
    operation: Operation
    buckets: tuple[BucketEntry, ...]
    deposits: tuple[DepositEntry, ...]
    repeated: bool = False


def move(
    request: Request,
    customer_id: int,
    bucket_type: BucketType,
    kind: BucketKind,
    qty: int,
    *,
    address_id: int | None = None,
) -> BucketReceipt:
    """Buckets to or from a customer. Raises NotPossible("more_than_out") for more back than are out."""

    def work(writer: "_Writer") -> None:
        writer.bucket(kind, qty, address_id)

    return _run(request, f"bucket.{kind}", customer_id, bucket_type, qty, work, address=address_id)


def take_back(request: Request, customer_id: int, bucket_type: BucketType, qty: int) -> BucketReceipt:
    """Empties a courier brought: what is more than the ledger knows of is noted as surplus, never dropped."""

    def work(writer: "_Writer") -> None:
        known = min(qty, writer.account.out)
        if known:
            writer.bucket(BucketKind.RETURNED, known, None)
        if qty > known:
            writer.bucket(BucketKind.SURPLUS, qty - known, None)

    return _run(request, "bucket.take_back", customer_id, bucket_type, qty, work)


def collect(
    request: Request,
    customer_id: int,
    bucket_type: BucketType,
    qty: int,
    *,
    fen: int | None = None,
    channel: str = "cash",
) -> BucketReceipt:
    """Take deposits: at the type's price or `fen` in all. The entry has the receipt number to print."""
    total = bucket_type.deposit_fen * qty if fen is None else fen
    if total < 0:
        raise NotPossible("bad_amount", "金额有误", "The amount is wrong")

    def work(writer: "_Writer") -> None:
        writer.deposit(DepositKind.COLLECT, qty, total, channel=channel)

    return _run(request, "deposit.collect", customer_id, bucket_type, qty, work, fen=total, channel=channel)


def refund(
    request: Request,
    customer_id: int,
    bucket_type: BucketType,
    qty: int,
    *,
    channel: str = "original",
    approval: str = "",
) -> BucketReceipt:
    """Give deposits back for buckets that came back, at what was paid for them.

    Raises NotPossible("bucket_not_back"), or ("approval_needed") above TWO_PERSON_FEN without `approval`.
    """

    def work(writer: "_Writer") -> None:
        account = writer.account
        if qty > account.refundable:
            raise NotPossible(
                "bucket_not_back",
                f"只能退已回桶的押金，目前可退 {account.refundable} 个",
                f"Only buckets that came back: {account.refundable} can be refunded",
            )
        fen = _share(account, qty)
        approved = ""
        if fen > TWO_PERSON_FEN:
            if not approval:
                raise NotPossible(
                    "approval_needed",
                    "超过限额，需另一人授权",
                    "Above the limit a second person must approve",
                )
            approved = approvals.use(approval, request.by, approvals.DEPOSIT, customer_id, fen=fen).issued_by
        writer.deposit(DepositKind.REFUND, qty, fen, channel=channel, approved_by=approved)

    return _run(request, "deposit.refund", customer_id, bucket_type, qty, work, channel=channel)


def lose(request: Request, customer_id: int, bucket_type: BucketType, qty: int) -> BucketReceipt:
    """Buckets a customer lost or broke: gone from the ledger, and their deposits kept as far as there are."""

    def work(writer: "_Writer") -> None:
        kept = min(qty, writer.account.deposited)
        writer.bucket(BucketKind.LOST, qty, None)
        if kept:
            writer.deposit(DepositKind.OFFSET, kept, _share(writer.account, kept))

    return _run(request, "bucket.lose", customer_id, bucket_type, qty, work)


def transfer(
    request: Request, from_customer: int, to_customer: int, bucket_type: BucketType
) -> BucketReceipt:
    """All of one account to another customer's, such as a new tenant's: buckets and deposits alike."""
    if from_customer == to_customer:
        raise NotPossible("same_customer", "不能转给本人", "That is the same customer")

    def work(writer: "_Writer") -> None:
        giver, writer.account = writer.account, _locked(to_customer, bucket_type)
        _absorb(writer, giver)

    return _run(request, "bucket.transfer", from_customer, bucket_type, 1, work, to=to_customer)


def swap(
    request: Request, customer_id: int, old: BucketType, new: BucketType, qty: int, *, extra_fen: int = 0
) -> BucketReceipt:
    """Another type's bucket: the customer keeps as many, deposits go with them, plus `extra_fen`."""

    def work(writer: "_Writer") -> None:
        moved = min(qty, writer.account.deposited)
        fen = _share(writer.account, moved) if moved else 0
        writer.bucket(BucketKind.SWAP_OUT, qty, None)
        if moved:
            writer.deposit(DepositKind.TRANSFER_OUT, moved, fen)
        writer.account = _locked(customer_id, new)
        writer.bucket(BucketKind.SWAP_IN, qty, None)
        if moved:
            writer.deposit(DepositKind.TRANSFER_IN, moved, fen + extra_fen)

    return _run(request, "bucket.swap", customer_id, old, qty, work, new=new.pk, extra=extra_fen)


def standing(row: BucketAccount) -> Account:
    """Where an account's ledgers stand: their last entries, which carry the sums."""
    bucket = row.buckets.order_by("-seq").first()
    deposit = row.deposits.order_by("-seq").first()
    return Account(
        row=row,
        out=bucket.out_after if bucket else 0,
        deposited=deposit.qty_after if deposit else 0,
        fen=deposit.fen_after if deposit else 0,
        bucket_seq=bucket.seq if bucket else 0,
        deposit_seq=deposit.seq if deposit else 0,
    )


class _Writer:
    def __init__(self, request: Request, operation: Operation, account: Account) -> None:
        self.request, self.operation, self.account = request, operation, account
        self.buckets: list[BucketEntry] = []
        self.deposits: list[DepositEntry] = []

    def bucket(self, kind: BucketKind, qty: int, address_id: int | None) -> None:
        account, moved = self.account, BUCKET_SIGNS[kind] * qty
        if account.out + moved < 0:
            raise NotPossible(
                "more_than_out",
                f"在外桶只有 {account.out} 个，请先盘点",
                f"Only {account.out} are with the customer: take stock first",
            )
        account.bucket_seq, account.out = account.bucket_seq + 1, account.out + moved
        entry = BucketEntry(
            **self._common(len(self.buckets), "b"),
            seq=account.bucket_seq,
            kind=kind.value,
            qty=qty,
            d_out=moved,
            out_after=account.out,
            address_id=address_id,
        )
        entry.save(force_insert=True)
        self.buckets.append(entry)

    def deposit(
        self, kind: DepositKind, qty: int, fen: int, *, channel: str = "", approved_by: str = ""
    ) -> None:
        account, sign = self.account, DEPOSIT_SIGNS[kind]
        account.deposit_seq += 1
        account.deposited, account.fen = account.deposited + sign * qty, account.fen + sign * fen
        taken = kind == DepositKind.COLLECT
        entry = DepositEntry(
            **self._common(len(self.deposits), "d"),
            seq=account.deposit_seq,
            kind=kind.value,
            qty=qty,
            d_qty=sign * qty,
            d_fen=sign * fen,
            qty_after=account.deposited,
            fen_after=account.fen,
            receipt_no=f"YJ{account.row.pk:06d}-{account.deposit_seq:03d}" if taken else None,
            channel=channel,
            approved_by=approved_by,
        )
        entry.save(force_insert=True)
        self.deposits.append(entry)

    def _common(self, number: int, letter: str) -> dict[str, object]:
        request = self.request
        return {
            "account": self.account.row,
            "operation": self.operation,
            "idempotency_key": f"{request.key}#{letter}{number}",
            "order_id": request.order_id,
            "delivery_id": request.delivery_id,
            "call_id": request.call_id,
            "reason": request.reason[:200],
            "actor": self.operation.actor,
            "at": self.operation.at,
        }


def _run(
    request: Request,
    kind: str,
    customer_id: int,
    bucket_type: BucketType,
    qty: int,
    work: Callable[[_Writer], None],
    **more: object,
) -> BucketReceipt:
    if qty < 1:
        raise NotPossible("bad_quantity", "数量至少为 1", "A quantity is at least 1")
    what = {"customer": customer_id, "type": bucket_type.pk, "qty": qty, **more}
    try:
        with transaction.atomic():
            operation, fresh = operation_for(request, kind, what)
            if not fresh:
                return BucketReceipt(
                    operation,
                    tuple(operation.buckets.order_by("id")),
                    tuple(operation.deposits.order_by("id")),
                    repeated=True,
                )
            writer = _Writer(request, operation, _locked(customer_id, bucket_type))
            for duplicate in family(customer_id)[1:]:
                _absorb(writer, _locked(duplicate, bucket_type))
            work(writer)
            notices.announce("voucher", operation.pk, customer_id=customer_id, kind_of=kind)
            return BucketReceipt(operation, tuple(writer.buckets), tuple(writer.deposits))
    except (IntegrityError, OperationalError) as error:
        raise VoucherRefused(Code.CONFLICT) from error


def _absorb(writer: _Writer, giver: Account) -> None:
    """All of another account into the writer's, such as a merged duplicate's."""
    taker, out, deposited, fen = writer.account, giver.out, giver.deposited, giver.fen
    writer.account = giver
    if deposited:
        writer.deposit(DepositKind.TRANSFER_OUT, deposited, fen)
    if out:
        writer.bucket(BucketKind.SWAP_OUT, out, None)
    writer.account = taker
    if out:
        writer.bucket(BucketKind.SWAP_IN, out, None)
    if deposited:
        writer.deposit(DepositKind.TRANSFER_IN, deposited, fen)


def _locked(customer_id: int, bucket_type: BucketType) -> Account:
    made, _new = BucketAccount.objects.get_or_create(customer_id=customer_id, bucket_type=bucket_type)
    return standing(BucketAccount.objects.select_for_update().get(pk=made.pk))


def _share(account: Account, qty: int) -> int:
    """What was paid for `qty` of the deposits; the last ones get what rounding left."""
    return account.fen * qty // account.deposited if account.deposited else 0
