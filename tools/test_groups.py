"""A pytest plugin: keeps together what shares a house, and begins with what takes longest. It leaves out the
groups whose parts are missing, and says so before pytest's last line.

With CI=true nothing may be missing: the run then fails instead.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from springline.telephony.engine.home import default_home, find_engine
from springline.telephony.engine.tools import tool_path


@dataclass(frozen=True)
class Group:
    """Tests with one marker, the part they need, and how to get it."""

    marker: str
    part: str
    how: str


GROUPS = (
    Group("engine", "the private Asterisk and nats-server", "make setup"),
    Group("browser", "Chromium", ".venv/bin/springline tools install chromium"),
    Group("load", "SIPp", ".venv/bin/springline tools install sipp"),
    Group("postgres", "PostgreSQL", ".venv/bin/springline tools install postgres"),
)

# Begun last, they would keep one test process busy while the others have nothing left.
LONGEST = (
    "browser",
    "test_calls_talk",
    "test_random_kills",
    "test_doctor",
    "test_calls_routing",
    "test_bench_load",
    "test_day",
    "test_supervision",
    "test_dead_trunk",
    "test_calls_scripts",
    "test_on_postgres",
)


def _is_there(group: Group) -> bool:
    if group.marker == "engine":
        return find_engine() is not None
    tool = {"browser": "chromium", "load": "sipp", "postgres": "postgres"}[group.marker]
    return tool_path(default_home(), tool) is not None


def pytest_configure(config: pytest.Config) -> None:
    missing = [group for group in GROUPS if not _is_there(group)]
    config.stash[_MISSING] = missing
    if missing and os.environ.get("CI") == "true":
        lines = [f"{group.marker}: {group.part} is missing; get it with: {group.how}" for group in missing]
        raise pytest.UsageError("In CI no group may be left out.\n" + "\n".join(lines))


_MISSING = pytest.StashKey[list[Group]]()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            # Two browsers at once on two cores miss their deadlines.
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.get_closest_marker("engine") and not item.get_closest_marker("xdist_group"):
            # One test process starts a file's shared engine, not all.
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    if hasattr(config, "workerinput"):
        items.sort(key=_begun)
    for group in config.stash[_MISSING]:
        skip = pytest.mark.skip(reason=f"{group.part} is missing; get it with: {group.how}")
        for item in items:
            if item.get_closest_marker(group.marker):
                item.add_marker(skip)


def _begun(item: pytest.Item) -> int:
    marker = item.get_closest_marker("xdist_group")
    name = marker.args[0] if marker else item.path.stem
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """`tools.check` runs what failed in real time once more, alone: it reads the list from FAILED_LIST."""
    path = os.environ.get("FAILED_LIST")
    if path and report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        with open(path, "a", encoding="utf-8") as file:
            file.write(report.nodeid.rsplit("@", 1)[0] + "\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash[_MISSING]
    if not missing:
        return
    terminalreporter.section("groups left out · 未运行的测试组")
    for group in missing:
        terminalreporter.write_line(f"{group.marker:8} needs {group.part}; get it with: {group.how}")
