"""The fixes of T01–T12: each leaves a ledger entry and a reason, and none lets the balance lie."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.catalog.models import Product
from springline.business.vouchers import approvals, binding, remedies, services
from springline.business.vouchers.ledger import Receipt
from springline.business.vouchers.models import Iou, PaperExchange, ReconcileItem, VoucherPackage
from springline.business.vouchers.refusals import FAILURES, Code, NotPossible, VoucherRefused
from tests.unit.vouchers.people import WANG, bought, breaks, package_of, req, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(db: None) -> User:
    return User.objects.create_user("agent", "x", name="小安", role=Role.AGENT)


@pytest.fixture
def monitor(db: None) -> User:
    return User.objects.create_user("monitor", "x", name="班长", role=Role.SUPERVISOR)


def test_every_code_has_words_and_a_way_out() -> None:
    assert set(FAILURES) == set(Code)
    assert len(Code) == 12
    for failure in FAILURES.values():
        assert failure.zh
        assert failure.en
        assert failure.say_zh
        assert failure.remedies


def test_t02_conversion_carries_the_value_and_the_difference(
    package: VoucherPackage, mineral: Product
) -> None:
    lot = bought(package)
    made = remedies.convert(req(), lot.pk, 5, mineral).lot
    # Six hundred fen dearer, five times; the first of the five was the gift.
    assert (made.sku, made.paid_fen) == ("MINERAL-18.9", 4 * 2000 + 5 * 600)
    services.redeem(req(), WANG, mineral, 5)
    assert (standing(lot), standing(made)) == ((6, 0, 0), (0, 0, 0))
    assert breaks() == []


def test_t02_a_smaller_bucket_is_made_up_for(package: VoucherPackage, spring: Product) -> None:
    lot = bought(package)
    Product.objects.filter(pk=spring.pk).update(volume_ml=16_800)
    made = remedies.top_up(req(), lot.pk).lot
    assert made.volume_ml == 16_800
    assert standing(made)[0] * 16_800 >= 11 * 18_900
    assert (standing(made)[0] - 1) * 16_800 < 11 * 18_900
    assert standing(lot) == (0, 0, 0)
    with pytest.raises(NotPossible, match="not_smaller"):
        remedies.top_up(req(), made.pk)


def test_t11_emergency_needs_a_second_person_and_leaves_an_item(
    spring: Product, agent: User, monitor: User
) -> None:
    lot = bought(package_of(spring, valid_days=1))
    code = approvals.issue(monitor, approvals.EMERGENCY, WANG)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        for by in (monitor, None):
            with pytest.raises(NotPossible, match="own_approval"):
                remedies.emergency(req(by=by), WANG, spring, 2, code)
        with pytest.raises(NotPossible, match="bad_approval"):
            remedies.emergency(req(by=agent), WANG, spring, 2, "00000000" if code != "00000000" else "1")
        remedies.emergency(req(by=agent, key="emergency"), WANG, spring, 13, code)
        assert remedies.emergency(req(by=agent, key="emergency"), WANG, spring, 13, code).repeated
        with pytest.raises(NotPossible, match="bad_approval"):
            remedies.emergency(req(by=agent), WANG, spring, 1, code)
    assert standing(lot) == (0, 0, 0)
    assert Iou.objects.get().qty == 2
    assert ReconcileItem.objects.get().approved_by == f"user:{monitor.pk}"


def test_an_approval_ends_after_ten_minutes_and_agents_issue_none(agent: User, monitor: User) -> None:
    code = approvals.issue(monitor, approvals.EMERGENCY, WANG)
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=11)),
        pytest.raises(NotPossible, match="bad_approval"),
    ):
        approvals.use(code, agent, approvals.EMERGENCY, WANG)
    with pytest.raises(NotPossible, match="not_a_supervisor"):
        approvals.issue(agent, approvals.EMERGENCY, WANG)


def test_t12_water_first_ticket_later(package: VoucherPackage, spring: Product) -> None:
    owed = remedies.owe(req(key="owed", delivery_id=9), WANG, spring, 2, Code.AWAY)
    assert remedies.owe(req(key="owed", delivery_id=9), WANG, spring, 2, Code.AWAY).pk == owed.pk
    assert remedies.settle_all() == 0
    owed.refresh_from_db()
    assert (owed.state, owed.tries) == ("open", 1)
    lot = bought(package)
    assert remedies.settle_all() == 1
    assert remedies.settle_all() == 0
    assert standing(lot) == (9, 0, 0)
    assert lot.entries.get(kind="redeem").delivery_id == 9
    assert ReconcileItem.objects.get().closed_at is not None


def test_t07_what_was_done_offline_arrives_once_and_is_never_dropped(
    package: VoucherPackage, spring: Product
) -> None:
    first = remedies.redeem_or_owe(req(key="phone-1", delivery_id=1), WANG, spring, 2)
    again = remedies.redeem_or_owe(req(key="phone-1", delivery_id=1), WANG, spring, 2)
    assert isinstance(first, Iou)
    assert isinstance(again, Iou)
    assert (first.pk, first.code, Iou.objects.count()) == (again.pk, "T01", 1)
    bought(package)
    remedies.settle(first.pk)
    done = remedies.redeem_or_owe(req(key="phone-2", delivery_id=2), WANG, spring, 1)
    assert isinstance(done, Receipt)
    with pytest.raises(VoucherRefused, match="T06"):
        remedies.redeem_or_owe(req(key="phone-3", delivery_id=2), WANG, spring, 1)


def test_t09_a_paper_voucher_is_exchanged_once_by_somebody_else(
    spring: Product, agent: User, monitor: User
) -> None:
    paper = remedies.submit_paper(req(by=agent), WANG, spring, 3, " ab 0012 ")
    assert paper.serial == "AB0012"
    with pytest.raises(NotPossible, match="serial_known"):
        remedies.submit_paper(req(by=agent), WANG, spring, 3, "AB0012")
    with pytest.raises(NotPossible, match="own_approval"):
        remedies.decide_paper(req(by=agent), paper.pk, accept=True)
    done = remedies.decide_paper(req(by=monitor), paper.pk, accept=True)
    assert remedies.decide_paper(req(by=monitor), paper.pk, accept=True).lot_id == done.lot_id
    with pytest.raises(NotPossible, match="decided"):
        remedies.decide_paper(req(by=monitor), paper.pk, accept=False)
    services.redeem(req(), WANG, spring, 3)
    assert services.refund_of(done.lot, timezone.now()).fen == 0  # type: ignore[arg-type]


def test_a_rejected_serial_may_be_handed_in_again(spring: Product, agent: User, monitor: User) -> None:
    paper = remedies.submit_paper(req(by=agent), WANG, spring, 3, "X1")
    remedies.decide_paper(req(by=monitor, reason="看不清"), paper.pk, accept=False)
    remedies.submit_paper(req(by=agent), WANG, spring, 3, "X1")
    assert PaperExchange.objects.count() == 2


DAY = date(2026, 11, 1)
FACTS = binding.Facts(
    addresses=("六安市金安区皖西路 12 号 3 栋 501",),
    last_order=("D0012", DAY, "SPRING-18.9"),
    purchases=(DAY,),
)


@pytest.mark.parametrize(
    ("answers", "matched"),
    [
        ({"address": "皖西路12号", "order_no": "D0012"}, ("address", "last_order")),
        ({"address": "皖西路12号", "order_no": "D9", "purchase_day": DAY}, ("address", "purchase")),
        ({"address": "皖西路12号"}, ("address",)),
        ({"address": "皖西"}, ()),
        ({"address": "别处的路1号", "order_day": date(2026, 1, 1), "purchase_day": date(2026, 1, 1)}, ()),
        ({}, ()),
    ],
)
def test_t08_two_of_three(answers: dict[str, object], matched: tuple[str, ...]) -> None:
    verdict = binding.verify(FACTS, binding.Answers(**answers))  # type: ignore[arg-type]
    assert (verdict.matched, verdict.passed) == (matched, len(matched) >= 2)


def test_t08_nothing_known_matches_nothing() -> None:
    answers = binding.Answers(address="皖西路12号", order_no="", order_day=DAY, purchase_day=DAY, lot=1)
    assert binding.verify(binding.Facts(), answers).matched == ()
