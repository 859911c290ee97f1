"""How telephone numbers stand in the sheets of the back office."""

from typing import Any

from import_export.widgets import CharWidget

from springline.business.customers import places
from springline.business.customers.errors import CustomerRefusal, bad_number
from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.http import english


def number_of(text: str) -> str:
    """E.164 of a number as people write it. Raises ValueError with a sentence for people."""
    try:
        return to_e164(text, places.pack().city.area_code)
    except NoNumber as error:
        raise ValueError(sentence(bad_number(error.code))) from None


def sentence(refusal: CustomerRefusal) -> str:
    return refusal.en if english() else refusal.zh


class Number(CharWidget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **_more: Any) -> str:
        return number_of(str(value or ""))


class AreaCode(CharWidget):  # type: ignore[misc]
    """Spreadsheets eat the leading zero."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> str:
        digits = str(value or "").strip()
        return f"0{digits}" if digits.isdigit() and not digits.startswith("0") else digits
