"""Groups of tests that need a part which may be missing are left out with a word about it."""

import os

import pytest
from hypothesis import HealthCheck, settings

from springline.platform import waiting
from tests.support import seeding

waiting.mend()

pytest_plugins = ("tools.test_groups",)

# How long an example takes is a matter of the machine and of a benchmark, never of a test.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def seeded_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Below the folder of the run, where pytest tidies up."""
    own = tmp_path_factory.getbasetemp()
    seeding.WHERE[:] = [own.parent if "PYTEST_XDIST_WORKER" in os.environ else own]
