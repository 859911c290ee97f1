"""A control that starts goes on with the calls of the run before, and tells the end of those who left."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from springline.contracts import subjects
from springline.contracts.config import HotlineConfig
from springline.contracts.event import utcnow
from springline.contracts.events import CallEnded, HangupBy, OfferOutcome
from springline.platform.bus import AnyBus
from springline.telephony.acd import AgentAdopted, AgentDials
from springline.telephony.ari.generated.models import Channel
from springline.telephony.control import picked_up, recovery
from springline.telephony.control.facts import OUT, Facts
from springline.telephony.control.journal import Journal
from springline.telephony.control.office import Office
from springline.telephony.control.recording import finish_recording, message_finished, recorded_seconds
from springline.telephony.control.strays import Strays
from springline.telephony.flow import Flow


class Reception(Protocol):
    """Who takes calls in: known ones to go on with, and channels nobody has told of."""

    def go_on(
        self, facts: Facts, hotline: HotlineConfig, flow: Flow, found: recovery.Found | None = None
    ) -> None: ...

    def go_on_outgoing(self, facts: Facts, agent: str, found: recovery.Found | None = None) -> None: ...

    def spent(self, facts: Facts, talk_seconds: float) -> None:
        """What a call over the trunk costs that is over."""

    def enter(self, channel: Channel, arguments: list[str], found: recovery.Found | None = None) -> None: ...


class Takeover:
    def __init__(
        self,
        bus: AnyBus,
        journal: Journal,
        office: Office,
        strays: Strays,
        reception: Reception,
        call_id_of: Callable[[Channel], str],
    ) -> None:
        self._bus = bus
        self._journal = journal
        self._office = office
        self._strays = strays
        self._reception = reception
        self._call_id_of = call_id_of

    async def recover(self, survey: recovery.Survey) -> int:
        """Go on with the calls of the run before; calls that ended meanwhile get their last events."""
        adopted, run = 0, await self._run_of_the_engine()
        for call in await recovery.open_calls(self._bus):
            facts = call.facts
            self._journal.opened(facts.call_id, call.seq, facts.ended, facts.unfinished)
            talking = None if facts.ended or facts.connected_at is None else facts.recording
            self._finish_recordings(facts, but=talking)
            if facts.ended:
                continue
            found = survey.callers.pop(facts.channel_id, None)
            if facts.direction == OUT:
                adopted += await self._recover_outgoing(facts, found)
                continue
            known = self._office.plan.reached_by(facts.dialled)
            if found is None or known is None:
                # The engine names its channels by its run: those of another one died with it.
                died = found is None and bool(run) and not facts.channel_id.startswith(f"{run}-")
                self._close(facts, HangupBy.ENGINE if died else HangupBy.CALLER)
                if found is not None:
                    await self._strays.drop(found.channel.id)
                continue
            if facts.consult is not None:
                found = recovery.consulting(found, facts, survey)
            if found.agent_leg is None:
                leg = picked_up.leg_of(facts, survey.alone, self._office.ari.app)
                found = replace(found, agent_leg=leg)
            if found.agent_leg is not None and facts.agent is None:
                # The word of the offer was lost with the run before: nobody knows whose leg it is.
                await self._strays.drop(found.agent_leg)
                found = replace(found, agent_leg=None)
            elif found.agent_leg is not None and facts.agent is not None and facts.queue is not None:
                self._office.switchboard.tell(AgentAdopted(facts.agent, facts.call_id, facts.queue))
            self._reception.go_on(facts, *known, found)
            adopted += 1
        self._journal.knows_all()
        for unknown in survey.callers.values():
            await self.meet(unknown)
        return adopted

    async def _run_of_the_engine(self) -> str:
        """A name that is new with every start of it; empty when it does not say."""
        config = (await self._office.ari.asterisk.get_info(only=["config"])).config
        return "" if config is None else config.name

    async def meet(self, unknown: recovery.Found) -> None:
        """Take in a caller of whom no word came, or it was lost with the run before. Raises BusError."""
        channel = unknown.channel
        if await self._bus.journal_last(subjects.journal_of_call(self._call_id_of(channel))) is not None:
            # Its story is told already; only its end did not reach the engine.
            await self._strays.drop(channel.id)
        else:
            self._reception.enter(channel, channel.dialplan.app_data.split(",")[1:], unknown)

    async def _recover_outgoing(self, facts: Facts, found: recovery.Found | None) -> bool:
        """A conversation goes on; what only rang is ended, and the agent tries again."""
        talks = found is not None and found.agent_leg is not None and facts.connected_at is not None
        if found is None or facts.agent is None or not talks:
            self._close(facts)
            # A leg that only rings is in nobody's list yet.
            await self._strays.drop(facts.channel_id)
            if found is not None and found.agent_leg is not None:
                await self._strays.drop(found.agent_leg)
            return False
        self._office.switchboard.tell(AgentDials(facts.agent, facts.call_id, found=True))
        self._reception.go_on_outgoing(facts, facts.agent, found)
        return True

    def _close(self, facts: Facts, by: HangupBy = HangupBy.CALLER) -> None:
        """The call ended while nobody watched. How long they talked only the recording knows."""
        talked = facts.talk_before
        if facts.connected_at is not None:
            talked = round(talked + recorded_seconds(self._office, facts), 3)
        if facts.offer_open:
            self._journal.write(facts.offer_ended(OfferOutcome.CALLER_LEFT, utcnow()))
        if facts.message is not None and facts.message_seconds is None:
            finished = message_finished(self._office, facts)
            facts.apply(finished)
            self._journal.write(finished)
        if facts.direction == OUT or facts.over_trunk:
            self._reception.spent(facts, talked)
        self._journal.write(
            CallEnded(
                at=utcnow(),
                call_id=facts.call_id,
                by=by,
                outcome=facts.outcome(by),
                cause=0,
                talk_seconds=talked,
            )
        )
        if facts.recording is not None and facts.connected_at is not None:
            self._office.spawn("recording", finish_recording(self._office, facts.call_id, facts.recording))

    def _finish_recordings(self, facts: Facts, but: str | None) -> None:
        for path in facts.unfinished:
            if path != but:
                self._office.spawn("recording", finish_recording(self._office, facts.call_id, path))
