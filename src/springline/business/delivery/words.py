"""What delivery says to people, by code, in the request's language."""

from django.utils.translation import gettext as _
from django.utils.translation import override


def of(code: str) -> str:
    """A sentence for a result's code; empty for a code without one."""
    return _words().get(code, "")


def both(code: str) -> tuple[str, str]:
    """The sentence in Chinese and English."""
    with override("zh-hans"):
        zh = of(code)
    with override("en"):
        return zh, of(code)


def _words() -> dict[str, str]:
    return {
        "": "",
        "no_territory": _("No station delivers there."),
        "all_tried": _("Everybody at work refused or did not answer."),
        "nobody_on_shift": _("Nobody of this territory is at work."),
        "all_full": _("Everybody's vehicle is full."),
        "late": _("This arrived after a later step and was noted."),
        "unknown_task": _("There is no such task of yours."),
        "key_taken": _("This number of a report belongs to another one."),
        "bad_payload": _("The report is not complete."),
        "bad_photo": _("The report names a photo that did not arrive."),
        "already_accepted": _("You accepted this order already; ask the station to take it back."),
        "already_delivered": _("This order was delivered already."),
        "already_failed": _("This order was reported as failed already."),
        "withdrawn": _("This order is no longer yours."),
        "order_cancelled": _("The order was cancelled meanwhile."),
        "implausible_time": _("The order was taken away before this delivery; the station will look at it."),
        "lines_changed": _("The order was changed meanwhile; please check what it says now."),
        "nothing_delivered": _("Nothing was left; report a failed delivery instead."),
        "refused_by_order": _("The order does not allow this; the station will look at it."),
        "internal": _("Something went wrong here; the station will look at it."),
        "applied_after_cancel": _("The order had been cancelled; your delivery counts."),
        "applied_after_withdrawal": _("The order had been taken away; your delivery counts."),
        "applied_unknown_batch": _("Nobody knows this batch number; the delivery counts, please check it."),
        "applied_stopped_batch": _("The sale of this batch is stopped; the station will look at it."),
    }
