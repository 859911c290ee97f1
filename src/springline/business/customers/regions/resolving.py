"""Who calls, from where? The chain of requirements §3.4 over facts that somebody has looked up. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from springline.business.customers.regions.locating import Confidence
from springline.business.customers.regions.pack import Pack
from springline.business.customers.regions.prefixes import PrefixPlace
from springline.business.customers.regions.sentences import county_en, county_zh
from springline.contracts.events import CallerQuality


class Level(StrEnum):
    """How much is known. OUTSIDE: known, and not our city; such a caller is asked, never refused (H2)."""

    COUNTY = "county"
    CITY = "city"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Source(StrEnum):
    TYPED = "typed"
    ADDRESS = "address"
    DELIVERY = "delivery"
    TAG = "tag"
    AGENT = "agent"
    MENU = "menu"
    EXCHANGE = "exchange"
    AREA_CODE = "area_code"
    PREFIX = "prefix"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What was found about one caller; counties are adcodes.

    `bound`: the number belongs to a customer. `recent_agent` and `recent_menu`: what an agent set, or the
    caller pressed, at most 180 days ago. `area_code`: of a landline, with its 0. `incomplete`: time was up,
    or the database away, before everything was looked up.
    """

    number: str | None
    quality: CallerQuality
    bound: bool = False
    address: str | None = None
    delivery: str | None = None
    tag: str | None = None
    recent_agent: str | None = None
    recent_menu: str | None = None
    area_code: str | None = None
    exchange: str | None = None
    mobile: PrefixPlace | None = None
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Resolution:
    """`region` is an adcode, set only at Level.COUNTY; `city` the name of the city, ours or another."""

    level: Level
    source: Source
    confidence: Confidence
    sentence_zh: str
    sentence_en: str
    region: str | None = None
    city: str | None = None


_CHAIN = (
    ("address", Source.ADDRESS, Confidence.HIGH, "默认送水地址在{zh}", "The default address is in {en}"),
    ("delivery", Source.DELIVERY, Confidence.HIGH, "上次送到{zh}", "The last delivery went to {en}"),
    ("tag", Source.TAG, Confidence.HIGH, "坐席标记为{zh}", "An agent marked it as {en}"),
    ("recent_agent", Source.AGENT, Confidence.MEDIUM, "坐席最近改为{zh}", "An agent recently set {en}"),
    (
        "recent_menu",
        Source.MENU,
        Confidence.MEDIUM,
        "最近来电时按键选了{zh}",
        "The caller recently chose {en}",
    ),
    ("exchange", Source.EXCHANGE, Confidence.MEDIUM, "座机局号在{zh}", "The landline's exchange is in {en}"),
)


def resolve(facts: CallerFacts, pack: Pack, typed: str | None = None) -> Resolution:
    """The first link of the chain that knows. `typed`: the county of an address typed during the call, which
    wins.

    A county that the pack does not have counts as unknown.
    """
    if typed and pack.county(typed):
        return _county(
            pack,
            typed,
            Source.TYPED,
            Confidence.HIGH,
            "本次说的地址在{zh}",
            "The address just given is in {en}",
        )
    if facts.quality is not CallerQuality.REAL or not facts.number:
        return _unknown("号码未显示或不可信，请问地址。", "The number is hidden or cannot be trusted: ask.")
    for name, source, confidence, zh, en in _CHAIN:
        county = getattr(facts, name)
        if county and pack.county(county):
            return _county(pack, county, source, confidence, zh, en)
    if facts.area_code:
        return _landline(facts, pack)
    if facts.mobile is not None:
        return _mobile(facts, facts.mobile, pack)
    if facts.incomplete:
        return _unknown("资料暂时查不到，请问地址。", "The records cannot be read right now: ask.")
    return _unknown("号码归属地未知，请问地址。", "Nothing is known of this number's home: ask.")


def _landline(facts: CallerFacts, pack: Pack) -> Resolution:
    city = pack.city
    if facts.area_code == city.area_code:
        return Resolution(
            Level.CITY,
            Source.AREA_CODE,
            Confidence.LOW,
            f"{city.name}座机，区县未知。",
            f"A landline of {city.name_en}, the county is unknown.",
            city=city.name,
        )
    name = pack.area_codes.get(facts.area_code or "", "")
    return _elsewhere(
        facts, Source.AREA_CODE, name or f"区号{facts.area_code}", name or f"area code {facts.area_code}"
    )


def _mobile(facts: CallerFacts, place: PrefixPlace, pack: Pack) -> Resolution:
    city = pack.city
    if place.area_code == city.area_code or place.city in (city.name, *city.aliases):
        return Resolution(
            Level.CITY,
            Source.PREFIX,
            Confidence.LOW,
            f"{city.name}手机号，区县未知。",
            f"A mobile number of {city.name_en}, the county is unknown.",
            city=city.name,
        )
    if not place.city:
        return _unknown("号码归属地未知，请问地址。", "Nothing is known of this number's home: ask.")
    return _elsewhere(facts, Source.PREFIX, place.city, place.city)


def _elsewhere(facts: CallerFacts, source: Source, zh: str, en: str) -> Resolution:
    """A number of another city. Whoever is a customer, or may be one that could not be looked up, is not
    outside.
    """
    if facts.bound:
        return _unknown(f"号码归属{zh}，但已是客户，请问地址。", f"A number of {en}, yet a customer: ask.")
    if facts.incomplete:
        return _unknown(
            f"号码归属{zh}，资料暂时查不到，请问地址。", f"A number of {en}, records are away: ask."
        )
    return Resolution(
        Level.OUTSIDE,
        source,
        Confidence.MEDIUM,
        f"号码归属{zh}，请问收水地址是否在服务区。",
        f"A number of {en}: ask whether the water goes to our area.",
        city=zh,
    )


def _county(pack: Pack, adcode: str, source: Source, confidence: Confidence, zh: str, en: str) -> Resolution:
    return Resolution(
        Level.COUNTY,
        source,
        confidence,
        zh.format(zh=county_zh(pack, adcode)) + "。",
        en.format(en=county_en(pack, adcode)) + ".",
        region=adcode,
        city=pack.city.name,
    )


def _unknown(zh: str, en: str) -> Resolution:
    return Resolution(Level.UNKNOWN, Source.NONE, Confidence.NONE, zh, en)
