"""Why a message did not go out, in words: providers' own codes stay as they are."""

from django.utils.translation import gettext_lazy as _

from springline.business.messaging.wording import FAULTS

_WORDS = {
    "no_template": _("There is no active template of this name."),
    "template_unknown_there": _("The provider's number of the template is not entered."),
    "no_outlet": _("No SMS outlet is active."),
    "not_configured": _("The outlet is not set up completely."),
    "expired": _("It was too late to be of use."),
    "bad_answer": _("The other side's answer was not understood."),
    "no_json": _("The other side's answer was not understood."),
    "ConnectError": _("The other side could not be reached."),
    "ConnectTimeout": _("The other side could not be reached."),
    "ReadTimeout": _("The other side did not answer in time."),
    "ReadError": _("The connection broke off."),
    "RemoteProtocolError": _("The connection broke off."),
    "UnsupportedProtocol": _("The outlet's address is missing or wrong."),
    "InvalidURL": _("The outlet's address is missing or wrong."),
    "http_401": _("The other side refused our key."),
    "http_403": _("The other side refused our key."),
    "http_404": _("The outlet's address is missing or wrong."),
    "http_429": _("The other side asks for patience."),
}


def why(error: str) -> str:
    """`error` is a code, and perhaps details behind a blank."""
    code, _blank, detail = error.partition(" ")
    if code in FAULTS and detail:
        return detail
    words = _WORDS.get(code)
    return error if words is None else f"{words} {detail}".strip()
