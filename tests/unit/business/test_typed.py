"""Letters that nobody sees come in by no door: API, back office, sheets."""

import pytest

from springline.business import sheets
from springline.business.accounts.roles import Role
from springline.business.customers.models import Customer
from springline.business.typed import seen
from tests.unit.business import people
from tests.unit.business.test_back_office import SignIn, a_station

UNSEEN = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ufeff", "\u200b", "\ud800"]


@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_what_nobody_sees_is_left_out(mark: str) -> None:
    assert seen(f"{mark}王{mark}女士{mark}") == "王女士"


@pytest.mark.parametrize(
    "text",
    ["王女士", "\U00020bb7野家", "一楼\n\t二楼", "衡山镇\u3000迎驾大道", "👨\u200d👩\u200d👧"],
    ids=ascii,
)
def test_what_people_write_stays(text: str) -> None:
    assert seen(text) == text


@pytest.mark.django_db
@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_a_customer_of_the_api(mark: str, signed_in: SignIn) -> None:
    client = signed_in(people.a(Role.OWNER))
    body = {
        "name": f"王{mark}女士",
        "remark": f"先打{mark}电话\n再上楼",
        "contacts": [{"name": f"小{mark}王"}],
    }
    answer = client.post("/api/customers", body, content_type="application/json")
    assert answer.status_code == 200
    made = Customer.objects.get()
    assert (made.name, made.remark, made.contacts.get().name) == ("王女士", "先打电话\n再上楼", "小王")
    assert client.get("/api/customers", {"q": "王\x00女士"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("mark", UNSEEN[:-1], ids=ascii)
def test_a_form_of_the_back_office(mark: str, signed_in: SignIn) -> None:
    owner = signed_in(people.a(Role.OWNER))
    station = a_station()
    form = {
        "station": station.pk,
        "name": f"衡{mark}山",
        "county": "341525",
        "town": "341525100",
        "priority": "0",
    }
    assert owner.post("/admin/delivery/territory/add/", form).status_code == 302
    assert station.territories.get().name == "衡山"
    assert owner.get("/admin/delivery/station/", {"q": f"城{mark}区"}).status_code == 200


@pytest.mark.parametrize("mark", [mark for mark in UNSEEN if mark not in "\x00\ud800"], ids=ascii)
def test_a_cell_of_a_sheet(mark: str) -> None:
    assert sheets.rows_of(f"姓名,电话\n王{mark}女士,1\n".encode(), "a.csv")[1] == ["王女士", "1"]
