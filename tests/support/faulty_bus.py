"""The bus in memory, which can be made to fail as a real one does: away, or answering too late."""

from springline.platform.bus import BusError, MemoryBus


class FaultyBus(MemoryBus):
    """`away`: every request fails. `lose_answer_of`: so many of the next appends are stored, but the answer
    is lost; `refuse_next`: positions in the coming appends that are refused once."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.lose_answers = 0
        self.refuse_next: set[int] = set()
        self.appends = 0

    async def journal_append(self, subject: str, data: bytes, event_id: str) -> int:
        number, self.appends = self.appends, self.appends + 1
        if self.away or number in self.refuse_next:
            raise BusError("the test took the bus away")
        position = await super().journal_append(subject, data, event_id)
        if self.lose_answers:
            self.lose_answers -= 1
            raise BusError("the answer got lost")
        return position

    async def kv_put(self, bucket: str, key: str, value: bytes) -> None:
        if self.away:
            raise BusError("the test took the bus away")
        await super().kv_put(bucket, key, value)
