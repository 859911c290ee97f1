"""T01–T12: why vouchers could not be redeemed, what the agent says, and what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    SHORT = "T01"
    WRONG_PRODUCT = "T02"
    WRONG_PLACE = "T03"
    EXPIRED = "T04"
    FROZEN = "T05"
    REPEATED = "T06"
    COURIER_OFFLINE = "T07"
    UNBOUND = "T08"
    UNKNOWN_TICKET = "T09"
    GONE = "T10"
    CONFLICT = "T11"
    AWAY = "T12"


class Remedy(StrEnum):
    """What the desk offers as a button."""

    PAY_CASH = "pay_cash"
    BUY_PACKAGE = "buy_package"
    SWITCH_PRODUCT = "switch_product"
    CONVERT = "convert"
    TOP_UP = "top_up"
    CLEARING = "clearing"
    EXTEND = "extend"
    REFUND = "refund"
    UNFREEZE = "unfreeze"
    SHOW_FIRST = "show_first"
    IOU = "iou"
    ONE_TIME_CODE = "one_time_code"
    VERIFY_BINDING = "verify_binding"
    PAPER_EXCHANGE = "paper_exchange"
    SHOW_ENTRY = "show_entry"
    RETRY = "retry"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Failure:
    """`say_zh`: what the agent says to the customer, one sentence."""

    zh: str
    en: str
    say_zh: str
    remedies: tuple[Remedy, ...]


_R = Remedy
FAILURES: Mapping[Code, Failure] = {
    Code.SHORT: Failure(
        "水票余额不足",
        "Not enough vouchers left",
        "您这边剩余的水票不够，可以先付现金，不耽误喝水。",
        (_R.PAY_CASH, _R.BUY_PACKAGE, _R.IOU),
    ),
    Code.WRONG_PRODUCT: Failure(
        "专用票不适用该水种或规格",
        "The voucher is for another product or size",
        "这张票是另一款水专用的，今天改送那一款可以吗？",
        (_R.SWITCH_PRODUCT, _R.CONVERT, _R.TOP_UP, _R.PAY_CASH),
    ),
    Code.WRONG_PLACE: Failure(
        "水票不属于该站点或区域",
        "The voucher belongs to another station or region",
        "票我帮您转到您附近的站点核销。",
        (_R.CLEARING, _R.PAY_CASH),
    ),
    Code.EXPIRED: Failure(
        "水票已过有效期",
        "The voucher's validity has ended",
        "票不会作废，我现在给您延期。",
        (_R.EXTEND, _R.REFUND),
    ),
    Code.FROZEN: Failure(
        "水票已冻结（挂失、争议或退款中）",
        "The vouchers are frozen: lost, disputed or being refunded",
        "您的水票目前是冻结状态，我先核对原因，马上为您处理。",
        (_R.UNFREEZE, _R.IOU),
    ),
    Code.REPEATED: Failure(
        "该次配送已核销，请勿重复",
        "This delivery has been redeemed already",
        "已经核销成功了，不用重复操作。",
        (_R.SHOW_FIRST,),
    ),
    Code.COURIER_OFFLINE: Failure(
        "配送员离线，稍后自动核销",
        "The courier is offline; redeemed as soon as possible",
        "先把水留下，票我在后台扣，您不用等。",
        (_R.ONE_TIME_CODE, _R.IOU, _R.RETRY),
    ),
    Code.UNBOUND: Failure(
        "手机号未绑定或已更换",
        "This number is not bound to the account",
        "请说一下上次送水的地址，我核对后给您绑定。",
        (_R.VERIFY_BINDING,),
    ),
    Code.UNKNOWN_TICKET: Failure(
        "票号无效或纸票未换发",
        "No such voucher, or a paper one not yet exchanged",
        "请把票面编号念给我，我为您登记换成电子水票。",
        (_R.PAPER_EXCHANGE, _R.IOU),
    ),
    Code.GONE: Failure(
        "水票已退款或已转让",
        "The vouchers were refunded or given away",
        "这批水票已经办理过退款或转让，我把记录和日期念给您。",
        (_R.SHOW_ENTRY, _R.BUY_PACKAGE, _R.PAY_CASH),
    ),
    Code.CONFLICT: Failure(
        "并发冲突或系统错误",
        "Another request got in the way, or a system error",
        "系统正忙，我用应急方式为您核销，水照常送。",
        (_R.RETRY, _R.EMERGENCY, _R.IOU),
    ),
    Code.AWAY: Failure(
        "票务后台不可用，先送后核",
        "The voucher system is away: water first, ticket later",
        "先给您送水，水票稍后由后台补核，不影响您用水。",
        (_R.IOU,),
    ),
}


class VoucherRefused(Exception):
    """A voucher service refused. `facts`: what the screen shows (numbers and ids, no personal data)."""

    def __init__(self, code: Code, **facts: object) -> None:
        super().__init__(code.value)
        self.code, self.facts = code, facts

    @property
    def failure(self) -> Failure:
        return FAILURES[self.code]

    @property
    def message_zh(self) -> str:
        return self.failure.zh

    @property
    def message_en(self) -> str:
        return self.failure.en

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return self.failure.remedies


class NotPossible(Exception):
    """A request that makes no sense as it is: `code` is stable, both messages are for people."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.message_zh, self.message_en = code, zh, en
