"""What delivery says to people, by code, in the request's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import override

_WORDS = {
    "": "",
    "no_territory": noop("No station delivers there."),
    "all_tried": noop("Everybody at work refused or did not answer."),
    "nobody_on_shift": noop("Nobody of this territory is at work."),
    "all_full": noop("Everybody's vehicle is full."),
    "late": noop("This arrived after a later step and was noted."),
    "unknown_task": noop("There is no such task of yours."),
    "key_taken": noop("This number of a report belongs to another one."),
    "bad_payload": noop("The report is not complete."),
    "bad_photo": noop("The report names a photo that did not arrive."),
    "already_accepted": noop("You accepted this order already; ask the station to take it back."),
    "already_delivered": noop("This order was delivered already."),
    "already_failed": noop("This order was reported as failed already."),
    "withdrawn": noop("This order is no longer yours."),
    "order_cancelled": noop("The order was cancelled meanwhile."),
    "implausible_time": noop("The order was taken away before this delivery; the station will look at it."),
    "lines_changed": noop("The order was changed meanwhile; please check what it says now."),
    "nothing_delivered": noop("Nothing was left; report a failed delivery instead."),
    "refused_by_order": noop("The order does not allow this; the station will look at it."),
    "internal": noop("Something went wrong here; the station will look at it."),
    "applied_after_cancel": noop("The order had been cancelled; your delivery counts."),
    "applied_after_withdrawal": noop("The order had been taken away; your delivery counts."),
    "applied_unknown_batch": noop("Nobody knows this batch number; the delivery counts, please check it."),
    "applied_stopped_batch": noop("The sale of this batch is stopped; the station will look at it."),
}


def of(code: str) -> str:
    """A sentence for a result's code; empty for a code without one."""
    words = _WORDS.get(code)
    return _(words) if words else ""


def both(code: str) -> tuple[str, str]:
    """The sentence in Chinese and English."""
    with override("zh-hans"):
        zh = of(code)
    with override("en"):
        return zh, of(code)
