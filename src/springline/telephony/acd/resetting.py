"""A supervisor's forced reset: the agent is let go by whatever call holds them."""

from math import inf

from springline.contracts.agents import AgentState
from springline.contracts.events import OfferOutcome
from springline.telephony.acd import agents as desk
from springline.telephony.acd.book import Book
from springline.telephony.acd.decisions import Withdraw
from springline.telephony.acd.records import Agent


def reset(book: Book, agent: Agent, now: float) -> None:
    """`agent` was touched."""
    agent.wrap_until = agent.cool_until = -inf
    agent.misses, agent.owed = 0, 0.0
    if agent.call is None:
        desk.settle(agent, now)
        return
    call = book.calls[agent.call]
    if agent.state is AgentState.RINGING:
        book.out.append(Withdraw(call=call.id, agent=agent.id, outcome=OfferOutcome.INTERRUPTED))
        book.end_offer(call, agent, OfferOutcome.INTERRUPTED, now)
    else:
        book.forget(call)
        book.let_go(agent, now)
