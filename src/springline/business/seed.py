"""The demo's rows. Numbers and names are fictional."""

from collections.abc import Callable, Iterator, Mapping

from springline.business.accounts import services as accounts
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.bootstrap import SeededUser
from springline.business.calls.models import WrapUpCode
from springline.business.catalog import demo as catalog
from springline.business.delivery import demo as delivery
from springline.business.hotline import services as hotlines
from springline.business.hotline.models import Agent, Hotline, PauseReason, Queue
from springline.business.orders import demo as orders
from springline.business.vouchers import demo as vouchers

HOTLINE = "4000564000"
# A landline that nobody has; the simulated carrier takes its calls.
CALLBACK_NUMBER = "05643210000"

_QUEUES = {
    "city": ("城区", ["341502", "341503"]),
    "huoshan": ("霍山", ["341525"]),
    "shucheng": ("舒城", ["341523"]),
    "other": ("其他区域", ["341504", "341522", "341524"]),
    "aftersale": ("售后", []),
    "enterprise": ("企业团购", []),
    "complaint": ("投诉建议", []),
    "pool": ("人工", []),
}
# Its agents help everywhere: four agents in three queues lose 13 % of the calls, pooled 1.5 % (§1.2 #12).
_HELPER = "pool"
_AGENTS = {
    "1001": ("坐席小安", ["city", "huoshan", "aftersale", "pool"]),
    "1002": ("坐席小裕", ["city", "other", "enterprise", "pool"]),
    "1003": ("坐席小霍", ["huoshan", "other", "aftersale", "complaint", "pool"]),
    "1004": ("坐席小舒", ["shucheng", "city", "enterprise", "complaint", "pool"]),
}
_STAFF = {
    "monitor": ("班长", Role.SUPERVISOR),
    "owner": ("站长", Role.OWNER),
    "finance": ("财务", Role.FINANCE),
    "admin": ("管理员", Role.ADMIN),
    **{username: (name, Role.COURIER) for username, (name, *_more) in delivery.COURIERS.items()},
}
_PAUSES = [
    ("break", "小休", "Break", "1"),
    ("meal", "用餐", "Meal", "2"),
    ("meeting", "会议", "Meeting", "3"),
    ("training", "培训", "Training", "4"),
    ("admin", "后台处理", "Back-office work", "5"),
]
_WRAP_UPS = [
    ("order", "订水", "Order", "1"),
    ("urge", "催单", "Where is my order", "2"),
    ("aftersale", "售后", "After-sales", "3"),
    ("voucher", "水票咨询", "Vouchers", "4"),
    ("enterprise", "企业团购", "Enterprise", "5"),
    ("complaint", "投诉", "Complaint", "6"),
    ("enquiry", "咨询", "Enquiry", "7"),
    ("wrong", "打错", "Wrong number", "8"),
    ("silent", "无声", "Silent call", "9"),
    ("other", "其他", "Other", "0"),
]


def write_config(flow_document: str, flow_version: str) -> bool:
    """Whether anything was new."""
    hotline, fresh = Hotline.objects.get_or_create(
        number=HOTLINE, defaults={"dids": [HOTLINE], "callback_number": CALLBACK_NUMBER}
    )
    Queue.objects.get_or_create(
        id=_HELPER, defaults={"name": _QUEUES[_HELPER][0], "position": list(_QUEUES).index(_HELPER)}
    )
    for position, (key, (name, regions)) in enumerate(_QUEUES.items()):
        queue, new = Queue.objects.get_or_create(
            id=key, defaults={"name": name, "regions": regions, "position": position}
        )
        if new and key != _HELPER:
            queue.overflow_to.set(Queue.objects.filter(pk=_HELPER))
    for extension, (name, skills) in _AGENTS.items():
        agent, new = Agent.objects.get_or_create(id=extension, defaults={"name": name})
        if new:
            agent.queues.set(skills)
        fresh |= new
    for model, codes in ((PauseReason, _PAUSES), (WrapUpCode, _WRAP_UPS)):
        for code, name_zh, name_en, key in codes:
            model.objects.get_or_create(
                code=code, defaults={"name_zh": name_zh, "name_en": name_en, "key": key}
            )
    flow = hotline.versions.filter(version=flow_version).first()
    if flow is None:
        flow = hotlines.draft_flow(hotline, flow_version, flow_document)
        hotlines.publish_flow(flow, why="seed")
        fresh = True
    return fresh


def write_business() -> bool:
    """Catalogue, voucher packages, customers and what they ordered; whether anything was new."""
    fresh = [catalog.write(), vouchers.write(), orders.write()]
    return any(fresh)


def write_couriers() -> bool:
    """Stations and couriers; the users come first. Whether anything was new."""
    return delivery.write()


def users(known: Mapping[str, str], new_password: Callable[[], str]) -> Iterator[SeededUser]:
    """The demo's people, with their `known` passwords or new ones."""
    for extension, (name, _skills) in _AGENTS.items():
        username = f"agent{extension}"
        yield SeededUser(
            username=username,
            name=name,
            role=Role.AGENT.value,
            password=known.get(username) or new_password(),
            agent=extension,
        )
    for username, (name, role) in _STAFF.items():
        yield SeededUser(
            username=username, name=name, role=role.value, password=known.get(username) or new_password()
        )


def ensure_user(wanted: SeededUser, *, known: bool) -> None:
    """Create the user. One that exists keeps its password, unless nobody knows it (`known` is False)."""
    user = User.objects.filter(username=wanted.username).first()
    if user is None:
        accounts.create_user(
            wanted.username,
            wanted.password,
            name=wanted.name,
            role=Role(wanted.role),
            agent_id=wanted.agent,
            machine_made=True,
        )
    elif not known:
        accounts.set_password(user, wanted.password)
