"""The config in force: from the bus, else the copy on disk; a bad one is refused and the old one stays."""

import asyncio
from collections.abc import Set
from pathlib import Path

import structlog

from springline.contracts import codec, subjects
from springline.contracts.config import Config, HotlineConfig
from springline.platform.bus import AnyBus, BusError
from springline.platform.files import write_whole
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
            by_did[numbers.bare(did)] = (hotline, flow)
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


async def kept(config: Config, copy: Path) -> None:
    """`keep_copy`, for who takes calls: they go on without a copy when the disk is full, or slow."""
    try:
        await asyncio.to_thread(keep_copy, config, copy)
    except OSError as error:
        log.error("config_not_kept", error=str(error))


def keep_copy(config: Config, copy: Path) -> None:
    """It holds the agents' SIP passwords: readable by its owner only. Nothing is written when it is there."""
    data = codec.encode(config)
    if copy.exists() and copy.read_bytes() == data:
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    write_whole(copy, data, 0o600)
