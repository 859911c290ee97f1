"""A hall of agents for tests: configs in one line, and commands that many tests repeat."""

from springline.contracts.config import AgentConfig, Device, QueueConfig
from springline.telephony.acd import (
    Acd,
    AcdEvent,
    AgentChanged,
    CallFinished,
    CallWaiting,
    Decision,
    DeviceUp,
    Offer,
    OfferAccepted,
    SetReady,
    SignIn,
    Tick,
)


def queue(queue_id: str = "city", **times: float) -> QueueConfig:
    return QueueConfig(id=queue_id, name=queue_id, **times)  # type: ignore[arg-type]


def person(agent_id: str, *queues: str) -> AgentConfig:
    return AgentConfig(
        id=agent_id, name=agent_id, queues=queues or ("city",), device=Device.WEBRTC, sip_password="-"
    )


class Hall:
    """An Acd with a clock. `decisions` are those of the last event, `offers` all there were."""

    def __init__(
        self, queues: list[QueueConfig], agents: list[AgentConfig], pointers: dict[str, str] | None = None
    ) -> None:
        self.acd = Acd(queues, agents, pointers or {})
        self.now = 100.0
        self.decisions: tuple[Decision, ...] = ()
        self.offers: list[Offer] = []

    def do(self, event: AcdEvent) -> tuple[Decision, ...]:
        return self.note(self.acd.handle(event, self.now))

    def note(self, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
        self.decisions = decisions
        self.offers += [d for d in decisions if isinstance(d, Offer)]
        return decisions

    def ready(self, *agents: str) -> None:
        for agent in agents:
            self.do(DeviceUp(agent))
            self.do(SignIn(agent))
            self.do(SetReady(agent))

    def call(self, call: str, queue_id: str = "city", front: bool = False) -> tuple[Decision, ...]:
        return self.do(CallWaiting(call, queue_id, self.now, front))

    def answer(self) -> Offer:
        """The agent offered last answers."""
        offer = self.offers[-1]
        self.do(OfferAccepted(offer.call, offer.agent))
        return offer

    def serve(self, call: str, talk: float = 20.0) -> str:
        """A whole call; the agent who took it."""
        self.call(call)
        offer = self.answer()
        self.wait(talk)
        self.do(CallFinished(offer.call, offer.agent))
        return offer.agent

    def wait(self, seconds: float) -> list[Decision]:
        """Time passes, with a Tick whenever one is due."""
        end = self.now + seconds
        seen: list[Decision] = []
        while (wake := self.acd.next_wake(self.now)) is not None and wake <= end:
            self.now = wake
            seen += self.do(Tick())
        self.now = end
        return seen

    def row(self, agent: str) -> AgentChanged:
        row = self.acd.agent(agent)
        assert row is not None
        return row

    def state(self, agent: str) -> str:
        return str(self.row(agent).state)
