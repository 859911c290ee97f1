"""An agent who picked up while control did not hear it, and says hello to nobody: they are joined, not rung
again. A mobile is left out: whether somebody pressed 1 there nobody knows."""

from collections.abc import Iterable

from springline.telephony.acd import OfferAccepted, Refuse, Withdraw
from springline.telephony.ari import Resynced, in_stasis
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control.agent_leg import AgentLeg, is_device_of
from springline.telephony.control.facts import Facts
from springline.telephony.control.line import Line
from springline.telephony.control.office import Office

UP = "Up"


def leg_of(facts: Facts, channels: Iterable[Channel], app: str) -> str | None:
    """The device that was picked up for this call, of the agent who is offered it."""
    agent = facts.agent
    if agent is None or facts.connected_at is not None:
        return None
    legs = (
        leg.id
        for leg in channels
        if leg.state == UP
        and in_stasis(leg, app)
        and is_device_of(agent, leg)
        and (leg.channelvars or {}).get("SL_CALL") == facts.call_id
    )
    return next(legs, None)


def after_lost_link(
    office: Office, line: Line, facts: Facts, leg: AgentLeg | None, state: Resynced
) -> AgentLeg | None:
    """Who picked up while the link was away, or just before; None: the offer is to be made again. `leg`: the
    one that control had heard answer already."""
    found = leg_of(facts, state.channels.values(), office.ari.app)
    agent, queue = facts.agent, facts.queue
    if found is None or agent is None or queue is None:
        return None
    if leg is not None:
        return leg if leg.channel == found else None
    decisions = office.switchboard.tell(OfferAccepted(facts.call_id, agent))
    if any(isinstance(decision, Refuse | Withdraw) for decision in decisions):
        return None
    answered = AgentLeg(line, agent, queue, found)
    answered.adopt()
    return answered
