"""A home of an older checkout: what was done wholly goes on, what was left half-way is refused."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from springline.business import bootstrap, checkup
from springline.business.upgrading import stranded

pytestmark = pytest.mark.django_db
SQUASHED = {"app": "calls", "name__contains": "squashed"}


def test_a_home_with_every_single_step_goes_on() -> None:
    MigrationRecorder.Migration.objects.filter(**SQUASHED).delete()
    assert stranded(connection) == []
    call_command("migrate", verbosity=0)
    assert MigrationRecorder.Migration.objects.filter(**SQUASHED).exists()


def test_a_home_left_half_way_is_told_what_to_do() -> None:
    MigrationRecorder.Migration.objects.filter(**SQUASHED).delete()
    MigrationRecorder.Migration.objects.filter(app="calls", name="0009_abuse").delete()
    with pytest.raises(bootstrap.HomeTooOldError, match=bootstrap.LAST_SINGLE_STEPS):
        bootstrap.migrate()
    (finding,) = checkup.quick()
    assert finding.level == "fault"
    assert "calls" in finding.en
    assert bootstrap.LAST_SINGLE_STEPS in finding.do_zh
