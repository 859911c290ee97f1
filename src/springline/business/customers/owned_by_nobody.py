"""Numbers that stand for everybody and must not stand for one person (F4)."""

from contextlib import suppress

from springline.business.customers.numbers import NoNumber, to_e164
from springline.business.hotline.models import Hotline
from springline.business.prepared import Prepared

_HOTLINES = Prepared(Hotline.objects.order_by)


def everybodys_numbers() -> set[str]:
    """A hotline's own numbers and those that hide callers, in whichever way they were written."""
    found = set()
    for hotline in _HOTLINES():
        for text in (hotline.number, *hotline.dids, *hotline.masked_callers):
            with suppress(NoNumber):
                found.add(to_e164(str(text), hotline.area_code))
    return found
