"""The one box, numbers as they are written, and initials."""

import pytest

from springline.business.customers import hooks
from springline.business.customers.models import CustomerAddress, CustomerPhone
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.customers.pinyin import initials, spellings
from springline.business.customers.searching import By, search
from springline.business.customers.services import addresses, phones, profiles
from tests.unit.customers.people import WANG, factory, household


@pytest.fixture
def town(db: None) -> dict[str, int]:
    return {
        "wang": household().pk,
        "zeng": household("曾国强", "13900001234", "金安区中市街道人民路5号3栋").pk,
        "rare": household("𠮷野家", "13900001235", "叶集姚李镇").pk,
        "factory": factory().pk,
    }


def test_marks_that_nobody_sees_hide_no_name(db: None) -> None:
    pasted = household("王\u200b小\u202e五\ufeff", "13900001236").pk
    for text in ("王小五", "王小\u200d五", "wxw"):
        assert [hit.customer_id for hit in search(text)] == [pasted]


@pytest.mark.parametrize(
    ("text", "who", "by"),
    [
        ("13900000001", "wang", By.NUMBER),
        ("139 0000 0001", "wang", By.NUMBER),
        ("+86 139-0000-0001", "wang", By.NUMBER),
        ("3210000", "factory", By.NUMBER),
        ("0564-3210000", "factory", By.NUMBER),
        ("1234", "zeng", By.TAIL),
        ("王大姐", "wang", By.NAME),
        ("王大", "wang", By.NAME),
        ("大姐", "wang", By.TEXT),
        ("wdj", "wang", By.INITIALS),
        ("WDJ", "wang", By.INITIALS),
        ("zgq", "zeng", By.INITIALS),
        ("ｚｇｑ", "zeng", By.INITIALS),
        ("zg", "zeng", By.INITIALS),
        ("𠮷野", "rare", By.NAME),
        ("人民路5号", "zeng", By.TEXT),
        ("迎驾", "wang", By.TEXT),
        ("曾 人民路", "zeng", By.TEXT),
        ("曾 1234", "zeng", By.TEXT),
        ("zgq 3栋", "zeng", By.TEXT),
        ("星河电子", "factory", By.TEXT),
        ("李会计", "factory", By.TEXT),
        ("lkj", "factory", By.TEXT),
    ],
)
def test_one_box(town: dict[str, int], text: str, who: str, by: By) -> None:
    hits = search(text)
    assert (hits[0].customer_id, hits[0].by) == (town[who], by)


@pytest.mark.parametrize(
    "text", ["", "  ", "%", "_", "王%", "' or 1=1", "没有的人", "99", "曾 5678", "\\", "x" * 500]
)
def test_what_finds_nobody(town: dict[str, int], text: str) -> None:
    assert search(text) == []


def test_the_limit_and_other_rooms(town: dict[str, int]) -> None:
    assert len(search("1390000", limit=2)) <= 2
    hooks.searches["orders"] = lambda text: [town["rare"]] if text == "d-17" else []
    assert [(hit.customer_id, hit.by) for hit in search("D-17")] == [(town["rare"], By.OTHER)]


def test_what_changed_is_found_anew(town: dict[str, int]) -> None:
    profiles.update(town["wang"], 1, {"name": "汪大姐"})
    assert not search("王大姐")
    assert search("汪大姐")
    addresses.remove(CustomerAddress.objects.get(customer=town["wang"]).pk)
    assert not search("迎驾")
    phones.unbind(CustomerPhone.objects.get(e164=WANG).pk)
    assert not search("13900000001")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800012345", "+8613800012345"), ("013800012345", "+8613800012345"),
        ("8613800012345", "+8613800012345"),
        ("008613800012345", "+8613800012345"), ("＋86 １３８ 0001 2345", "+8613800012345"),
        ("'13800012345", "+8613800012345"), ("13800012345.0", "+8613800012345"),
        ("1.3800012345E+10", "+8613800012345"), ("3210000", "+865643210000"), ("5643210000", "+865643210000"),
        ("(0564) 3210000", "+865643210000"), ("3210000-801", "+865643210000"),
        ("0564-3210000转3", "+865643210000"),
        ("55162345678", "+8655162345678"), ("+852 9123 4567", "+85291234567"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(text: str, number: str) -> None:
    assert to_e164(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("  ", "empty"), ("1.38E+10", "scientific"), ("10086", "invalid"), ("abc", "invalid"),
     ("138000123456789", "invalid"), ("+999123", "invalid"), ("1380001234", "invalid")],
)  # fmt: skip
def test_what_is_no_number(text: str, code: str) -> None:
    with pytest.raises(NoNumber) as refused:
        to_e164(text)
    assert refused.value.code == code


def test_initials() -> None:
    assert [initials(name) for name in ("张三", "曾国强", "单雄信", "欧阳娜娜", "")] == [
        "zs",
        "zgq",
        "sxx",
        "oynn",
        "",
    ]
    assert initials("重庆火锅店", person=False) == "cqhgd"
    assert [initials(name) for name in ("𠮷野家", "张𠮷", "㛃文", "䶮云飞")] == ["jyj", "zj", "jw", "yyf"]
    assert "cgq" in spellings("曾国强")
