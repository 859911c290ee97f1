"""How long the parts of the house wait for one another: who asks waits longer than who is asked."""

from springline import programs
from springline.business.settings_base import pooled
from springline.doctor import live


def test_who_asks_web_waits_longer_than_web_waits_for_its_database() -> None:
    options = pooled({"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}})["OPTIONS"]
    # A pool that gave up begins anew with the next request; one that did not tries after minutes.
    assert options["pool"]["reconnect_timeout"] <= options["pool"]["timeout"]
    assert options["pool"]["timeout"] < programs.ASK_SECONDS < live.WEB_SECONDS
