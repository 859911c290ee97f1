"""What the worker asks again and again is found by an index, however much there is.

SQLite's planner knows no sizes: it says of an empty table what it would do with a full one.
"""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from springline.business import jobs
from springline.business.messaging.models import UNSENT, Message

OFTEN_SECONDS = 60
# A chain has some of these, and not millions.
SHORT = {"catalog_batch", "hotline_hotline", "hotline_servicewindow", "hotline_serviceexception"}
# Of which all may be read: what waits.
PARTIAL = {
    index.name for model in apps.get_models() for index in model._meta.indexes if index.condition is not None
}
OFTEN = sorted((job for job in jobs.registered() if job.seconds <= OFTEN_SECONDS), key=lambda job: job.name)


def whole_tables(sql: str) -> list[str]:
    """What the plan of a statement reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        lines = [row[3] for row in cursor.fetchall()]
    found = []
    for line in lines:
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
        if scan and scan[1] not in SHORT and scan[2] not in PARTIAL:
            found.append(line)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("job", OFTEN, ids=lambda job: str(job.name))
def test_a_job_of_every_minute_reads_no_table_from_end_to_end(job: jobs.Job) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("its planner looks through small tables")
    with CaptureQueriesContext(connection) as asked:
        job.run()
    found = {one["sql"]: whole_tables(one["sql"]) for one in asked if one["sql"].startswith("SELECT")}
    assert not {sql: lines for sql, lines in found.items() if lines}


@pytest.mark.django_db
def test_messages_that_are_due_are_found_by_their_index_with_bound_values_too() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("its planner looks through small tables")
    due = Message.objects.filter(UNSENT, next_at__lte=timezone.now()).order_by("next_at", "id")
    assert "message_due" in due.explain()
