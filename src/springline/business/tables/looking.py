"""How the back office looks for what was typed: by an index where it is a whole value."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import ForeignKey, IntegerField, Model, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal


def matching(model: type[Model], search_fields: Sequence[str], text: str) -> Q:
    """Rows in which each word of `text` is found by one of an admin's `search_fields`."""
    found = Q()
    for word in map(_unquoted, smart_split(text)):
        ways = [way for field in search_fields if (way := _way(model, str(field), word)) is not None]
        found &= Q.create(ways, connector=Q.OR) if ways else Q(pk__in=[])
    return found


def _unquoted(word: str) -> str:
    quoted = len(word) > 1 and word[0] in "\"'" and word[0] == word[-1]
    return unescape_string_literal(word) if quoted else word


def _way(model: type[Model], field: str, word: str) -> Q | None:
    """None: the field cannot hold the word. "=": all of the value, as written, so that its index serves."""
    name, whole = field.removeprefix("=").removesuffix("__exact"), field.startswith("=") or "__exact" in field
    last = get_fields_from_path(model, name)[-1]
    if whole and isinstance(last, IntegerField | ForeignKey):
        return Q(**{name: int(word)}) if word.isascii() and word.isdigit() else None
    if whole:
        # A call's id is no number, and few tables have an index of it.
        return None if name == "call_id" and word.isdigit() else Q(**{name: word})
    first, _, rest = name.partition("__")
    of: Any = model._meta.get_field(first)
    if rest and isinstance(of, ForeignKey):
        # The other table's rows first: joined, each row of the long one would look its own up.
        theirs: QuerySet[Any] = of.related_model._default_manager.order_by()
        return Q(**{f"{first}__in": theirs.filter(**{f"{rest}__icontains": word}).values("pk")})
    return Q(**{f"{name}__icontains": word})
