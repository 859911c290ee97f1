"""An event in words, as the call's page says it."""

from collections.abc import Callable, Mapping

from springline.contracts import codec, subjects
from springline.contracts.config import Config
from springline.demo.stage import Stage


async def sentence_of(stage: Stage) -> Callable[[str, Mapping[str, object]], str]:
    """Django must be set up: the words come from its catalogues."""
    from django.utils import translation

    from springline.business.calls.sentences import sentence

    data = await stage.bus.kv_get(subjects.CONFIG_BUCKET, subjects.CONFIG_KEY)
    config = codec.decode(data, Config) if data else Config(version=0, hotlines=(), queues=(), agents=())
    agents = {agent.id: agent.name for agent in config.agents}
    queues = {queue.id: queue.name for queue in config.queues}

    def say(kind: str, event: Mapping[str, object]) -> str:
        with translation.override("zh-hans" if stage.settings.language == "zh" else "en"):
            return sentence(kind, event, agents, queues)

    return say


def role_names() -> dict[str, str]:
    """Role codes to their names in Chinese, where the catalogue has them."""
    from django.utils import translation

    from springline.business.accounts.roles import Role

    with translation.override("zh-hans"):
        return {value: str(label) for value, label in Role.choices}
