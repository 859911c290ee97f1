"""The sentences of refusals and warnings around an order."""

from springline.business.catalog.models import Product
from springline.business.catalog.pricing import Delivery
from springline.business.customers.models import DepositWaiver
from springline.business.orders.errors import OrderRefused
from springline.business.orders.plan import Remark, Where

BAD_REQUEST = 422


def unknown_product(sku: str) -> OrderRefused:
    return OrderRefused("unknown_product", f"没有商品 {sku}。", f"There is no product {sku}.", status=404)


def not_on_sale(product: Product) -> Remark:
    return Remark(
        code="not_on_sale",
        zh=f"{product.name_zh}已停售，请换一款。",
        en=f"{product.name_en or product.name_zh} is not on sale: offer another.",
        detail={"sku": product.sku},
    )


def stop_sale(product: Product) -> Remark:
    return Remark(
        code="stop_sale",
        zh=f"{product.name_zh}的在售批次正在核查，暂停销售，请换一款。",
        en=f"All batches of {product.name_en or product.name_zh} are stopped: offer another.",
        detail={"sku": product.sku},
    )


def outside(name: str) -> Remark:
    return Remark(
        code="not_served",
        zh=f"{name}不在配送范围，可登记需求。",
        en=f"{name} is outside delivery; the demand can be noted.",
        detail={"place": name},
    )


def not_served(terms: Delivery, where: Where) -> Remark:
    return Remark(
        code="not_served",
        zh=f"{terms.why_zh}，可登记需求。",
        en=f"{terms.why_en}; the demand can be noted.",
        detail={"county": where.county, "town": where.town},
    )


def service_unknown() -> Remark:
    return Remark(
        code="service_unknown",
        zh="该地区的配送时效和费用未登记，请先与站点确认。",
        en="Time and fee are not known for this area: ask the station first.",
    )


def below_minimum(terms: Delivery) -> Remark:
    return Remark(
        code="below_minimum",
        zh=f"该地区 {terms.min_qty} 桶起送，还差 {terms.short_by} 桶。",
        en=f"Delivery there starts at {terms.min_qty}; {terms.short_by} more are needed.",
        detail={"min_qty": terms.min_qty, "short_by": terms.short_by},
        status=BAD_REQUEST,
    )


def bad_window() -> Remark:
    return Remark(
        code="bad_window",
        zh="送水时间段不对：结束时间要晚于开始时间，并且还没过去。",
        en="The window must end after it begins, and in the future.",
        status=BAD_REQUEST,
    )


def buckets_owed(count: int, limit: int) -> Remark:
    """`detail.over`: more than a customer of this level may owe."""
    over = count > limit
    return Remark(
        code="buckets_owed",
        zh=f"客户欠 {count} 个空桶"
        + (f"，已超过 {limit} 个的限额，请先收桶。" if over else "，请提醒带回。"),
        en=f"The customer owes {count} empty buckets"
        + (f", more than the {limit} allowed: have them brought first." if over else ": ask for them."),
        detail={"buckets": count, "limit": limit, "over": over},
    )


def deposit_waived(count: int, waiver: DepositWaiver) -> Remark:
    """For the agent to know why no deposit is asked for."""
    until = waiver.valid_to.isoformat()
    return Remark(
        code="deposit_waived",
        zh=f"按协议 {waiver.agreement_no} 免押 {count} 只桶（有效至 {until}）。",
        en=f"No deposit for {count} buckets by agreement {waiver.agreement_no} (until {until}).",
        detail={"buckets": count, "agreement_no": waiver.agreement_no, "valid_to": until},
    )


def duplicate(numbers: list[str]) -> Remark:
    said = "、".join(numbers)
    return Remark(
        code="duplicate_order",
        zh=f"半小时内已有同样的订单（{said}），重复下单？",
        en=f"The same was ordered within half an hour ({said}). Order again?",
        detail={"orders": numbers},
    )


def over_credit(running_fen: int, limit_fen: int) -> Remark:
    return Remark(
        code="credit_limit",
        zh=f"月结额度 {limit_fen / 100:.2f} 元，已用 {running_fen / 100:.2f} 元，本单将超出，请联系班长。",
        en=f"Over the monthly credit of {limit_fen / 100:.2f}: ask the supervisor.",
        detail={"running_fen": running_fen, "limit_fen": limit_fen},
    )


def vouchers_short(wanted: int, usable: int) -> Remark:
    return Remark(
        code="vouchers_short",
        zh=f"水票只够 {usable} 张，其余 {wanted - usable} 桶付现金。",
        en=f"Only {usable} vouchers can be used; {wanted - usable} are paid in money.",
        detail={"wanted": wanted, "usable": usable},
    )
