import pytest

from springline.business.messaging import parts
from springline.business.messaging.wording import check_template, check_values, rendered


@pytest.mark.parametrize("text", parts.TEMPLATES.values())
def test_the_shipped_templates_pass_but_for_what_requirements_foresee(text: str) -> None:
    assert check_template(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("您的订单${1}${2}已受理", "adjacent"),
        ("${1}。", "only_variables"),
        ("您的订单${name}已受理", "odd_variable"),
        ("您的订单{1}已受理", "odd_variable"),
        ("【六安送水】您的订单${1}已受理", "signs"),
        ("本月欠费，催收通知${1}", "words"),
        ("您的订单${1}预计${3}送达", "numbering"),
        ("水" * 501, "too_long"),
        ("、".join(f"第${{{number}}}项" for number in range(1, 22)), "too_many"),
    ],
)
def test_a_template_that_a_provider_would_refuse(text: str, code: str) -> None:
    assert code in [fault.code for fault in check_template(text)]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (("LY1", "霍山", "11:20"), []),
        (("LY1", "霍山"), ["count"]),
        (("", "霍山", "11:20"), ["value_length"]),
        (("水" * 21, "霍山", "11:20"), ["value_length"]),
        (("https://x.cn", "霍山", "11:20"), ["value_content"]),
    ],
)
def test_values_of_a_template(values: tuple[str, ...], codes: list[str]) -> None:
    assert [fault.code for fault in check_values("编号${1}，来自${2}，请于${3}前", values)] == codes


def test_the_receiver_reads_the_values_in_their_places() -> None:
    assert rendered("剩余${2}张，已用${1}张", ("2", "8")) == "剩余8张，已用2张"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电 13805640001，谢谢", "请回电 138****0001，谢谢"),
        ("+8613805640001", "+86138****0001"),
        ("单号 2026112600010001", "单号 2026112600010001"),
    ],
)
def test_mobile_numbers_are_masked_in_groups(text: str, shown: str) -> None:
    assert parts.masked(text) == shown


def test_a_burst_becomes_messages_that_fit() -> None:
    texts = ["水" * 300] * 5
    assert parts.fitting(texts, 2048) == 2
    assert parts.fitting(["水" * 1000], 2048) == 1
    cut = parts.joined(["水" * 1000], 2048)
    assert len(cut.encode()) <= 2048
    assert cut.endswith("…")
