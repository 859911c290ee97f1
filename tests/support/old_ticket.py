"""Prints the ticket that a session's softphone had at another time: HOME USER SESSION DAYS-AGO."""

import sys
from datetime import timedelta
from pathlib import Path

from springline.business import bootstrap
from springline.platform.settings import load


def main(home: str, username: str, session: str, days: str) -> None:
    bootstrap.bootstrap_django(load(Path(home)))
    from django.utils import timezone

    from springline.business.accounts import softphone
    from springline.business.accounts.models import User

    then = timezone.now() - timedelta(days=float(days))
    found = softphone.ticket(User.objects.get(username=username), session, then)
    sys.stdout.write(found.password)


if __name__ == "__main__":
    main(*sys.argv[1:])
