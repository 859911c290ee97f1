"""What phones reported and could not be applied is decided by a person; the day's cash is signed off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.delivery import settling
from springline.business.delivery.models import Courier, DaySignOff, DeliveryTask, SyncConflict
from springline.business.delivery.services import assignment
from springline.business.delivery.states import EndedWhy
from springline.business.orders import services as orders
from tests.unit.delivery.conftest import signed_in
from tests.unit.delivery.people import Phone, key, leaves, placed, post, task_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]


def refused(customer: Customer, courier: Courier, **told: object) -> dict[str, object]:
    """A delivery long before its order was taken away: too long ago to count by itself."""
    order = placed(customer)
    task = task_of(order)
    orders.cancel(order.pk, "customer", key=key(), by=None)
    DeliveryTask.objects.filter(pk=task.pk).update(told_at=timezone.now() - timedelta(hours=1))
    result = Phone(courier).reports(task, "deliver", **leaves(order, **told))
    assert (result.status, result.code) == ("conflict", "implausible_time")
    return {"order": order, "task": task}


def listed(client: Client) -> list[dict[str, object]]:
    return client.get("/api/delivery/conflicts").json()  # type: ignore[no-any-return]


def decide(client: Client, row: dict[str, object], **body: object):  # type: ignore[no-untyped-def]
    return post(client, f"/api/delivery/conflicts/{row['id']}/resolve", **body)


def test_a_conflict_counts_as_reported(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    made = refused(wang, zhou, cash_fen=4000)
    client = as_role(Role.SUPERVISOR)
    [row] = listed(client)
    assert (row["may_count"], row["kind"], row["courier"]) == (True, "deliver", "courier01")
    assert [(line["name"], line["qty"]) for line in row["lines"]] == [("山泉水 18.9 升", 2)]  # type: ignore[attr-defined]
    assert decide(client, row, how="deliver", note="").status_code == 422
    answer = decide(client, row, how="deliver", note="电话核实，水已收到").json()
    assert (answer["decision"], answer["applied"]) == ("accepted", True)
    assert answer["decision_words"] == "按上报计入"
    assert listed(client) == []
    assert settling.of_day(zhou, timezone.localdate()).cash_fen == 4000
    assert task_of(made["order"]).state == "delivered"  # type: ignore[arg-type]
    audited = AuditRow.objects.filter(what="conflict.closed").latest("pk")
    assert (audited.why, audited.detail["decision"]) == ("电话核实，水已收到", "accepted")


def test_a_conflict_counts_as_corrected(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    made = refused(wang, zhou, cash_fen=9000)
    client = as_role(Role.SUPERVISOR)
    [row] = listed(client)
    told = leaves(made["order"], cash_fen=2000)  # type: ignore[arg-type]
    told["lines"][0]["qty"] = 1
    answer = decide(client, row, how="deliver", note="实际一桶", told=told).json()
    assert answer["decision"] == "corrected"
    day = settling.of_day(zhou, timezone.localdate())
    assert (day.buckets, day.cash_fen) == (1, 2000)


def test_a_conflict_is_dismissed_with_its_reason(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    refused(wang, zhou)
    client = as_role(Role.OWNER)
    [row] = listed(client)
    answer = decide(client, row, how="close", note="配送员点错").json()
    assert (answer["decision"], answer["applied"], answer["closed_by"]) == ("dismissed", False, "owner")
    assert settling.of_day(zhou, timezone.localdate()).delivered == 0
    # It stays, with who decided what.
    [kept] = client.get("/api/delivery/conflicts?state=all").json()
    assert kept["closing_note"] == "配送员点错"


def test_whatever_could_not_be_applied_is_seen(
    wang: Customer, zhou: Courier, wu: Courier, as_role: SignIn
) -> None:
    """A task of somebody else, a broken report, and a step that came after the order was given away."""
    client, order = as_role(Role.SUPERVISOR), placed(wang)
    task = task_of(order)
    assert Phone(wu).reports(task, "deliver", **leaves(order, cash_fen=100)).status == "rejected"
    assert Phone(zhou).reports(task, "refuse", reason=7).status == "rejected"
    assignment.withdraw(task, EndedWhy.REASSIGNED, by=None)
    Phone(zhou).reports(task, "accept")
    rows = listed(client)
    assert [(row["code"], row["courier"], row["task_id"]) for row in rows] == [
        ("withdrawn", "courier01", task.pk),
        ("bad_payload", "courier01", task.pk),
        ("unknown_task", "courier02", None),
    ]
    assert [row["may_count"] for row in rows] == [False, False, False]
    assert decide(client, rows[2], how="deliver", note="?").json()["code"] == "not_a_delivery"
    for row in rows:
        assert decide(client, row, how="close", note="已问过").status_code == 200


def a_day(wang: Customer, zhou: Courier, cash_fen: int) -> str:
    order = placed(wang)
    Phone(zhou).reports(task_of(order), "deliver", **leaves(order, cash_fen=cash_fen))
    return timezone.localdate().isoformat()


def test_a_day_is_signed_off(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    day, finance = a_day(wang, zhou, 9000), as_role(Role.FINANCE)
    path = f"/api/delivery/couriers/{zhou.pk}/sign-off"
    row = settling.declare(zhou, timezone.localdate(), 8500, key())
    seen = {"day": day, "cash_fen": 9000, "handed_fen": 8500}
    assert post(signed_in(zhou.user), path, **seen).status_code == 403
    assert post(as_role(Role.AGENT), path, **seen).status_code == 403
    assert post(finance, path, **seen).json()["code"] == "not_counted"
    post(finance, f"/api/delivery/handovers/{row.pk}/confirm", counted_fen=8500, note="找零不足")
    assert post(finance, path, **{**seen, "handed_fen": 9000}).json()["code"] == "stale"
    assert post(finance, path, **seen).json()["code"] == "note_missing"
    signed = post(finance, path, **seen, note="找零不足 5 元，已知会").json()["signed"]
    assert (signed["by"], signed["difference_fen"], signed["current"]) == ("finance", -500, True)
    # Once more by a double click: the same row.
    assert post(finance, path, **seen, note="x").json()["signed"]["note"] == "找零不足 5 元，已知会"
    assert DaySignOff.objects.count() == 1
    # The courier sees it too.
    assert signed_in(zhou.user).get("/api/courier/settlement").json()["signed"]["by"] == "finance"


def test_what_comes_after_the_signature_is_signed_anew(
    wang: Customer, zhou: Courier, as_role: SignIn
) -> None:
    day, owner = a_day(wang, zhou, 0), as_role(Role.OWNER)
    path = f"/api/delivery/couriers/{zhou.pk}/sign-off"
    assert post(owner, path, day=day, cash_fen=0, handed_fen=0).status_code == 200
    a_day(wang, zhou, 3000)
    [shown] = owner.get("/api/delivery/days").json()
    assert (shown["signed"]["current"], shown["to_hand_fen"]) == (False, 3000)
    assert post(owner, path, day=day, cash_fen=3000, handed_fen=0, note="明天补交").status_code == 200
    [shown] = owner.get("/api/delivery/days").json()
    assert (shown["signed"]["current"], shown["signed"]["difference_fen"]) == (True, -3000)
    assert DaySignOff.objects.count() == 2


def test_a_day_with_an_open_conflict_is_not_signed(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    refused(wang, zhou)
    owner, day = as_role(Role.OWNER), timezone.localdate().isoformat()
    [shown] = owner.get("/api/delivery/days").json()
    assert shown["conflicts"] == 1
    answer = post(owner, f"/api/delivery/couriers/{zhou.pk}/sign-off", day=day, cash_fen=0, handed_fen=0)
    assert answer.json()["code"] == "conflicts_open"


def test_earlier_days_without_a_signature_are_told(wang: Customer, zhou: Courier, as_role: SignIn) -> None:
    a_day(wang, zhou, 3000)
    owner = as_role(Role.OWNER)
    assert owner.get("/api/delivery/days/unsigned").json() == []
    yesterday = timezone.now() - timedelta(days=1)
    DeliveryTask.objects.update(done_at=yesterday)
    day = timezone.localdate(yesterday).isoformat()
    assert owner.get("/api/delivery/days/unsigned").json() == [{"day": day, "couriers": 1, "cash_fen": 3000}]
    path = f"/api/delivery/couriers/{zhou.pk}/sign-off"
    assert post(owner, path, day=day, cash_fen=3000, handed_fen=0, note="未交").status_code == 200
    assert owner.get("/api/delivery/days/unsigned").json() == []


def test_the_database_asks_for_a_reason_too(zhou: Courier) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DaySignOff.objects.create(
            courier=zhou, day=timezone.localdate(), cash_fen=5, handed_fen=0, by=zhou.user
        )
    assert not SyncConflict.objects.exists()
