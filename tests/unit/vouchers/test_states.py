"""The tables, whole."""

import pytest

from springline.business.hotline.states import IllegalTransition
from springline.business.vouchers.states import (
    BUCKET_SIGNS,
    DEPOSIT_SIGNS,
    FORMS,
    MOVES,
    QUIET,
    SETTLES,
    BucketKind,
    CaseState,
    DepositKind,
    EntryKind,
    FormEvent,
    IouState,
    PaperState,
    VoucherState,
    after,
    after_form,
    deltas,
)

_S, _K = VoucherState, EntryKind
# From state by kind; what is not here is refused.
EXPECTED = {
    (_S.OUTSIDE, _K.PURCHASE): _S.AVAILABLE,
    (_S.OUTSIDE, _K.GIFT): _S.AVAILABLE,
    (_S.OUTSIDE, _K.COMPENSATE): _S.AVAILABLE,
    (_S.OUTSIDE, _K.TRANSFER_IN): _S.AVAILABLE,
    (_S.AVAILABLE, _K.RESERVE): _S.RESERVED,
    (_S.AVAILABLE, _K.FREEZE): _S.FROZEN,
    (_S.AVAILABLE, _K.EXPIRE): _S.FROZEN,
    (_S.AVAILABLE, _K.REFUND): _S.REFUNDED,
    (_S.AVAILABLE, _K.TRANSFER_OUT): _S.OUTSIDE,
    (_S.RESERVED, _K.RELEASE): _S.AVAILABLE,
    (_S.RESERVED, _K.REDEEM): _S.REDEEMED,
    (_S.REDEEMED, _K.REVERSE): _S.AVAILABLE,
    (_S.FROZEN, _K.UNFREEZE): _S.AVAILABLE,
}


@pytest.mark.parametrize("state", list(VoucherState))
@pytest.mark.parametrize("kind", list(EntryKind))
def test_the_whole_table(state: VoucherState, kind: EntryKind) -> None:
    if (state, kind) in EXPECTED:
        assert after(state, kind) is EXPECTED[state, kind]
    else:
        with pytest.raises(IllegalTransition):
            after(state, kind)


def test_every_kind_has_its_place_and_what_settles_undoes() -> None:
    assert set(MOVES) | set(QUIET) == set(EntryKind)
    assert not set(MOVES) & set(QUIET)
    for kind, settled in SETTLES.items():
        assert all(MOVES[first][1] is MOVES[kind][0] for first in settled)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_deltas_move_and_never_multiply(kind: EntryKind) -> None:
    moved = deltas(kind, 3)
    assert set(moved) <= {-3, 0, 3}
    inside = {_S.AVAILABLE, _S.RESERVED, _S.FROZEN}
    if kind in MOVES:
        source, target = MOVES[kind]
        assert sum(moved) == 3 * ((target in inside) - (source in inside))


@pytest.mark.parametrize("state", [*IouState, *PaperState, *CaseState])
@pytest.mark.parametrize("event", list(FormEvent))
def test_forms(state: str, event: FormEvent) -> None:
    if (state, event) in FORMS:
        assert after_form(state, event) == FORMS[state, event]
    else:
        with pytest.raises(IllegalTransition):
            after_form(state, event)


def test_every_bucket_and_deposit_kind_has_a_sign() -> None:
    assert set(BUCKET_SIGNS) == set(BucketKind)
    assert set(DEPOSIT_SIGNS) == set(DepositKind)
