"""The one box: number, tail of a number, name, initials, address, and what other apps add (order no.).

Numbers, names and initials go through indexes. What is left is a look for the text anywhere in a narrow
table, which reads 200,000 customers in tens of milliseconds and stops at the limit; it needs no full-text
extension, so it is the same on SQLite and PostgreSQL.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from springline.business.customers import hooks, places
from springline.business.customers.models import Customer, CustomerPhone, CustomerSearch
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.customers.text import folded

_SEPARATED_NUMBER = re.compile(r"\+?[\d\s()-]{3,24}")
_LEAST_TAIL = 3
_CANDIDATES = 500


class By(StrEnum):
    NUMBER = "number"
    TAIL = "tail"
    NAME = "name"
    INITIALS = "initials"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hit:
    customer_id: int
    by: By


def search(text: str, limit: int = 20) -> list[Hit]:
    """At most `limit` customers, the surest first. A text of several words wants all of them."""
    plain = folded(text)[:80]
    found: dict[int, Hit] = {}
    for by, look in _ways(plain):
        if len(found) >= limit:
            break
        for customer_id in look(limit):
            found.setdefault(customer_id, Hit(customer_id, by))
        if found and by is By.NUMBER:
            break
    known = set(
        Customer.objects.filter(pk__in=found, merged_into=None, erased_at=None).values_list("pk", flat=True)
    )
    return [hit for hit in found.values() if hit.customer_id in known][:limit]


def _ways(text: str) -> Iterable[tuple[By, Callable[[int], list[int]]]]:
    if not text:
        return
    for search_other in hooks.searches.values():
        yield By.OTHER, lambda limit, look=search_other: look(text)[:limit]  # type: ignore[misc]
    if _SEPARATED_NUMBER.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        yield By.NUMBER, lambda limit: _by_number(text, limit)
        if len(digits) >= _LEAST_TAIL:
            yield By.TAIL, lambda limit: _by_tail(digits, limit)
    words = text.split()
    if len(words) > 1:
        yield By.TEXT, lambda limit: _by_words(words, limit)
        return
    yield By.NAME, lambda limit: _ids(CustomerSearch.objects.filter(name=text), limit)
    yield By.NAME, lambda limit: _ids(CustomerSearch.objects.filter(beginning("name", text)), limit)
    if text.isascii() and text.isalnum():
        for column in ("initials", "initials_alt"):
            yield (
                By.INITIALS,
                lambda limit, c=column: _ids(  # type: ignore[misc]
                    CustomerSearch.objects.filter(beginning(c, text)), limit
                ),
            )
    if len(text) > 1:
        yield By.TEXT, lambda limit: _ids(CustomerSearch.objects.filter(containing(text)), limit)


def beginning(column: str, text: str) -> Q:
    """`column` begins with `text`, in the form that the database answers from its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + "\U0010ffff"})
    return Q(**{f"{column}__startswith": text})


def containing(word: str) -> GreaterThan:
    """Compared as it stands: LIKE would fold letters, which takes longer, and the text is folded already."""
    return GreaterThan(StrIndex("text", Value(word)), 0)


def _by_number(text: str, limit: int) -> list[int]:
    try:
        number = to_e164(text, places.pack().city.area_code)
    except NoNumber:
        return []
    rows = CustomerPhone.objects.filter(e164=number, unbound_at=None)
    return list(rows.values_list("customer_id", flat=True)[:limit])


def _by_tail(digits: str, limit: int) -> list[int]:
    rows = CustomerPhone.objects.filter(beginning("backwards", digits[::-1]), unbound_at=None)
    return list(rows.values_list("customer_id", flat=True)[:limit])


def _by_words(words: list[str], limit: int) -> list[int]:
    """Words of digits may be the tail of a number (张 2345); all others stand somewhere in the text."""
    rows = CustomerSearch.objects.all()
    for word in words:
        owners = _by_tail(word, _CANDIDATES) if word.isdigit() and len(word) >= _LEAST_TAIL else []
        rows = rows.filter(pk__in=owners) if owners else rows.filter(containing(word))
    return _ids(rows, limit)


def _ids(rows: QuerySet[CustomerSearch], limit: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:limit])
