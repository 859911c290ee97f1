"""What happens before Asterisk is started: ports, run folder, which engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from springline.telephony.engine import home as home_module
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.home import Engine, find_engine, require_engine
from springline.telephony.engine.install import partial_folder, read_manifest, swap_in
from springline.telephony.engine.process import discard_run_dir, short_run_dir
from springline.telephony.engine.tools import TOOLS, library_path, tool_path, write_wrapper


def test_the_control_sockets_folder_is_short_private_and_remembered(tmp_path: Path) -> None:
    instance = tmp_path / ("long" * 40)
    run_dir = short_run_dir(instance)
    try:
        assert len(str(run_dir / "asterisk.ctl")) < 100
        assert run_dir.stat().st_mode & 0o777 == 0o700
        assert short_run_dir(instance) == run_dir
    finally:
        discard_run_dir(instance)
    assert not run_dir.exists()
    assert not (instance / "run").is_symlink()


def test_a_run_folder_lost_with_a_restart_of_the_machine_is_made_anew(tmp_path: Path) -> None:
    first = short_run_dir(tmp_path)
    os.rmdir(first)
    second = short_run_dir(tmp_path)
    assert second.is_dir()
    discard_run_dir(tmp_path)
    discard_run_dir(tmp_path)


def engine_in(home: Path, manifest: dict[str, object]) -> None:
    (home / "engine").mkdir(parents=True)
    (home / "engine/manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def no_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SPRINGLINE_ENGINE_DIR", raising=False)
    monkeypatch.delenv("SPRINGLINE_HOME", raising=False)
    project = tmp_path / "project"
    monkeypatch.setattr(home_module, "project_root", lambda: project)
    monkeypatch.setattr(home_module, "default_home", lambda: project / ".springline")
    return project


def test_a_home_uses_its_own_engine_else_the_projects(no_default: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert find_engine(home) is None
    with pytest.raises(EngineError, match="springline engine install"):
        require_engine(home)
    engine_in(no_default / ".springline", {})
    assert find_engine(home) == Engine(no_default / ".springline/engine/root")
    engine_in(home, {})
    assert find_engine(home) == Engine(home / "engine/root")


def test_a_half_unpacked_engine_is_no_engine(no_default: Path, tmp_path: Path) -> None:
    (tmp_path / "home/engine/root/usr/sbin").mkdir(parents=True)
    assert find_engine(tmp_path / "home") is None


def test_the_machines_own_asterisk_runs_without_our_loader(no_default: Path, tmp_path: Path) -> None:
    engine_in(tmp_path, {"system": True})
    engine = find_engine(tmp_path)
    assert engine is not None
    assert engine.asterisk() == ["/usr/sbin/asterisk"]
    assert "--library-path" in Engine(tmp_path / "engine/root").asterisk()


def test_leftovers_of_an_interrupted_run_are_removed(tmp_path: Path) -> None:
    stale = tmp_path / ".engine-abc.partial"
    stale.mkdir()

    def interrupted() -> None:
        with partial_folder(tmp_path, "engine") as work:
            assert not stale.exists()
            (work / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_new_engine_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    swap_in(tmp_path / "new", tmp_path / "old")
    assert [entry.name for entry in tmp_path.rglob("*")] == ["old", "new"]


def test_an_unreadable_manifest_counts_as_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}
    (tmp_path / "manifest.json").write_text("{half")
    assert read_manifest(tmp_path) == {}


def test_a_tools_wrapper_survives_odd_paths_and_keeps_arguments(tmp_path: Path) -> None:
    root = tmp_path / "it's a root"
    program = root / "usr/bin/say"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH|$1|$2"\n')
    program.chmod(0o755)
    wrapper = tmp_path / "say"
    write_wrapper(wrapper, program, {"LD_LIBRARY_PATH": str(root)})
    assert os.popen(f'"{wrapper}" "a b" c').read() == f"{root}|a b|c\n"
    assert library_path(root, root) == ""


def test_the_highest_version_of_a_tool_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15", "14"):
        program = tmp_path / f"usr/lib/postgresql/{version}/bin/postgres"
        program.parent.mkdir(parents=True)
        program.touch()
    found = TOOLS["postgres"].program_in(tmp_path)
    assert found == tmp_path / "usr/lib/postgresql/15/bin/postgres"
    assert TOOLS["sipp"].program_in(tmp_path) is None


def test_a_tool_is_found_in_the_home_when_the_machine_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wrapper = tmp_path / "tools/sipp/sipp"
    wrapper.parent.mkdir(parents=True)
    wrapper.touch(mode=0o755)
    assert tool_path(tmp_path, "sipp") == wrapper
