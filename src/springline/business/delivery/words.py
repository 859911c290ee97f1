"""What delivery says to people, by code, in the request's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

_WORDS = {
    "": "",
    "no_territory": gettext_noop("No station delivers there."),
    "all_tried": gettext_noop("Everybody at work refused or did not answer."),
    "nobody_on_shift": gettext_noop("Nobody of this territory is at work."),
    "all_full": gettext_noop("Everybody's vehicle is full."),
    "late": gettext_noop("This arrived after a later step and was noted."),
    "unknown_task": gettext_noop("There is no such task of yours."),
    "key_taken": gettext_noop("This number of a report belongs to another one."),
    "bad_payload": gettext_noop("The report is not complete."),
    "bad_photo": gettext_noop("The report names a photo that did not arrive."),
    "already_accepted": gettext_noop("You accepted this order already; ask the station to take it back."),
    "already_delivered": gettext_noop("This order was delivered already."),
    "already_failed": gettext_noop("This order was reported as failed already."),
    "withdrawn": gettext_noop("This order is no longer yours."),
    "order_cancelled": gettext_noop("The order was cancelled meanwhile."),
    "implausible_time": gettext_noop(
        "The order was taken away before this delivery; the station will look at it."
    ),
    "lines_changed": gettext_noop("The order was changed meanwhile; please check what it says now."),
    "nothing_delivered": gettext_noop("Nothing was left; report a failed delivery instead."),
    "refused_by_order": gettext_noop("The order does not allow this; the station will look at it."),
    "internal": gettext_noop("Something went wrong here; the station will look at it."),
    "applied_after_cancel": gettext_noop("The order had been cancelled; your delivery counts."),
    "applied_after_withdrawal": gettext_noop("The order had been taken away; your delivery counts."),
    "applied_unknown_batch": gettext_noop(
        "Nobody knows this batch number; the delivery counts, please check it."
    ),
    "applied_stopped_batch": gettext_noop("The sale of this batch is stopped; the station will look at it."),
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
