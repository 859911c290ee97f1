"""Laws: whatever the services do in whatever order, the ledger adds up and its chains hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springline.business.catalog.models import Product
from springline.business.vouchers import chain, services
from springline.business.vouchers.ledger import Receipt, Request
from springline.business.vouchers.models import VoucherEntry, VoucherLot, VoucherPackage
from springline.business.vouchers.refusals import NotPossible, VoucherRefused
from tests.unit.vouchers.people import LI, WANG, bought, breaks, req, standing

pytestmark = pytest.mark.django_db
LAWS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["buy", "reserve", "release", "redeem", "reverse", "freeze", "unfreeze", "transfer", "refund",
             "compensate", "rebind"]
        ),
        st.integers(0, 3),
        st.integers(1, 7),
    ),
    max_size=14,
)  # fmt: skip


def aimed(step: Step) -> tuple[int, int]:
    """The lot and the redemption a step is about."""
    lots = list(VoucherLot.objects.order_by("id"))
    redeemed = list(VoucherEntry.objects.filter(kind="redeem").order_by("id"))
    return (
        lots[step[1] % len(lots)].pk if lots else 0,
        redeemed[step[1] % len(redeemed)].pk if redeemed else 0,
    )


def act(request: Request, step: Step, package: VoucherPackage, aim: tuple[int, int]) -> Receipt | None:
    """One step; None when it was refused."""
    what, which, qty = step
    customer = WANG if which % 2 else LI
    lot, entry = aim
    doing: dict[str, Callable[[], Receipt]] = {
        "buy": lambda: services.purchase(request, customer, package),
        "reserve": lambda: services.reserve(request, customer, package.product, qty),
        "release": lambda: services.release(request),
        "redeem": lambda: services.redeem(request, customer, package.product, qty),
        "reverse": lambda: services.reverse(request, entry, qty),
        "freeze": lambda: services.freeze(request, lot, qty),
        "unfreeze": lambda: services.unfreeze(request, lot),
        "transfer": lambda: services.transfer(request, lot, qty, LI if customer == WANG else WANG),
        "refund": lambda: services.refund(request, lot),
        "compensate": lambda: services.compensate(request, lot, qty),
        "rebind": lambda: services.rebind(request, customer, LI if customer == WANG else WANG),
    }
    try:
        return doing[what]()
    except (VoucherRefused, NotPossible):
        return None


@LAWS
@given(steps=STEPS)
def test_any_sequence_adds_up_and_a_repetition_changes_nothing(
    package: VoucherPackage, steps: list[Step]
) -> None:
    for step in [("buy", 0, 1), ("buy", 1, 1), *steps]:
        request = req(order_id=step[1] + 1)
        aim = aimed(step)
        first = act(request, step, package, aim)
        if first is not None:
            before = VoucherEntry.objects.count()
            again = act(request, step, package, aim)
            assert again is not None
            assert again.repeated
            assert [e.pk for e in again.entries] == [e.pk for e in first.entries]
            assert VoucherEntry.objects.count() == before
    for lot in VoucherLot.objects.all():
        standing(lot)
        issued = sum(
            e.qty for e in lot.entries.filter(kind__in=["purchase", "gift", "compensate", "transfer_in"])
        )
        inside = sum(standing(lot))
        left = sum(e.qty for e in lot.entries.filter(kind__in=["refund", "transfer_out", "redeem"]))
        back = sum(e.qty for e in lot.entries.filter(kind="reverse"))
        assert issued == inside + left - back
    assert breaks() == []


@pytest.fixture
def history(package: VoucherPackage, spring: Product) -> VoucherLot:
    """A lot with every field of its entries in use."""
    lot = bought(package, station_id=1)
    services.reserve(req(order_id=1, call_id="c1"), WANG, spring, 3)
    services.redeem(req(order_id=1, delivery_id=5, station_id=1), WANG, spring, 2)
    services.release(req(order_id=1))
    services.freeze(req(), lot.pk, 1)
    return lot


def other(value: object) -> object:
    if isinstance(value, str):
        return value[:-1] + ("x" if value[-1:] != "x" else "y") if value else "x"
    if isinstance(value, list):
        return [*value, "341502"]
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    return datetime(2026, 1, 1, tzinfo=UTC) if value is None else int(value) + 1  # type: ignore[call-overload]


TIMES = {"expires_at", "at", "bought_at"}
ENTRY_COLUMNS = [f.attname for f in VoucherEntry._meta.concrete_fields if f.attname != "id"]
LOT_COLUMNS = [f.attname for f in VoucherLot._meta.concrete_fields if f.attname not in {"id", "remark"}]


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_a_change_of_any_field_of_any_entry_is_found(
    history: VoucherLot, unguarded: None, column: str
) -> None:
    entries = list(history.entries.order_by("seq"))
    for entry in entries:
        rows = list(history.entries.order_by("seq"))
        row = rows[entry.seq - 1]
        value = getattr(row, column)
        if value is None and column not in TIMES:
            setattr(row, column, 7)
        elif column == "kind":
            row.kind = "gift" if value != "gift" else "purchase"
        else:
            setattr(row, column, other(value))
        found = chain.verify(history, rows)
        assert found is not None
        assert found.seq == entry.seq


@pytest.mark.parametrize("column", LOT_COLUMNS)
def test_a_change_of_any_term_of_a_lot_is_found(history: VoucherLot, column: str) -> None:
    value = getattr(history, column)
    setattr(history, column, 7 if value is None and column not in TIMES else other(value))
    assert chain.verify(history, history.entries.order_by("seq")) is not None


def test_a_row_changed_in_the_database_is_found_there(history: VoucherLot, unguarded: None) -> None:
    third = history.entries.get(seq=3)
    assert breaks() == []
    VoucherEntry.objects.filter(pk=third.pk).update(reason="nothing to see")
    assert breaks() == [chain.Break(lot=history.pk, seq=3, entry=third.pk, what="hash")]


def test_a_row_taken_out_is_found(history: VoucherLot) -> None:
    rows = list(history.entries.order_by("seq"))
    for gone in range(len(rows) - 1):
        found = chain.verify(history, rows[:gone] + rows[gone + 1 :])
        assert found is not None
        assert found.seq == gone + 1
