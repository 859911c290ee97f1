"""What is said for what is written."""

import pytest

from springline.telephony.prompts.clauses import AFTER_KEY_MS, AFTER_SENTENCE_MS, Clause, clauses
from springline.telephony.prompts.spoken import NotSpeakable, quantity, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("订水服务请按 1，售后咨询请按 2", "订水服务请按一，售后咨询请按二"),
        ("人工服务请按0。", "人工服务请按零。"),
        ("您上次订购的 18.9L 山泉水", "您上次订购的十八点九升山泉水"),
        ("请拨打400热线", "请拨打四零零热线"),
        ("请拨打400-564-1001", "请拨打四零零，五六四，幺零零幺"),
        ("13812345678", "幺三八，幺二三四，五六七八"),
        ("0564-3321888", "零五六四，三三二，幺八八八"),
        ("我们将在 15 分钟内回电", "我们将在十五分钟内回电"),
        ("您前面还有2位用户", "您前面还有两位用户"),
        ("早上7:30开始", "早上七点半开始"),
        ("8:00-20:30", "八点到二十点半"),
        ("9:05", "九点零五分"),
        ("￥12.5", "十二点五元"),
        ("1203室", "幺二零三室"),
        ("2024年2月12日", "二零二四年二月十二日"),
        ("订单20240617", "订单二零二四零六幺七"),
    ],
)
def test_spoken(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [("0", "零"), ("10", "十"), ("12", "十二"), ("105", "一百零五"), ("110", "一百一十"), ("2000", "二千"),
     ("10010", "一万零一十"), ("1000000", "一百万"), ("0.5", "零点五")],
)  # fmt: skip
def test_quantity(number: str, said: str) -> None:
    assert quantity(number) == said


@pytest.mark.parametrize("text", ["请看APP", "{region}客服", "A座"])
def test_what_no_rule_can_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotSpeakable, match="[A{]"):
        spoken(text)


def test_a_caller_gets_time_after_each_key_and_each_sentence() -> None:
    assert clauses("满意请按一，一般请按二。谢谢您，再见。") == [
        Clause("满意请按一。", AFTER_KEY_MS),
        Clause("一般请按二。", AFTER_KEY_MS),
        Clause("谢谢您，再见。", 0),
    ]
    assert clauses("您好。请稍等") == [Clause("您好。", AFTER_SENTENCE_MS), Clause("请稍等。", 0)]


def test_a_key_inside_a_sentence_is_not_torn_off() -> None:
    assert [c.text for c in clauses("更换号码请按二后输入手机号。")] == ["更换号码请按二后输入手机号。"]
