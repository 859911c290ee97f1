"""What every bus must do; run against the memory bus and against nats-server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from springline.contracts import codec, commands, subjects
from springline.platform.bus import AnyBus, BusTimeout, JournalEntry, NewEntry, NoResponder

CALL = subjects.journal_of_call("a")


async def take(entries: AsyncIterator[JournalEntry], count: int) -> list[JournalEntry]:
    found: list[JournalEntry] = []
    async with asyncio.timeout(10):
        async for entry in entries:
            found.append(entry)
            if len(found) == count:
                break
    return found


class BusCases:
    async def test_a_request_is_answered(self, bus: AnyBus) -> None:
        async def answer(data: bytes) -> bytes:
            assert codec.decode_any(data, commands.AnyCommand) == commands.SignIn(agent="1001")
            return codec.encode(commands.Done())

        await bus.respond("asked", answer)
        reply = await bus.request("asked", commands.SignIn(agent="1001"), commands.AnyReply)
        assert reply == commands.Done()

    async def test_a_request_nobody_answers_says_so(self, bus: AnyBus) -> None:
        with pytest.raises(NoResponder):
            await bus.request("nobody", commands.GetSnapshot(), commands.AnyReply)

    async def test_an_answer_that_takes_too_long_is_a_timeout(self, bus: AnyBus) -> None:
        async def never(data: bytes) -> bytes:
            await asyncio.Event().wait()
            return b""

        await bus.respond("slow", never)
        with pytest.raises(BusTimeout):
            await bus.request("slow", commands.GetSnapshot(), commands.AnyReply, timeout=0.1)

    async def test_listeners_hear_what_is_published_in_order(self, bus: AnyBus) -> None:
        heard: list[bytes] = []
        listening = asyncio.Event()

        async def listen() -> None:
            messages = bus.subscribe("live.events")
            pending = asyncio.ensure_future(anext(messages))
            await asyncio.sleep(0.05)
            listening.set()
            heard.append(await pending)
            while len(heard) < 3:
                heard.append(await anext(messages))

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(listen())
            await listening.wait()
            for agent in "123":
                await bus.publish("live.events", commands.SignIn(agent=agent))
        assert [codec.decode(data, commands.SignIn).agent for data in heard] == ["1", "2", "3"]

    async def test_a_key_has_its_last_value(self, bus: AnyBus) -> None:
        assert await bus.kv_get("config", "snapshot") is None
        assert await bus.kv_all("config") == {}
        await bus.kv_put("config", "snapshot", b"1")
        await bus.kv_put("config", "snapshot", b"2")
        assert await bus.kv_get("config", "snapshot") == b"2"
        assert await bus.kv_all("config") == {"snapshot": b"2"}

    async def test_watching_a_key_gives_the_present_value_then_the_later_ones(self, bus: AnyBus) -> None:
        await bus.kv_put("config", "snapshot", b"1")
        values = bus.kv_watch("config", "snapshot")
        async with asyncio.timeout(10):
            assert await anext(values) == b"1"
            following = asyncio.ensure_future(anext(values))
            await asyncio.sleep(0.05)
            await bus.kv_put("config", "snapshot", b"2")
            assert await following == b"2"

    async def test_the_journal_keeps_the_order_and_numbers_from_1(self, bus: AnyBus) -> None:
        for number in range(5):
            assert await bus.journal_append(CALL, str(number).encode(), f"id{number}") == number + 1
        entries = await take(bus.journal(), 5)
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert [entry.data for entry in entries] == [b"0", b"1", b"2", b"3", b"4"]
        assert [entry.seq for entry in await take(bus.journal(4), 2)] == [4, 5]

    async def test_the_same_event_twice_is_kept_once(self, bus: AnyBus) -> None:
        first = await bus.journal_append(CALL, b"x", "same")
        assert await bus.journal_append(CALL, b"x", "same") == first
        assert len(await bus.journal_read(CALL)) == 1

    async def test_several_are_appended_in_order_and_twice_is_once(self, bus: AnyBus) -> None:
        other = subjects.journal_of_call("b")
        entries = [NewEntry(CALL if n % 2 else other, str(n).encode(), f"id{n}") for n in range(5)]
        assert await bus.journal_append_all(entries[:1]) == [1]
        assert await bus.journal_append_all(entries[:3]) == [1, 2, 3]
        assert await bus.journal_append_all(entries) == [1, 2, 3, 4, 5]
        assert await bus.journal_append_all(entries[3:]) == [4, 5]
        read = await bus.journal_read(subjects.JOURNAL_ALL)
        assert [entry.data for entry in read] == [b"0", b"1", b"2", b"3", b"4"]

    async def test_several_find_their_place_although_another_writer_came_between(self, bus: AnyBus) -> None:
        entries = [NewEntry(CALL, str(n).encode(), f"id{n}") for n in range(3)]
        await bus.journal_append_all(entries[:1])
        await bus.journal_append(CALL, b"other", "other")
        assert await bus.journal_append_all(entries) == [1, 3, 4]

    async def test_readers_get_what_is_appended_later(self, bus: AnyBus) -> None:
        reading = asyncio.ensure_future(take(bus.journal(), 3))
        for number in range(3):
            await bus.journal_append(CALL, b"", f"id{number}")
        assert [entry.seq for entry in await reading] == [1, 2, 3]

    async def test_what_is_old_is_forgotten_but_nothing_that_is_needed(self, bus: AnyBus) -> None:
        for number in range(4):
            await bus.journal_append(CALL, str(number).encode(), f"id{number}")
        await asyncio.sleep(0.05)
        now = datetime.now(UTC)
        await asyncio.sleep(0.05)
        await bus.journal_append(CALL, b"4", "id4")
        assert await bus.journal_trim(3, now - timedelta(days=1), 1 << 30) == 0
        assert await bus.journal_trim(3, now, 1 << 30) == 2
        assert [entry.seq for entry in await take(bus.journal(), 3)] == [3, 4, 5]
        assert await bus.journal_trim(6, now, 1 << 30) == 2
        assert [entry.seq for entry in await bus.journal_read(subjects.JOURNAL_ALL)] == [5]
        assert await bus.journal_append(CALL, b"5", "id5") == 6

    async def test_a_journal_that_is_too_large_loses_its_oldest(self, bus: AnyBus) -> None:
        for number in range(20):
            await bus.journal_append(CALL, bytes(1000), f"id{number}")
        long_ago = datetime.now(UTC) - timedelta(days=1)
        assert await bus.journal_trim(3, long_ago, 10_000) == 2
        gone = await bus.journal_trim(100, long_ago, 10_000)
        assert 8 <= gone <= 12
        assert await bus.journal_trim(100, long_ago, 10_000) == 0

    async def test_one_subject_is_read_alone(self, bus: AnyBus) -> None:
        await bus.journal_append(CALL, b"mine", "1")
        await bus.journal_append(subjects.journal_of_call("b"), b"other", "2")
        await bus.journal_append(CALL, b"mine too", "3")
        assert [entry.data for entry in await bus.journal_read(CALL)] == [b"mine", b"mine too"]
        assert [entry.seq for entry in await bus.journal_read(subjects.JOURNAL_ALL, 2)] == [2, 3]
        assert await bus.journal_read(subjects.journal_of_call("nobody")) == []

    async def test_the_last_word_of_a_subject(self, bus: AnyBus) -> None:
        assert await bus.journal_last(CALL) is None
        await bus.journal_append(CALL, b"first", "1")
        await bus.journal_append(CALL, b"last", "2")
        last = await bus.journal_last(CALL)
        assert last is not None
        assert (last.data, last.seq) == (b"last", 2)
