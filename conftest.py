"""Groups of tests that need a part which may be missing are left out with a word about it."""

from hypothesis import HealthCheck, settings

pytest_plugins = ("tools.test_groups",)

# How long an example takes is a matter of the machine and of a benchmark, never of a test.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
