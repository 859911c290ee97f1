"""Groups of tests that need a part which may be missing are left out with a word about it."""

pytest_plugins = ("tools.test_groups",)
