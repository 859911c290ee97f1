"""Vouchers over HTTP: the panel, redemption with its refusals, fixes, the statement."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from springline.business.accounts.models import AuditRow
from springline.business.accounts.roles import Role
from springline.business.calls.models import Call
from springline.business.catalog.models import Product
from springline.business.vouchers import cases, hooks, parts, remedies, services
from springline.business.vouchers.models import ReconcileItem, VoucherCase, VoucherPackage
from springline.business.vouchers.refusals import Code, VoucherRefused
from tests.unit.vouchers.people import WANG, bought, package_of, req, standing

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role], Client]
BASE = f"/api/vouchers/customers/{WANG}"


def post(client: Client, path: str, **body: object):  # type: ignore[no-untyped-def]
    return client.post(path, {"key": f"key-of-{path}"[-80:], **body}, content_type="application/json")


def test_the_panel_shows_everything_on_one_screen(package: VoucherPackage, as_role: SignIn) -> None:
    bought(package)
    panel = as_role(Role.AGENT).get(BASE).json()
    assert panel["balance"] == {"available": 11, "reserved": 0, "frozen": 0, "owed": 0}
    assert panel["lots"][0]["unit_price_fen"] == 2000
    assert [one["sku"] for one in panel["eligible"]] == ["SPRING-18.9"]


def test_a_t02_caller_sees_why_and_what_to_do(package: VoucherPackage, as_role: SignIn) -> None:
    bought(package)
    client, answered = as_role(Role.AGENT), timezone.now() - timedelta(seconds=30)
    body = {"sku": "MINERAL-18.9", "qty": 1, "call_id": "c1", "answered_at": answered.isoformat()}
    answer = post(client, f"{BASE}/redemptions", **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "T02")
    detail = answer.json()["detail"]
    assert "专用票" in answer.json()["message"]
    assert detail["remedies"][:2] == ["switch_product", "convert"]
    assert detail["case"]["clock"]["state"] == "running"
    post(client, f"{BASE}/redemptions", **body)
    assert VoucherCase.objects.count() == 1
    assert client.get(BASE).json()["cases"][0]["code"] == "T02"
    lot = client.get(f"{BASE}/lots").json()[0]["id"]
    fixed = post(client, f"/api/vouchers/lots/{lot}/fixes/convert", sku="MINERAL-18.9", qty=1)
    assert fixed.status_code == 200
    case = detail["case"]["id"]
    done = post(client, f"/api/vouchers/cases/{case}/close", event="resolve", remedy="convert").json()
    assert (done["state"], done["clock"]["state"]) == ("resolved", "met")


@pytest.mark.parametrize(
    ("seconds", "open_state", "done_state"),
    [(10, "running", "met"), (150, "warning", "met"), (179, "warning", "met"), (180, "warning", "met"),
     (181, "late", "missed")],
)  # fmt: skip
def test_the_clock(seconds: int, open_state: str, done_state: str) -> None:
    began = timezone.now()
    case = cases.open_case(VoucherRefused(Code.SHORT), WANG, None, answered_at=began)
    now = began + timedelta(seconds=seconds)
    assert cases.clock(case, now).state == open_state
    case.done_at = now
    assert cases.clock(case, now + timedelta(days=1)).state == done_state


def test_a_double_click_is_one_redemption(package: VoucherPackage, as_role: SignIn) -> None:
    lot, client = bought(package), as_role(Role.AGENT)
    body = {"sku": "SPRING-18.9", "qty": 1, "delivery_id": 7}
    answers = [post(client, f"{BASE}/redemptions", **body).json() for _ in range(2)]
    assert [answer["repeated"] for answer in answers] == [False, True]
    other = post(client, f"{BASE}/redemptions", **{**body, "key": "another-click"})
    assert other.json()["code"] == "T06"
    assert standing(lot) == (10, 0, 0)


def test_who_may_what(package: VoucherPackage, as_role: SignIn) -> None:
    lot = bought(package)
    urls = {
        "read": lambda client: client.get(BASE),
        "use": lambda client: post(client, f"{BASE}/redemptions", sku="SPRING-18.9", qty=1),
        "approve": lambda client: client.get("/api/vouchers/audit"),
        "refund": lambda client: post(client, f"/api/vouchers/lots/{lot.pk}/refund"),
    }
    expected = {
        Role.COURIER: (403, 403, 403, 403),
        Role.AGENT: (200, 200, 403, 409),
        Role.FINANCE: (200, 403, 200, 200),
    }
    for role, statuses in expected.items():
        client = as_role(role)
        assert tuple(ask(client).status_code for ask in urls.values()) == statuses, role
    assert Client().get(BASE).status_code == 401


def test_emergency_with_a_code_read_out(package: VoucherPackage, as_role: SignIn) -> None:
    body = {"purpose": "emergency", "customer_id": WANG}
    assert as_role(Role.AGENT).post(
        "/api/vouchers/approvals", body, content_type="application/json"
    ).status_code == 403  # fmt: skip
    code = (
        as_role(Role.SUPERVISOR)
        .post("/api/vouchers/approvals", body, content_type="application/json")
        .json()["code"]
    )
    done = post(
        as_role(Role.AGENT), f"{BASE}/fixes/emergency", sku="SPRING-18.9", qty=2, code=code, reason="T11"
    ).json()
    assert (done["entries"], done["iou"]["qty"]) == ([], 2)


def test_nothing_is_redeemed_on_no_order_nor_on_a_stranger_s(
    package: VoucherPackage, as_role: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = bought(package)
    monkeypatch.setitem(hooks.customer_of_order, "orders", {7: WANG, 8: WANG + 1}.get)
    client, body = as_role(Role.AGENT), {"sku": "SPRING-18.9", "qty": 1}
    refused = [post(client, f"{BASE}/redemptions", **body, order_id=order) for order in (8, 9)]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (422, "order_of_another"),
        (404, "unknown_order"),
    ]
    assert standing(lot) == (11, 0, 0)
    assert post(client, f"{BASE}/redemptions", **body, order_id=7).status_code == 200


def test_the_statement_adds_up_and_links_every_line(
    package: VoucherPackage, spring: Product, as_role: SignIn
) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        bought(package)
    services.redeem(req(order_id=3, delivery_id=4, call_id="c9"), WANG, spring, 2)
    client = as_role(Role.FINANCE)
    since = (timezone.now() - timedelta(days=1)).isoformat()
    found = client.get(f"{BASE}/statement", {"since": since}).json()
    assert (found["opening"]["vouchers"], found["closing"]["vouchers"]) == (11, 9)
    assert found["opening"]["vouchers"] + sum(line["change"] for line in found["lines"]) == 9
    assert {(line["order_id"], line["delivery_id"], line["call_id"]) for line in found["lines"]} == {
        (3, 4, "c9")
    }


def test_buckets_and_deposits(spring: Product, as_role: SignIn) -> None:
    client = as_role(Role.AGENT)
    pc = {"bucket_type": "PC-18.9", "qty": 1}
    assert post(client, f"{BASE}/buckets", kind="delivered", **pc).status_code == 200
    taken = post(client, f"{BASE}/deposits", **pc).json()
    assert (taken["fen"], taken["standing"][0]["owed"]) == (5000, 0)
    assert taken["receipt_no"]
    refused = post(client, f"{BASE}/deposits/refund", **pc)
    assert (refused.status_code, refused.json()["code"]) == (409, "bucket_not_back")
    assert post(client, f"{BASE}/buckets/take-back", **pc).json()["standing"][0]["refundable"] == 1
    # The refused request left nothing behind, so its key is still good.
    assert post(client, f"{BASE}/deposits/refund", **pc).json()["fen"] == -5000


def test_a_refund_takes_two_people(package: VoucherPackage, as_role: SignIn) -> None:
    lot, agent, supervisor = bought(package), as_role(Role.AGENT), as_role(Role.SUPERVISOR)
    url = f"/api/vouchers/lots/{lot.pk}/refund"
    assert post(agent, url).json()["code"] == "approval_needed"
    body = {"purpose": "voucher_refund", "customer_id": WANG}
    code = supervisor.post("/api/vouchers/approvals", body, content_type="application/json").json()["code"]
    assert post(agent, url, approval="00000000").json()["code"] == "bad_approval"
    assert post(supervisor, url, approval=code).status_code == 200
    assert standing(lot) == (0, 0, 0)


def test_above_the_limit_a_supervisor_needs_another_one(spring: Product, as_role: SignIn) -> None:
    lot = bought(package_of(spring, price_fen=20_100))
    url, supervisor = f"/api/vouchers/lots/{lot.pk}/refund", as_role(Role.SUPERVISOR)
    assert post(supervisor, url).json()["code"] == "approval_needed"
    body = {"purpose": "voucher_refund", "customer_id": WANG}
    own = supervisor.post("/api/vouchers/approvals", body, content_type="application/json").json()["code"]
    assert post(supervisor, url, approval=own).json()["code"] == "own_approval"
    other = as_role(Role.OWNER).post("/api/vouchers/approvals", body, content_type="application/json")
    assert post(supervisor, url, approval=other.json()["code"]).status_code == 200


def test_what_the_caller_tells_is_a_case_whose_clock_is_the_calls(
    package: VoucherPackage, as_role: SignIn
) -> None:
    agent, answered = as_role(Role.AGENT), timezone.now() - timedelta(seconds=100)
    Call.objects.create(id="c7", arrived_at=answered, connected_at=answered)
    body = {"code": "T07", "call_id": "c7", "answered_at": timezone.now().isoformat(), "sku": "SPRING-18.9"}
    case = post(agent, f"{BASE}/cases", **body).json()
    assert case["clock"]["seconds"] in range(100, 110)
    assert case["remedies"] == ["one_time_code", "iou", "retry"]
    assert post(agent, f"{BASE}/cases", **body).json()["id"] == case["id"]
    assert post(agent, f"{BASE}/cases", code="T99").json()["code"] == "unknown_code"
    owed = post(agent, f"{BASE}/fixes/iou", sku="SPRING-18.9", qty=1, code="T07").json()
    assert owed["code"] == "T07"


def test_of_many_failures_in_one_call_the_newest_is_shown(package: VoucherPackage, as_role: SignIn) -> None:
    agent, answered = as_role(Role.AGENT), timezone.now() - timedelta(seconds=100)
    Call.objects.create(id="c7", arrived_at=answered, connected_at=answered)
    told = [post(agent, f"{BASE}/cases", code=f"T0{n}", call_id="c7").json()["id"] for n in range(2, 9)]
    shown = [row["id"] for row in agent.get(BASE).json()["cases"]]
    assert shown == told[::-1][:5]


def test_a_reason_chosen_by_mistake_is_withdrawn_and_counts_nowhere(
    package: VoucherPackage, as_role: SignIn
) -> None:
    agent, since = as_role(Role.AGENT), timezone.now()
    told = {"code": "T07", "call_id": "c8", "sku": "SPRING-18.9"}
    case = post(agent, f"{BASE}/cases", **told).json()["id"]
    close = f"/api/vouchers/cases/{case}/close"
    assert post(agent, close, event="withdraw").json()["state"] == "withdrawn"
    assert post(agent, close, event="withdraw").json()["state"] == "withdrawn"
    assert cases.kpi(since, timezone.now()).total == 0
    row = AuditRow.objects.filter(what="voucher.case_withdrawn").earliest("pk")
    assert (row.object_id, row.detail) == (str(case), {"code": "T07", "late": False})
    assert parts.clue("c8") is None
    assert post(agent, f"{BASE}/cases", **told).json()["id"] != case
    body = {"sku": "MINERAL-18.9", "qty": 1, "call_id": "c9"}
    refused = post(agent, f"{BASE}/redemptions", **body).json()["detail"]["case"]["id"]
    answer = post(agent, f"/api/vouchers/cases/{refused}/close", event="withdraw")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_told")


def test_the_kpi_counts_calls_and_what_is_late_escalates_once(db: None) -> None:
    began = timezone.now() - timedelta(minutes=10)

    def case(call_id: str, took: int | None) -> VoucherCase:
        made = cases.open_case(VoucherRefused(Code.SHORT), WANG, None, call_id=call_id, answered_at=began)
        if took is not None:
            made.done_at = began + timedelta(seconds=took)
            made.save()
        return made

    for number, took in enumerate((60, 179, 181, None)):
        case(f"call-{number}", took)
    case("", None)
    found = cases.kpi(began - timedelta(seconds=1), timezone.now())
    assert (found.total, found.met, found.missed, found.open, found.rate) == (4, 2, 1, 1, 0.5)
    assert [cases.escalate_late(), cases.escalate_late()] == [1, 0]
    assert VoucherCase.objects.get(call_id="call-3").escalated_at is not None


def test_the_ledger_of_a_lot_and_a_present(package: VoucherPackage, as_role: SignIn) -> None:
    agent, supervisor = as_role(Role.AGENT), as_role(Role.SUPERVISOR)
    assert post(agent, f"{BASE}/gifts", sku="SPRING-18.9", qty=2).status_code == 403
    given = post(supervisor, f"{BASE}/gifts", sku="SPRING-18.9", qty=2, reason="开业").json()
    found = agent.get(f"/api/vouchers/lots/{given['entries'][0]['lot_id']}/entries").json()
    assert [(one["kind_name"], one["qty"], one["reason"]) for one in found] == [("赠送", 2, "开业")]
    assert agent.get("/api/vouchers/lots/999/entries").status_code == 404


def test_all_twelve_have_words_and_a_way_out(as_role: SignIn) -> None:
    found = as_role(Role.AGENT).get("/api/vouchers/failures").json()
    assert [one["code"] for one in found] == [f"T{number:02d}" for number in range(1, 13)]
    assert all(one["message"] and one["say"] and one["remedies"] for one in found)


def test_owed_water_paid_in_cash_takes_no_voucher_later(
    package: VoucherPackage, spring: Product, as_role: SignIn
) -> None:
    owed = remedies.owe(req(), WANG, spring, 1, Code.WRONG_PRODUCT)
    agent, url = as_role(Role.AGENT), f"/api/vouchers/ious/{owed.pk}"
    assert post(agent, f"{url}/waive").json()["code"] == "reason_missing"
    assert post(agent, f"{url}/waive", reason="客户付现金 22 元").json()["state"] == "waived"
    lot = bought(package)
    assert post(agent, f"{url}/settle", key="settle-later").json()["state"] == "waived"
    assert remedies.settle_all() == 0
    assert standing(lot) == (11, 0, 0)
    item = ReconcileItem.objects.get(closed_at=None)
    assert item.kind == "waived"
    owner, page = as_role(Role.OWNER), "/admin/vouchers/reconcileitem/"
    chosen = {"action": "close_it", "_selected_action": [item.pk]}
    for note, closed in (("", False), ("现金已入账", True)):
        owner.post(page, chosen | {"note": note})
        item.refresh_from_db()
        assert (item.closed_at is not None, item.closing_note) == (closed, note)
    assert post(agent, f"{url}/waive", reason="again").json()["code"] == "iou_closed"


def test_owed_water_of_another_stations_voucher(
    package: VoucherPackage, spring: Product, as_role: SignIn
) -> None:
    lot = bought(package, station_id=1)
    owed = remedies.owe(req(station_id=2), WANG, spring, 1, Code.WRONG_PLACE)
    done = post(as_role(Role.AGENT), f"/api/vouchers/ious/{owed.pk}/settle", clearing=True).json()
    assert done["state"] == "settled"
    assert standing(lot) == (10, 0, 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("purchases", {"package_id": 1}),
        ("gifts", {"sku": "SPRING-18.9", "qty": 1}),
        ("deposits", {"bucket_type": "PC-18.9", "qty": 1}),
        ("buckets", {"bucket_type": "PC-18.9", "qty": 1, "kind": "delivered"}),
        ("fixes/iou", {"sku": "SPRING-18.9", "qty": 1}),
        ("fixes/binding", {"address": "somewhere"}),
        ("cases", {"code": "T01"}),
    ],
)
def test_nothing_is_booked_for_nobody(
    path: str, body: dict[str, object], package: VoucherPackage, as_role: SignIn
) -> None:
    body |= {"package_id": package.pk} if "package_id" in body else {}
    for nobody in (999, 2**63):
        answer = post(as_role(Role.SUPERVISOR), f"/api/vouchers/customers/{nobody}/{path}", **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")


def test_vouchers_are_not_given_away_to_nobody(package: VoucherPackage, as_role: SignIn) -> None:
    lot = bought(package)
    client, path = as_role(Role.AGENT), f"/api/vouchers/lots/{lot.pk}/transfer"
    assert post(client, path, qty=1, to_customer=999).status_code == 404
    assert post(client, path, qty=1, to_customer=2**63).status_code == 422
    assert standing(lot) == (11, 0, 0)


@pytest.mark.parametrize("fen", [-1, 2**31, 2**63, 1.5, "NaN"])
def test_a_price_is_a_sum_of_money(fen: object, package: VoucherPackage, as_role: SignIn) -> None:
    body = {"package_id": package.pk, "paid_fen": fen}
    assert post(as_role(Role.SUPERVISOR), f"{BASE}/purchases", **body).status_code == 422


def test_a_number_of_too_many_bits_is_no_fault_of_ours(as_role: SignIn) -> None:
    client = as_role(Role.SUPERVISOR)
    for path in (f"/api/vouchers/customers/{2**63}/lots", f"/api/complaints?customer_id={2**63}"):
        assert client.get(path).status_code == 422
    for path in ("/api/orders?customer_id=999", "/api/orders?customer_id=-1"):
        assert client.get(path).status_code == 404
    wanted = {"reason": "price", "customer_id": 999}
    assert post(client, "/api/demand", **wanted).status_code == 404


def test_a_paper_voucher_waits_for_somebody_else(package: VoucherPackage, as_role: SignIn) -> None:
    agent = as_role(Role.AGENT)
    assert post(agent, f"{BASE}/fixes/paper", sku="SPRING-18.9", qty=3, serial="ab 12").status_code == 200
    assert agent.get("/api/vouchers/papers").status_code == 403
    chief = as_role(Role.SUPERVISOR)
    (row,) = chief.get("/api/vouchers/papers").json()
    assert (row["serial"], row["qty"], row["mine"]) == ("AB12", 3, False)
    decided = post(chief, f"/api/vouchers/papers/{row['id']}/decide", accept=True)
    assert decided.json()["state"] == "exchanged"
    assert chief.get("/api/vouchers/papers").json() == []
    assert chief.get(BASE).json()["balance"]["available"] == 3


def test_a_redemption_of_the_last_day_is_reversed_with_a_reason(
    package: VoucherPackage, as_role: SignIn
) -> None:
    lot = bought(package)
    services.redeem(req(), WANG, package.product, 2)
    agent, chief = as_role(Role.AGENT), as_role(Role.SUPERVISOR)
    (row,) = agent.get(BASE).json()["redemptions"]
    assert (row["qty"], row["left"], row["order_no"], row["owed_fen"]) == (2, 2, "", None)
    path = f"/api/vouchers/entries/{row['id']}/reverse"
    assert post(agent, path, reason="误核").status_code == 403
    nothing = post(chief, path, reason=" ")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "reason_missing")
    for _click in range(2):
        done = post(chief, path, reason="误核", qty=2)
        assert done.json()["entries"][0]["reason"] == "误核"
    assert standing(lot) == (11, 0, 0)
    again = post(chief, path, key="another-key", reason="误核")
    assert (again.status_code, again.json()["code"]) == (409, "reversed_already")
    assert agent.get(BASE).json()["redemptions"][0]["left"] == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert as_role(Role.AGENT).get(BASE).json()["redemptions"] == []
