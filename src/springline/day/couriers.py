"""The day's couriers: each phone takes what it is offered, drives and delivers; at closing time the cash."""

import asyncio
from collections import Counter

import httpx

from springline.demo import water
from springline.demo.http import Person, Refused
from springline.demo.water import Told

LOOK_EVERY = 0.5


class Couriers:
    """`delivered` counts; `refused` are the API's own words, or what did not come out as it should."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people
        self.did: Counter[str] = Counter()
        self.refused: list[str] = []
        self._closing = False

    async def work(self) -> None:
        """Until `close` was called and nobody has water left to bring."""
        await asyncio.gather(*(self._drive(name, person) for name, person in self._people.items()))

    def close(self) -> None:
        """No more orders come."""
        self._closing = True

    async def settle(self) -> None:
        """Each hands over the cash."""
        for name, person in self._people.items():
            try:
                await water.settle(person, self._hear(name))
                self.did["settled"] += 1
            except (Refused, httpx.HTTPError) as error:
                self.refused.append(f"{name}: {error}")

    async def _drive(self, name: str, person: Person) -> None:
        while await self._round(name, person) or not self._closing:  # noqa: ASYNC110 - phones ask
            await asyncio.sleep(LOOK_EVERY)

    async def _round(self, name: str, person: Person) -> bool:
        """Deliver what the phone shows; whether there was anything."""
        try:
            tasks = (await person.get("courier/tasks"))["tasks"]
            offered = [task["order_no"] for task in tasks if task["state"] == "offered"]
            for order_no in offered:
                await water.deliver(person, order_no, self._hear(f"{name} {order_no}"))
                self.did["deliveries"] += 1
        except (Refused, httpx.HTTPError, StopIteration, RuntimeError) as error:
            self.refused.append(f"{name}: {type(error).__name__} {error}")
            await asyncio.sleep(LOOK_EVERY)
            return False
        return bool(offered)

    def _hear(self, who: str) -> water.Tell:
        def hear(told: Told) -> None:
            if not told.ok:
                self.refused.append(f"{who}: {told.en}")

        return hear
