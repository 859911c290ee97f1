"""A new configuration under live calls."""

from collections.abc import Iterable

from springline.contracts.config import AgentConfig, QueueConfig
from springline.telephony.acd.book import Book
from springline.telephony.acd.records import Agent, Queue


def reconfigure(book: Book, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig], now: float) -> None:
    """Replace queues and agents in `book`. Costs all of them; everything else in this package does not."""
    for agent in book.agents.values():
        book.unlist(agent)
    waiting = book.pull_out()
    _replace_queues(book, {config.id: config for config in queues})
    _replace_agents(book, {config.id: config for config in agents}, now)
    book.recount()
    for call in waiting:
        book.line_up(call, now)
    book.open_all()


def _replace_queues(book: Book, wanted: dict[str, QueueConfig]) -> None:
    for queue_id, queue in list(book.queues.items()):
        queue.retired = queue_id not in wanted
        if queue.retired and not queue.calls:
            del book.queues[queue_id]
    for queue_id, config in wanted.items():
        if queue_id in book.queues:
            book.queues[queue_id].config = config
        else:
            book.queues[queue_id] = Queue(config, book.pointers.get(queue_id))


def _replace_agents(book: Book, wanted: dict[str, AgentConfig], now: float) -> None:
    for agent in list(book.agents.values()):
        agent.removed = agent.id not in wanted
        if agent.removed and agent.call is None:
            book.dismiss(agent, now)
    for config in wanted.values():
        agent = book.agents.setdefault(config.id, Agent(id=config.id, queues=(), since=now))
        kept = [q for q in agent.queues if q in book.queues and book.queues[q].retired]
        known = [q for q in config.queues if q in book.queues]
        agent.queues = tuple(dict.fromkeys(known + kept))
        book.touch(agent)
