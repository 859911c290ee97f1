"""Buckets and deposits: the invariants of §4.3, and that money goes back only for what came back."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog.models import BucketType, Product
from springline.business.customers.models import Customer
from springline.business.vouchers import approvals, buckets, selectors
from springline.business.vouchers.models import BucketAccount, BucketEntry, DepositEntry
from springline.business.vouchers.refusals import NotPossible
from springline.business.vouchers.selectors import BucketStanding
from springline.business.vouchers.states import BucketKind
from tests.unit.vouchers.people import LI, WANG, req

pytestmark = pytest.mark.django_db
OUT = BucketKind.DELIVERED


@pytest.fixture
def pc(spring: Product) -> BucketType:
    """A deposit of 50 yuan."""
    assert spring.bucket_type is not None
    return spring.bucket_type


def now(customer: int = WANG) -> BucketStanding:
    return selectors.bucket_standings([customer])[0]


def test_out_deposited_and_owed(pc: BucketType) -> None:
    buckets.move(req(), WANG, pc, OUT, 3)
    assert (now().out, now().deposited, now().owed) == (3, 0, 3)
    receipt = buckets.collect(req(), WANG, pc, 2)
    assert receipt.deposits[0].receipt_no
    assert (now().owed, now().held_fen, now().refundable) == (1, 10_000, 0)
    buckets.take_back(req(), WANG, pc, 2)
    assert (now().out, now().owed, now().refundable) == (1, 0, 1)


def test_money_back_only_for_what_came_back(pc: BucketType) -> None:
    buckets.move(req(), WANG, pc, OUT, 2)
    buckets.collect(req(), WANG, pc, 2)
    with pytest.raises(NotPossible, match="bucket_not_back"):
        buckets.refund(req(), WANG, pc, 1)
    buckets.take_back(req(), WANG, pc, 1)
    first = buckets.refund(req(key="back"), WANG, pc, 1)
    assert buckets.refund(req(key="back"), WANG, pc, 1).repeated
    assert first.deposits[0].d_fen == -5000
    assert (now().deposited, now().held_fen) == (1, 5000)


def test_the_database_refuses_it_too(pc: BucketType) -> None:
    buckets.move(req(), WANG, pc, OUT, 2)
    entry = buckets.collect(req(), WANG, pc, 2).deposits[0]
    bad = DepositEntry(
        account=entry.account, operation=entry.operation, seq=2, kind="refund", qty=1, d_qty=-1, d_fen=-5000,
        qty_after=1, fen_after=5000, idempotency_key="attack", actor="x",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="deposit_refund_without_bucket"), transaction.atomic():
        bad.save()
    with pytest.raises(IntegrityError, match="append_only"), transaction.atomic():
        BucketEntry.objects.update(out_after=0)


def test_more_empties_than_known_are_noted(pc: BucketType) -> None:
    buckets.move(req(), WANG, pc, OUT, 1)
    kinds = [entry.kind for entry in buckets.take_back(req(), WANG, pc, 3).buckets]
    assert kinds == ["returned", "surplus"]
    assert now().out == 0
    with pytest.raises(NotPossible, match="more_than_out"):
        buckets.move(req(), WANG, pc, BucketKind.DAMAGED, 1)


def test_above_the_limit_a_second_person_consents(pc: BucketType) -> None:
    agent = User.objects.create_user("agent", "x", name="小安", role=Role.AGENT)
    monitor = User.objects.create_user("monitor", "x", name="班长", role=Role.SUPERVISOR)
    buckets.collect(req(), WANG, pc, 5)
    with pytest.raises(NotPossible, match="approval_needed"):
        buckets.refund(req(by=agent), WANG, pc, 5)
    small = approvals.issue(monitor, approvals.DEPOSIT, WANG, limit_fen=20_000)
    with pytest.raises(NotPossible, match="bad_approval"):
        buckets.refund(req(by=agent), WANG, pc, 5, approval=small)
    code = approvals.issue(monitor, approvals.DEPOSIT, WANG, limit_fen=25_000)
    entry = buckets.refund(req(by=agent), WANG, pc, 5, approval=code).deposits[0]
    assert (entry.d_fen, entry.approved_by) == (-25_000, f"user:{monitor.pk}")


def test_a_lost_bucket_costs_its_deposit(pc: BucketType) -> None:
    buckets.move(req(), WANG, pc, OUT, 2)
    buckets.collect(req(), WANG, pc, 1)
    buckets.lose(req(), WANG, pc, 2)
    assert (now().out, now().deposited, now().held_fen, now().owed) == (0, 0, 0, 0)


def test_an_account_moves_whole_and_a_swap_keeps_the_count(pc: BucketType) -> None:
    small = BucketType.objects.get(code="PC-11.3")
    buckets.move(req(), WANG, pc, OUT, 2)
    buckets.collect(req(), WANG, pc, 2)
    buckets.transfer(req(), WANG, LI, pc)
    assert (now().out, now().held_fen, now(LI).out, now(LI).held_fen) == (0, 0, 2, 10_000)
    buckets.swap(req(), LI, pc, small, 1)
    assert [(one.out, one.held_fen) for one in selectors.bucket_standings([LI])] == [(1, 5000), (1, 5000)]


def test_a_merged_duplicates_buckets_come_back_on_the_one_that_stays(pc: BucketType) -> None:
    kept, gone = Customer.objects.create(name="王"), Customer.objects.create(name="王先生")
    buckets.move(req(), gone.pk, pc, OUT, 2)
    gone.merged_into = kept
    gone.save()
    buckets.take_back(req(), kept.pk, pc, 2)
    assert selectors.bucket_standings([kept.pk, gone.pk])[0].out == 0
    assert not BucketEntry.objects.filter(kind="surplus").exists()


STEPS = st.lists(
    st.tuples(st.sampled_from(["out", "back", "collect", "refund", "lose"]), st.integers(1, 4)), max_size=12
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_sequence_keeps_the_invariants(pc: BucketType, steps: list[tuple[str, int]]) -> None:
    doing = {
        "out": lambda qty: buckets.move(req(), WANG, pc, OUT, qty),
        "back": lambda qty: buckets.take_back(req(), WANG, pc, qty),
        "collect": lambda qty: buckets.collect(req(), WANG, pc, qty),
        "refund": lambda qty: buckets.refund(req(), WANG, pc, qty),
        "lose": lambda qty: buckets.lose(req(), WANG, pc, qty),
    }
    for what, qty in steps:
        try:
            receipt = doing[what](qty)
        except NotPossible:
            continue
        account = buckets.standing(BucketAccount.objects.get(customer_id=WANG))
        assert account.out == sum(row.d_out for row in BucketEntry.objects.all())
        assert account.deposited == sum(row.d_qty for row in DepositEntry.objects.all())
        assert account.fen == sum(row.d_fen for row in DepositEntry.objects.all())
        assert min(account.out, account.deposited, account.fen) >= 0
        if what == "refund":
            assert receipt.deposits
            assert account.deposited >= account.out
