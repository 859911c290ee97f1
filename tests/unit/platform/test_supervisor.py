"""The supervisor on real processes: small Python programs that play the part."""

import asyncio
import errno
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from springline.platform.supervisor import (
    HomeInUse,
    Program,
    StartFailed,
    Supervisor,
    dies_with_me,
    home_lock,
)
from springline.platform.supervisor.supervisor import BACKOFF_SECONDS, SERVED_AFTER_SECONDS
from tests.support.until import until

WAITS = "import time\nwhile True: time.sleep(60)"
STUBBORN = "import signal,time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)"


async def _now() -> None:
    return None


def program(name: str, code: str = WAITS, **more: object) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", code), ready=_now, **more)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_no_process_is_left_after_a_stop(tmp_path: Path) -> None:
    supervisor = Supervisor([[program("a"), program("b")], [program("c")]], tmp_path)
    await supervisor.start()
    pids = [supervisor.pid(name) for name in "abc"]
    assert all(alive(pid) for pid in pids)
    await supervisor.stop()
    assert not any(alive(pid) for pid in pids)


async def test_a_program_that_dies_is_started_again_alone(tmp_path: Path) -> None:
    supervisor = Supervisor([[program("a"), program("b")]], tmp_path)
    await supervisor.start()
    try:
        first, other = supervisor.pid("a"), supervisor.pid("b")
        os.kill(first, 9)
        await until(lambda: supervisor.pid("a") != first)
        assert alive(supervisor.pid("a"))
        assert supervisor.pid("b") == other
    finally:
        await supervisor.stop()


async def test_a_program_that_served_is_started_again_at_once_however_often_it_is_killed(
    tmp_path: Path,
) -> None:
    news: list[tuple[str, float]] = []
    loop = asyncio.get_running_loop()
    supervisor = Supervisor(
        [[program("a")]], tmp_path, lambda _n, state, _s: news.append((state, loop.time()))
    )
    await supervisor.start()
    try:
        for _ in range(4):
            since, had = news[-1][1], len(news)
            await until(lambda since=since: loop.time() - since > SERVED_AFTER_SECONDS + 0.2)
            os.kill(supervisor.pid("a"), 9)
            await until(lambda had=had: news[had:] and news[-1][0] == "ready")
        died = [at for state, at in news if state == "died"]
        back = [at for state, at in news if state == "ready"][1:]
        assert max(b - d for d, b in zip(died, back, strict=True)) < BACKOFF_SECONDS[2]
    finally:
        await supervisor.stop()


async def test_a_program_that_ends_at_once_fails_the_start_with_its_last_words(tmp_path: Path) -> None:

    async def never() -> None:
        await asyncio.Event().wait()

    failing = Program(
        name="b", argv=(sys.executable, "-c", "raise SystemExit('no engine here')"), ready=never
    )
    supervisor = Supervisor([[program("a")], [failing]], tmp_path)
    with pytest.raises(StartFailed, match="no engine here"):
        await supervisor.start()
    pid = supervisor.pid("a")
    await supervisor.stop()
    assert not alive(pid)


async def test_a_program_that_ignores_the_stop_signal_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([[program("a", STUBBORN, stop_timeout=0.3)]], tmp_path)
    await supervisor.start()
    pid = supervisor.pid("a")
    await supervisor.stop()
    assert not alive(pid)


async def test_programs_of_one_kind_are_stopped_together(tmp_path: Path) -> None:
    news: list[tuple[str, str]] = []
    code = "import signal,time\nsignal.signal(signal.SIGTERM, lambda *_: time.sleep(0.3) or exit())\n" + WAITS
    alike = [program(f"web-{number}", code, kind="web") for number in range(3)]
    stages = [[program("first"), *alike]]
    supervisor = Supervisor(stages, tmp_path, lambda name, state, _s: news.append((name, state)))
    await supervisor.start()
    ending: list[str] = []
    end = supervisor._end

    async def noted(name: str) -> None:
        ending.append(name)
        await end(name)
        ending.append(name)

    supervisor._end = noted  # type: ignore[method-assign]
    await supervisor.stop()
    assert ending[:3] == ["web-2", "web-1", "web-0"]
    assert sorted(ending[3:6]) == sorted(ending[:3])
    assert ending[6:] == ["first", "first"]


async def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys, pathlib\n"
        "from springline.platform.supervisor import Program, Supervisor\n"
        "async def ready(): return None\n"
        "async def main():\n"
        f"    p = Program(name='a', argv=(sys.executable, '-c', {WAITS!r}), ready=ready)\n"
        "    s = Supervisor([[p]], pathlib.Path(sys.argv[1]))\n"
        "    await s.start()\n"
        "    print(s.pid('a'), flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await until(lambda: not alive(child))


def test_one_supervisor_per_home(tmp_path: Path) -> None:
    with home_lock(tmp_path), pytest.raises(HomeInUse, match=str(os.getpid())), home_lock(tmp_path):
        pass
    with home_lock(tmp_path):
        pass


async def test_a_start_that_fails_later_on_is_tried_again(tmp_path: Path) -> None:
    """A disk that is full for a while must not end the watch over a program."""
    starts: list[str] = []

    def prepare() -> None:
        starts.append("try")
        if len(starts) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    supervisor = Supervisor([[msgspec.structs.replace(program("a"), prepare=prepare)]], tmp_path)
    await supervisor.start()
    first = supervisor.pid("a")
    try:
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(starts) == 3 and supervisor.pid("a") != first)
    finally:
        await supervisor.stop()


PARENT = """
import asyncio, os, sys
from pathlib import Path
from springline.platform.supervisor import Program, Supervisor

async def now():
    return None

async def main():
    code = sys.argv[2]
    programs = [Program(name=name, argv=(sys.executable, "-c", code), ready=now) for name in "ab"]
    supervisor = Supervisor([programs], Path(sys.argv[1]))
    await supervisor.start()
    print(*(supervisor.pid(name) for name in "ab"), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def ended(pid: int) -> bool:
    """Gone, or dead and only not yet reaped by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("code", [WAITS, STUBBORN])
async def test_no_program_outlives_a_supervisor_that_was_killed(tmp_path: Path, code: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), code, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    assert not any(ended(pid) for pid in pids)
    parent.kill()
    await parent.wait()
    await until(lambda: all(ended(pid) for pid in pids))


async def test_a_program_whose_parent_died_before_it_began_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = tmp_path / "began"
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 1)
        before_exec = dies_with_me()
    code = f"open({str(began)!r}, 'w')"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, preexec_fn=before_exec)
    assert await process.wait() == 1
    assert not began.exists()


async def test_a_program_that_is_not_well_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("springline.platform.supervisor.supervisor.LOOK_SECONDS", 0.01)
    looks = iter([True, False, False, True, False, False, False])

    async def well() -> bool:
        return next(looks, True)

    supervisor = Supervisor([[program("a", well=well)]], tmp_path)
    await supervisor.start()
    first = supervisor.pid("a")
    try:
        await until(lambda: supervisor.pid("a") != first)
        assert next(looks, None) is None
        assert alive(supervisor.pid("a"))
    finally:
        await supervisor.stop()
