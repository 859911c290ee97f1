"""What to ask for each kind of complaint, what to say, and how soon to answer (handbook, chapters 6 and 9).

Pure. An answer may always be "unknown": that is never taken for a no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from springline.business.complaints.states import Kind, Level

UNKNOWN = "unknown"
_HOUR = timedelta(hours=1)
# Defaults; rows of DueTime override them.
DUE: Mapping[Kind, timedelta] = dict.fromkeys(Kind, 24 * _HOUR) | {Kind.QUALITY: 2 * _HOUR}
# The two hours of water quality are promised of the time in which somebody is there (requirements §1.2 #16,
# §6.4 drill 10); a day is a day.
BY_SERVICE_TIME = frozenset({Kind.QUALITY})


@dataclass(frozen=True)
class Choice:
    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Question:
    """`kind`: choice (one of `choices`), text or date. `must`: not filed without it."""

    id: str
    zh: str
    en: str
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    must: bool = False


@dataclass(frozen=True)
class Guide:
    """`say_zh`: the sentence to the customer; `never_zh`: what must not be said.

    `say_closed_zh`: instead of `say_zh` outside the service hours, with {at} for the due time.
    """

    say_zh: str
    never_zh: str
    questions: tuple[Question, ...]
    say_closed_zh: str = ""


class BadAnswers(Exception):
    """`missing` and `wrong` are ids of questions."""

    def __init__(self, missing: list[str], wrong: list[str]) -> None:
        super().__init__("answers")
        self.missing, self.wrong = missing, wrong


_NOT_KNOWN = Choice(UNKNOWN, "不清楚", "Not known")
_YES, _NO = Choice("yes", "是", "Yes"), Choice("no", "否", "No")


def _choice(id: str, zh: str, en: str, *choices: Choice, must: bool = False) -> Question:  # noqa: A002
    return Question(id, zh, en, "choice", (*choices, _NOT_KNOWN), must)


GUIDES: Mapping[Kind, Guide] = {
    Kind.QUALITY: Guide(
        "请您和家人先停止饮用，我马上登记，今天上门更换并取样，两小时内给您回话。",
        "不下结论，不说“肯定没问题”，不承认也不否认原因。",
        (
            Question(
                "stopped",
                "已请客户停止饮用",
                "The customer was asked to stop drinking",
                "choice",
                (Choice("yes", "已停止", "Stopped"), Choice("no", "客户仍要喝", "Will go on drinking")),
                must=True,
            ),
            _choice(
                "body",
                "喝过的人身体怎样",
                "How those who drank it feel",
                Choice("fine", "没有不适", "Fine"),
                Choice("unwell", "有不适（请就医，留好票据）", "Unwell: see a doctor, keep the bills"),
                Choice("doctor", "已就医", "With a doctor already"),
                must=True,
            ),
            Question("batch", "批次号（桶口或标签上）", "Batch number, on the cap or label"),
            Question("produced", "生产日期", "Produced", "date"),
            Question("opened", "哪天开封", "Opened on", "date"),
            _choice(
                "cleaned",
                "饮水机上次清洗",
                "Dispenser last cleaned",
                Choice("recent", "三个月内", "Within three months"),
                Choice("long", "三个月以上", "Longer ago"),
                Choice("never", "没有洗过", "Never"),
            ),
            _choice("photo", "客户可以拍照", "The customer can take a photo", _YES, _NO),
        ),
        say_closed_zh="请您和家人先停止饮用，我马上登记，安排上门更换并取样，{at}前给您回话。身体不适请先就医。",
    ),
    Kind.DELIVERY: Guide(
        "让您久等了，实在抱歉。我马上查配送员的位置，给您一个准确的时间。",
        "不先解释原因，不说“马上就到”。",
        (
            _choice(
                "what",
                "出了什么问题",
                "What went wrong",
                Choice("late", "迟到", "Late"),
                Choice("missing", "没有送到", "Not delivered"),
                Choice("wrong", "送错或数量不对", "Wrong or too few"),
                Choice("damaged", "桶破损或漏水", "Damaged"),
                must=True,
            ),
            _choice("second", "是否已经催过", "Urged before", _YES, _NO),
            Question("wish", "客户希望怎样解决", "What the customer wants"),
        ),
    ),
    Kind.ATTITUDE: Guide(
        "给您带来不好的感受，我先向您道歉。请您讲一下经过，我如实记录。",
        "不替同事辩解，不追问客户有没有责任。",
        (
            _choice(
                "who",
                "关于谁",
                "About whom",
                Choice("courier", "配送员", "Courier"),
                Choice("agent", "坐席", "Agent"),
                Choice("station", "站点人员", "Station"),
                must=True,
            ),
            Question("when", "哪天", "On which day", "date"),
            Question("wish", "客户希望怎样解决", "What the customer wants"),
        ),
    ),
    Kind.VOUCHER: Guide(
        "您的每一张水票都有记录，我现在逐笔核对给您听。",
        "不让客户退水，不说“票作废”。",
        (
            _choice(
                "what",
                "出了什么问题",
                "What went wrong",
                Choice("count", "张数不对", "The number is wrong"),
                Choice("refused", "不能核销", "Could not be redeemed"),
                Choice("refund", "退票金额有争议", "The refund is disputed"),
                Choice("paper", "纸票", "Paper vouchers"),
                must=True,
            ),
            Question("expected", "客户认为应有几张", "How many the customer expects"),
        ),
    ),
    Kind.DEPOSIT: Guide(
        "没有收据也不要紧，台账里有记录。桶回来核对后，押金按原路退给您。",
        "不因收据丢失拒绝退押。",
        (
            Question("buckets", "几只桶", "How many buckets", must=True),
            _choice(
                "receipt", "有没有收据", "Receipt", Choice("yes", "有", "Yes"), Choice("no", "没有", "No")
            ),
            _choice(
                "brand",
                "是不是本品牌的桶",
                "Our own buckets",
                Choice("ours", "都是", "All"),
                Choice("mixed", "有别家的", "Some are not"),
            ),
        ),
    ),
    Kind.BILLING: Guide(
        "我先把这笔账的明细调出来，和您一笔一笔对。",
        "不在电话里念完整账号，不乱许诺金额。",
        (
            Question("amount", "有争议的金额（元）", "Disputed amount (yuan)"),
            Question("period", "哪天或哪个月的账", "Day or month of the bill", must=True),
            Question("wish", "客户希望怎样解决", "What the customer wants"),
        ),
    ),
}


def check(kind: Kind, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers without blanks. Raises BadAnswers."""
    known = {question.id: question for question in GUIDES[kind].questions}
    given = {name: value.strip()[:200] for name, value in answers.items() if value.strip()}
    wrong = [name for name, value in given.items() if name not in known or not _fits(known[name], value)]
    missing = [question.id for question in known.values() if question.must and question.id not in given]
    if missing or wrong:
        raise BadAnswers(missing, wrong)
    return given


def level_of(kind: Kind, answers: Mapping[str, str]) -> Level:
    """Somebody unwell is grave at once; water quality and a second urging are serious."""
    if answers.get("body") in {"unwell", "doctor"}:
        return Level.GRAVE
    if kind is Kind.QUALITY or answers.get("second") == "yes" or answers.get("what") == "missing":
        return Level.SERIOUS
    return Level.NORMAL


def _fits(question: Question, value: str) -> bool:
    if question.kind == "choice":
        return any(choice.value == value for choice in question.choices)
    if question.kind == "date":
        return value == UNKNOWN or _is_date(value)
    return True


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
