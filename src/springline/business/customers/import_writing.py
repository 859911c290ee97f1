"""Writes the rows of an import.

Django's own bulk_create would hold SQLite's only write lock for most of a minute at 100,000 rows; so the
values are made ready beforehand, and the transaction does nothing but insert them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from springline.business.customers.import_rows import Row
from springline.business.customers.models import (
    Contact,
    Customer,
    CustomerAddress,
    CustomerChange,
    CustomerPhone,
    CustomerSearch,
)
from springline.business.customers.numbers import tail_key
from springline.business.customers.text import search_fields

_BATCH = 5000
_COPIED = ("type", "level", "settlement", "invoice_title", "tax_no", "remark")


class Table:
    """Rows of `model` as tuples: the fields of `varying` by position, the others `fixed` or by default."""

    def __init__(self, model: type[models.Model], varying: Sequence[str], **fixed: Any) -> None:
        self.model = model
        fields = {field.name: field for field in model._meta.concrete_fields if not field.auto_created}
        rest = [name for name in fields if name not in varying]
        self._constant = tuple(
            fields[name].get_db_prep_save(fixed.get(name, fields[name].get_default()), connection)
            for name in rest
        )
        self._columns = [fields[name].column for name in (*varying, *rest)]

    def insert(self, rows: Iterable[Sequence[Any]]) -> None:
        quote = connection.ops.quote_name
        names = ", ".join(quote(column) for column in self._columns)
        places = ", ".join(["%s"] * len(self._columns))
        sql = f"INSERT INTO {quote(self.model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
        values = [(*row, *self._constant) for row in rows]
        with connection.cursor() as cursor:
            for at in range(0, len(values), _BATCH):
                cursor.executemany(sql, values[at : at + _BATCH])


class Batch:
    """All that one file brings. A row's key finds its id again: it is the customer's request key."""

    def __init__(self, rows: list[Row], digest: str, who: str, now: datetime) -> None:
        self._keys = [f"import:{digest[:32]}:{row.line}" for row in rows]
        self._prefix = f"import:{digest[:32]}:"
        self._now, self._who, self._rows = now, who, rows
        self._names = [_name(row) for row in rows]
        self._people = [_contact(row, name) for row, name in zip(rows, self._names, strict=True)]
        self._searches = [
            _search(row, name, person)
            for row, name, person in zip(rows, self._names, self._people, strict=True)
        ]

    def write(self) -> None:
        """Inside a transaction of the caller's."""
        now = self._now
        customers = Table(Customer, ("name", "request_key", *_COPIED), created_at=now, active_at=now)
        customers.insert(
            (name, key, *(row.values.get(field, "") for field in _COPIED))
            for row, name, key in zip(self._rows, self._names, self._keys, strict=True)
        )
        known = dict(
            Customer.objects.filter(request_key__startswith=self._prefix).values_list("request_key", "pk")
        )
        ids = [known[key] for key in self._keys]
        contacts = self._write_contacts(ids)
        Table(CustomerPhone, ("customer", "contact", "e164", "backwards", "is_primary"), bound_at=now).insert(
            (pk, contacts.get(pk), number, tail_key(number), at == 0)
            for pk, row in zip(ids, self._rows, strict=True)
            for at, number in enumerate(row.numbers)
        )
        columns = ("customer", "text", "county", "town", "floor", "building", "lift", "notes")
        Table(CustomerAddress, columns, is_default=True).insert(
            (
                pk, row.values["address"], row.county, row.town, row.floor, row.values.get("building", ""),
                row.values.get("lift", "unknown"), row.values.get("notes", ""),
            )
            for pk, row in zip(ids, self._rows, strict=True)
            if row.values.get("address")
        )  # fmt: skip
        Table(CustomerSearch, ("customer", "name", "initials", "initials_alt", "text")).insert(
            (pk, *search) for pk, search in zip(ids, self._searches, strict=True)
        )
        Table(CustomerChange, ("customer",), at=now, who=self._who, what="imported", version=1).insert(
            (pk,) for pk in ids
        )

    def _write_contacts(self, ids: list[int]) -> dict[int, int]:
        """Customer → its contact."""
        rows = [(pk, person) for pk, person in zip(ids, self._people, strict=True) if person]
        Table(Contact, ("customer", "name")).insert(rows)
        found = Contact.objects.filter(customer__request_key__startswith=self._prefix) if rows else ()
        return {contact.customer_id: contact.pk for contact in found}


def _name(row: Row) -> str:
    return row.values.get("name") or row.values.get("contact") or f"尾号{row.numbers[0][-4:]}"


def _contact(row: Row, name: str) -> str:
    contact = row.values.get("contact", "")
    return contact if contact != name else ""


def _search(row: Row, name: str, person: str) -> tuple[str, str, str, str]:
    values = row.values
    where = " ".join(values.get(field, "") for field in ("address", "building", "notes")).strip()
    found = search_fields(name, values["type"], [person] if person else [], [where] if where else [])
    return found["name"], found["initials"], found["initials_alt"], found["text"]
