"""The programs' figures in Prometheus' text format: each program answers with its own, one page shows all."""

import asyncio
from collections.abc import Iterable

from prometheus_client import REGISTRY, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from springline.contracts import codec, subjects
from springline.platform.bus import AnyBus, BusError

ANSWER_SECONDS = 1.0

disable_created_metrics()


async def serve(bus: AnyBus, program: str) -> None:
    """Answer from now on with the figures of this process."""

    async def answer(_question: bytes) -> bytes:
        return codec.encode(generate_latest(REGISTRY).decode())

    await bus.respond(subjects.metrics_of(program), answer)


async def collect(bus: AnyBus | None, others: Iterable[str], own: str) -> bytes:
    """The page: every sample with the label `program`; `springline_up` tells who did not answer."""
    names = tuple(others)
    found = await asyncio.gather(*(_ask(bus, name) for name in names))
    texts = {own: generate_latest(REGISTRY)} | dict(zip(names, found, strict=True))
    return generate_latest(_Page(texts))  # type: ignore[arg-type]


async def _ask(bus: AnyBus | None, program: str) -> bytes:
    if bus is None:
        return b""
    try:
        text: str = await bus.request(subjects.metrics_of(program), None, str, ANSWER_SECONDS)
    except (BusError, codec.BadMessage):
        return b""
    return text.encode()


class _Page:
    """In place of a registry: the families of all programs, merged by name."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        up = families["springline_up"] = Metric("springline_up", "Whether the program answered", "gauge")
        for program, text in self._texts.items():
            up.add_sample("springline_up", {"program": program}, float(bool(text)))
            for family in text_string_to_metric_families(text.decode()):
                known = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    known.add_sample(sample.name, {**sample.labels, "program": program}, sample.value)
        return families.values()
