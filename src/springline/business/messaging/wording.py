"""What providers refuse in templates and variables (requirements §5.3). Pure.

Sources: the template rules of Aliyun, Huawei Cloud and Tencent Cloud as summed up in §5.3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_TEMPLATE, MAX_VARIABLES = 500, 20
# The strictest provider's limit for a variable without a type (Huawei Cloud).
MAX_VALUE = 20
_VARIABLE = re.compile(r"\$\{(\d+)\}")
_FORBIDDEN_SIGNS = "【】¥★"
_FORBIDDEN_WORDS = ("传话", "传信", "线索", "联系个人手机号", "催款", "催收", "优惠券")

FAULTS = frozenset(
    {"too_long", "too_many", "numbering", "odd_variable", "adjacent", "only_variables", "signs", "words"}
    | {"count", "value_length", "value_content"}
)


@dataclass(frozen=True)
class Fault:
    """`code` is stable; the sentences say what to change."""

    code: str
    zh: str
    en: str


def variables(text: str) -> list[int]:
    return [int(found) for found in _VARIABLE.findall(text)]


def check_template(text: str) -> list[Fault]:
    """What a provider would refuse; empty: nothing known."""
    faults, numbers, fixed = [], variables(text), _VARIABLE.sub("", text)
    if len(text) > MAX_TEMPLATE:
        faults.append(
            Fault("too_long", f"模板超过 {MAX_TEMPLATE} 字", f"Longer than {MAX_TEMPLATE} characters")
        )
    if len(numbers) > MAX_VARIABLES:
        faults.append(
            Fault("too_many", f"变量超过 {MAX_VARIABLES} 个", f"More than {MAX_VARIABLES} variables")
        )
    if sorted(set(numbers)) != list(range(1, len(set(numbers)) + 1)):
        faults.append(Fault("numbering", "变量须从 1 起连续编号", "Number the variables 1, 2, 3 …"))
    if "{" in fixed or "}" in fixed:
        faults.append(Fault("odd_variable", "变量只能写作 ${1}、${2}", "Write variables as ${1}, ${2}"))
    if re.search(r"\$\{\d+\}\s*\$\{\d+\}", text):
        faults.append(Fault("adjacent", "变量不能相邻，中间请加文字", "Put words between two variables"))
    if numbers and not fixed.strip(" ，。,.!！"):
        faults.append(Fault("only_variables", "整条短信不能都是变量", "A text cannot be variables alone"))
    if bad := [sign for sign in _FORBIDDEN_SIGNS if sign in text]:
        signs = "".join(bad)
        faults.append(Fault("signs", f"不能含有 {signs}（签名由平台添加）", f"Must not contain {signs}"))
    if words := [word for word in _FORBIDDEN_WORDS if word in text]:
        faults.append(Fault("words", f"平台会拒绝：{'、'.join(words)}", f"Refused: {', '.join(words)}"))
    return faults


def check_values(text: str, values: Sequence[str]) -> list[Fault]:
    """Whether these values may stand in the template's variables."""
    count = len(set(variables(text)))
    if len(values) != count:
        return [Fault("count", f"需要 {count} 个变量，给了 {len(values)} 个", f"{count} values are needed")]
    faults = []
    for number, value in enumerate(values, 1):
        if not 1 <= len(value) <= MAX_VALUE:
            zh, en = (
                f"变量 {number} 须为 1–{MAX_VALUE} 字",
                f"Value {number} must have 1 to {MAX_VALUE} characters",
            )
            faults.append(Fault("value_length", zh, en))
        elif re.search(r"https?://|[【】]", value):
            faults.append(
                Fault("value_content", f"变量 {number} 含链接或【】", f"Value {number} has a link or 【】")
            )
    return faults


def check_message(text: str, values: Sequence[str]) -> list[Fault]:
    """Of a message that is to go out: the template's text may have come by a sheet, or stem from before a
    rule."""
    return check_template(text) + check_values(text, values)


def rendered(text: str, values: Sequence[str]) -> str:
    """The template with its values, as the receiver reads it."""
    return _VARIABLE.sub(lambda found: values[int(found.group(1)) - 1], text)
