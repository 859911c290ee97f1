"""An event in words, as the call's page says it."""

from collections.abc import Callable, Mapping

from springline.business.calls.sentences import sentence
from springline.contracts import codec, subjects
from springline.contracts.config import Config
from springline.demo.stage import Stage


async def sentence_of(stage: Stage) -> Callable[[str, Mapping[str, object]], str]:
    data = await stage.bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY)
    config = codec.decode(data, Config) if data else Config(version=0, hotlines=(), queues=(), agents=())
    agents = {agent.id: agent.name for agent in config.agents}
    queues = {queue.id: queue.name for queue in config.queues}
    return lambda kind, event: sentence(kind, event, agents, queues)
