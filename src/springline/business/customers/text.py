"""What the one box finds a customer by."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from springline.business.customers.models import CustomerType
from springline.business.customers.pinyin import spellings


def folded(text: str) -> str:
    """As it is compared: full width as half width, small letters, single spaces, nothing that is not seen."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if not plain.isprintable():
        # Chats paste marks of width and direction along with a name.
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join(plain.split())


def search_fields(
    name: str, kind: str, contacts: Iterable[str] = (), addresses: Iterable[str] = ()
) -> dict[str, Any]:
    """The columns of CustomerSearch."""
    spelled = spellings(folded(name), person=kind == CustomerType.PERSON)
    people = [folded(contact) for contact in contacts]
    letters = [spellings(contact)[0] for contact in people]
    parts = [folded(name), " ".join([*spelled, *letters]), *people, *(folded(text) for text in addresses)]
    return {
        "name": folded(name)[:80],
        "initials": spelled[0],
        "initials_alt": spelled[1] if len(spelled) > 1 else "",
        "text": "|".join(part for part in parts if part),
    }
