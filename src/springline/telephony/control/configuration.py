"""The config in force: from the bus, else the copy on disk; a bad one is refused and the old one stays."""

import os
from collections.abc import Set
from pathlib import Path

import structlog

from springline.contracts import codec, subjects
from springline.contracts.config import Config, HotlineConfig
from springline.platform.bus import AnyBus, BusError
from springline.telephony.control import numbers
from springline.telephony.control.office import Plan
from springline.telephony.flow import Flow, FlowErrors, parse, validate

log = structlog.get_logger("config")

NO_PLAN = Plan(config=Config(version=0, hotlines=(), queues=(), agents=()), by_did={}, queues={}, agents={})


class BadConfig(ValueError):
    """`errors` are sentences that name the hotline and the node or field."""

    def __init__(self, version: int, errors: tuple[str, ...]) -> None:
        super().__init__("; ".join(errors))
        self.version = version
        self.errors = errors


def plan_of(config: Config, prompts: Set[str]) -> Plan:
    """Parse and check everything a config names. Raises BadConfig with all errors at once."""
    queues = {queue.id: queue for queue in config.queues}
    by_did: dict[str, tuple[HotlineConfig, Flow]] = {}
    errors: list[str] = []
    for hotline in config.hotlines:
        try:
            flow = parse(hotline.flow.document)
            found = validate(flow, prompts, queues.keys())
        except FlowErrors as bad:
            found = bad.errors
        if found:
            errors += [f"{hotline.number} {hotline.flow.version}: {error}" for error in found]
            continue
        for did in hotline.dids:
            by_did[did] = (hotline, flow)
    errors += numbers.faults(config)
    if errors:
        raise BadConfig(config.version, tuple(errors))
    agents = {agent.id: agent for agent in config.agents}
    return Plan(config=config, by_did=by_did, queues=queues, agents=agents)


async def latest(bus: AnyBus, copy: Path) -> Config | None:
    """The newest config known and readable: on the bus, or the copy of the last one that was good."""
    try:
        data = await bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY)
    except BusError as error:
        log.warning("config_from_disk", error=str(error))
        data = None
    return (read(data) if data is not None else None) or last_good(copy)


def last_good(copy: Path) -> Config | None:
    return read(copy.read_bytes()) if copy.exists() else None


def read(data: bytes) -> Config | None:
    """None when it is no config, as of another version of the program: calls go on with the old one."""
    try:
        return codec.decode(data, Config)
    except codec.BadMessage as bad:
        log.error("config_unreadable", error=str(bad))
        return None


def keep_copy(config: Config, copy: Path) -> None:
    """It holds the agents' SIP passwords: readable by its owner only."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_name(copy.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(codec.encode(config))
    partial.replace(copy)
