"""The virtual clock the other tests rely on."""

import asyncio
import time

import pytest

from tests.support.virtual_time import NothingWillHappen, run_virtual, settle


async def _sleepers(log):
    loop = asyncio.get_running_loop()

    async def sleeper(name, period, times):
        for _ in range(times):
            await asyncio.sleep(period)
            log.append((round(loop.time(), 6), name))

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper("a", 3600, 3))
        group.create_task(sleeper("b", 1800, 5))


def test_hours_pass_in_an_instant_and_in_order():
    log = []
    began = time.perf_counter()
    run_virtual(_sleepers(log))
    assert time.perf_counter() - began < 1
    assert log == sorted(log, key=lambda step: step[0])
    assert log[-1] == (10800, "a")


def test_the_same_program_makes_the_same_steps():
    first, second = [], []
    run_virtual(_sleepers(first))
    run_virtual(_sleepers(second))
    assert first == second


def test_close_timers_keep_their_order_and_distance():
    seen = []

    async def main():
        loop = asyncio.get_running_loop()
        loop.call_later(0.002, lambda: seen.append(("late", loop.time())))
        loop.call_later(0.0019999, lambda: seen.append(("early", loop.time())))
        await asyncio.sleep(0.01)

    run_virtual(main())
    assert [name for name, _ in seen] == ["early", "late"]
    assert seen[0][1] < seen[1][1]


def test_timers_of_one_moment_run_in_the_order_they_were_set():
    seen = []

    async def main():
        loop = asyncio.get_running_loop()
        for number in range(100):
            loop.call_at(5.0, seen.append, number)
        await asyncio.sleep(6)

    run_virtual(main())
    assert seen == list(range(100))


def test_a_timeout_fires_at_its_virtual_time():
    async def main():
        loop = asyncio.get_running_loop()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(90):
                await asyncio.Event().wait()
        return loop.time()

    assert run_virtual(main()) == pytest.approx(90)


def test_a_deadlock_is_an_error_and_does_not_hang():
    async def main():
        await asyncio.Event().wait()

    with pytest.raises(NothingWillHappen):
        run_virtual(main())


def test_settle_runs_what_is_ready_without_moving_the_clock():
    async def main():
        loop = asyncio.get_running_loop()
        done = []

        async def chain(depth):
            if depth:
                await asyncio.sleep(0)
                await chain(depth - 1)
            else:
                done.append(loop.time())

        async with asyncio.TaskGroup() as group:
            group.create_task(chain(10))
            await settle()
            assert done == [0.0]

    run_virtual(main())
