"""Callers' numbers older than the law lets them be kept: masked, and every count as it was (§2.4)."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from springline.business import phones
from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.calls import numbers, parts
from springline.business.calls.callbacks.models import CallbackTask
from springline.business.calls.models import Call, CallStep, LegalHold, WrapUp, WrapUpCode
from springline.business.customers.models import Customer, CustomerPhone, NumberTag
from springline.business.messaging import services as messaging
from springline.business.messaging.models import Message
from springline.business.messaging.states import MessageState
from springline.business.orders.converting import conversion_between
from tests.unit.business import people
from tests.unit.business.people import NOON, a_call

pytestmark = pytest.mark.django_db

CALLER, OTHER = "+8613800012345", "+8613900054321"
DUE = date(2028, 11, 24)
"""The day after 24 months since the calls of `people`."""


def texts_of_database() -> str:
    models = (Call, CallStep, CallbackTask, Message)
    return repr([list(model._default_manager.values()) for model in models])


def old_rows() -> None:
    a_call("c1", caller=CALLER)
    a_call("c2", caller=OTHER)
    a_call("c3", caller=CALLER)
    times = dict.fromkeys(("place_at", "begins_at", "warn_at", "due_at"), NOON)
    CallbackTask.objects.create(number=OTHER, call_id="c2", state="reached", kind="missed", **times)
    messaging.ship()
    messaging.sms("agent_message", OTHER, ("1", "霍山县", "12:00"), key="old")
    Message.objects.update(created_at=NOON, state=MessageState.SENT)


def test_the_last_day_keeps_and_the_next_masks(db: None) -> None:
    old_rows()
    assert not any(numbers.mask_expired(DUE - timedelta(days=1)).counts.values())
    planned = numbers.mask_expired(DUE, dry_run=True)
    assert CALLER in texts_of_database()
    done = numbers.mask_expired(DUE)
    assert done == planned
    assert (done.calls, done.call_backs, done.messages) == (3, 1, 1)
    found = texts_of_database()
    assert not any(number[3:] in found for number in (CALLER, OTHER))
    first, second, third = (Call.objects.get(pk=key).caller or "" for key in ("c1", "c2", "c3"))
    assert first == third != second
    assert first.startswith("138****2345~")
    [row] = AuditRow.objects.filter(what="numbers.masked")
    assert row.detail["calls"] == 3
    assert not any(numbers.mask_expired(DUE).counts.values()), "once is enough"
    assert AuditRow.objects.filter(what="numbers.masked").count() == 1


def test_a_dispute_and_an_open_call_back_keep_their_numbers(db: None) -> None:
    old_rows()
    CallbackTask.objects.update(state="open")
    LegalHold.objects.create(call_id="c1", cause="complaint:1")
    done = numbers.mask_expired(DUE)
    assert (done.calls, done.call_backs) == (2, 0)
    assert Call.objects.get(pk="c1").caller == CALLER
    LegalHold.objects.update(lifted_at=NOON)
    assert numbers.mask_expired(DUE).calls == 1


def test_what_agents_said_of_numbers_fades(db: None) -> None:
    """A correction after 180 days; a tag once its number is nobody's and has not called for 24 months."""
    old_rows()
    CustomerPhone.objects.create(customer=Customer.objects.create(name="王"), e164=OTHER)
    now, old = timezone.now(), NOON - timedelta(days=1)
    NumberTag.objects.create(e164=CALLER, county="341525", lasting=True, at=old)
    NumberTag.objects.create(e164=OTHER, county="341525", lasting=True, at=old)
    NumberTag.objects.create(e164="+8613700000001", county="341525", at=now - timedelta(days=181))
    NumberTag.objects.create(e164="+8613700000002", county="341525", at=now - timedelta(days=179))
    assert numbers.mask_expired(DUE - timedelta(days=1)).tags == 1
    assert CALLER in NumberTag.objects.values_list("pk", flat=True), "called within 24 months"
    assert numbers.mask_expired(DUE, dry_run=True).tags == 1
    assert numbers.mask_expired(DUE).tags == 1
    assert set(NumberTag.objects.values_list("pk", flat=True)) == {OTHER, "+8613700000002"}
    assert not NumberTag.history.filter(e164=CALLER).exists()


def test_a_run_that_was_broken_off_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old_rows()
    monkeypatch.setattr(numbers, "CHUNK", 1)
    mask, left = numbers._mask_calls, [2]

    def breaks(calls: list[Call]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        mask(calls)

    with monkeypatch.context() as patch:
        patch.setattr(numbers, "_mask_calls", breaks)
        with pytest.raises(KeyboardInterrupt):
            numbers.mask_expired(DUE)
    assert Call.objects.filter(caller__contains=phones.SIGN).count() == 2
    assert numbers.mask_expired(DUE).calls == 1


def test_reports_of_old_months_do_not_change(db: None) -> None:
    """Calls of one number within two hours stay one wish, and a customer's stay theirs."""
    old_rows()
    order = WrapUpCode.objects.create(code="order", name_zh="订水", key="1")
    for key in ("c1", "c2", "c3"):
        WrapUp.objects.create(call_id=key, code=order, intent="order")
    CustomerPhone.objects.create(customer=Customer.objects.create(name="王"), e164=OTHER)
    span = (NOON - timedelta(days=1), NOON + timedelta(days=1))
    before = conversion_between(*span)
    assert before.intents == 2
    numbers.mask_expired(DUE)
    assert conversion_between(*span) == before
    [shown] = parts.export_part(list(Customer.objects.values_list("pk", flat=True)))
    assert shown["number"] == "139****4321"


def test_people_see_the_masked_form_and_nothing_that_could_be_dialled(db: None) -> None:
    old_rows()
    numbers.mask_expired(DUE)
    client = Client()
    client.force_login(people.a(Role.SUPERVISOR))
    shown = client.get("/api/calls/c1").json()
    assert (shown["caller"], shown["caller_display"]) == (None, "138****2345")
    assert phones.SIGN not in str(shown)


@given(st.from_regex(r"\+[1-9][0-9]{4,14}", fullmatch=True))
def test_a_pseudonym_fits_its_field_and_is_its_own(number: str) -> None:
    found = phones.pseudonym(number)
    assert len(found) <= 20
    assert phones.pseudonym(found) == found != phones.pseudonym(number + "1")
    assert phones.whole(found) is None
    assert phones.masked(found) == phones.grouped(found) == phones.masked(number)
