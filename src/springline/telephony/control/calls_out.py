"""All that is called over the trunk: whom agents call, their own mobiles, outside numbers.

Who may be called by the rules, with which number shown, at what cost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from springline.contracts.commands import UseMobile
from springline.contracts.config import AgentConfig, OutboundConfig
from springline.contracts.event import utcnow
from springline.contracts.mobile import MobileUse
from springline.telephony import acd
from springline.telephony.control import numbers
from springline.telephony.control.clock_steps import elapsed
from springline.telephony.control.daily_limits import DailyLimits
from springline.telephony.control.office import Plan
from springline.telephony.control.switchboard import Switchboard

log = structlog.get_logger("call")

TRUNK = "trunk"


class Meter:
    """What one leg over the trunk costs, from when it is picked up until it is over."""

    def __init__(self, over: Callable[["Meter"], None], rate: int) -> None:
        self.rate = rate
        self._over = over
        self._since: datetime | None = None

    def picked_up(self, at: datetime | None = None) -> None:
        self._since = self._since or at or utcnow()

    def seconds(self, now: datetime) -> float:
        return elapsed(self._since, now) if self._since is not None else 0.0

    def over(self) -> None:
        self._over(self)


@dataclass(frozen=True)
class TrunkDial:
    """`endpoint`: None where it may not be called now. `presented`: what is shown there, no 400 number."""

    endpoint: str | None
    presented: str
    meter: Meter


class CallsOut:
    """`running`: seconds so far of each call that an agent makes, for the day's limits."""

    def __init__(
        self,
        limits: DailyLimits,
        plan: Callable[[], Plan],
        switchboard: Switchboard,
        running: Callable[[datetime], Iterable[float]],
    ) -> None:
        self._limits = limits
        self._plan = plan
        self._switchboard = switchboard
        self._running = running
        self._meters: set[Meter] = set()

    def _seconds(self, now: datetime) -> Iterator[float]:
        """Of each mobile that rings or talks now."""
        return (meter.seconds(now) for meter in self._meters)

    def use_of(self, agent: str) -> MobileUse:
        row = self._switchboard.agent(agent)
        return row.mobile if row is not None else MobileUse.OFF

    def use(self, command: UseMobile) -> str | None:
        """The code of the refusal, None: it is so from now on."""
        agent = self._plan().agents.get(command.agent)
        if agent is None:
            return "unknown_agent"
        if command.use is not MobileUse.OFF and (code := self.unreachable(agent)) is not None:
            return code
        told = self._switchboard.tell(acd.UseMobile(command.agent, command.use))
        return next((decision.code for decision in told if isinstance(decision, acd.Refuse)), None)

    def reconfigured(self) -> None:
        """Who has no mobile any more cannot be reached by it."""
        for agent in self._plan().config.agents:
            if agent.mobile is None and self.use_of(agent.id) is not MobileUse.OFF:
                self._switchboard.tell(acd.UseMobile(agent.id, MobileUse.OFF))

    def unreachable(self, agent: AgentConfig) -> str | None:
        """Why the rules of no hotline allow this agent's mobile to be called; None: they do."""
        code: str | None = "no_mobile" if agent.mobile is None else "outbound_off"
        for hotline in self._plan().config.hotlines if agent.mobile is not None else ():
            if (code := self.refusal(agent.mobile, hotline.outbound)) is None:
                return None
        return code

    def instead(self, agent: str, hotline: str) -> TrunkDial | None:
        """For the one device that can be rung: the mobile, if no other is there or it alone is wanted."""
        use, row = self.use_of(agent), self._switchboard.agent(agent)
        if use is MobileUse.OFF or (use is MobileUse.LAST and row is not None and row.device_online):
            return None
        return self.dial(agent, hotline)

    def dial(self, agent: str, hotline: str) -> TrunkDial:
        """Counted as a call out of this hotline from now on."""
        config = self._plan().agents.get(agent)
        dial = self.outside(config.mobile if config is not None else None, hotline)
        if dial.endpoint is None:
            # Or the queues would offer them call after call.
            self._switchboard.tell(acd.UseMobile(agent, MobileUse.OFF))
        return dial

    def outside(self, number: str | None, hotline: str) -> TrunkDial:
        """Of any number (E.164) that the rules allow."""
        rules = self.rules_of(hotline)
        code, meter = self.refusal(number, rules), self._meter(rules)
        if code is not None or rules is None or number is None:
            log.warning("trunk_not_called", hotline=hotline, code=code)
            return TrunkDial(None, "", meter)
        self._limits.count(utcnow())
        self._meters.add(meter)
        return TrunkDial(f"PJSIP/{numbers.dialled(number)}@{TRUNK}", rules.callback_number, meter)

    def outside_refusal(self, number: str, hotline: str) -> str | None:
        """Why this number may not be called now for a call of the hotline."""
        return self.refusal(number, self.rules_of(hotline))

    def resumed(self, hotline: str, since: datetime | None) -> Meter:
        """Of a leg that was found talking after a restart of control; None: since when is not known."""
        meter = self._meter(self.rules_of(hotline))
        meter.picked_up(since)
        self._meters.add(meter)
        return meter

    def refusal(self, number: str | None, rules: OutboundConfig | None) -> str | None:
        """The code of what forbids one more call out, of an agent's as well; None: it may be made."""
        if rules is None:
            return "outbound_off"
        if number is None or not numbers.allowed(number, rules):
            return "number_not_allowed"
        now = utcnow()
        return self._limits.refusal(now, rules, (*self._running(now), *self._seconds(now)))

    def _meter(self, rules: OutboundConfig | None) -> Meter:
        return Meter(self._over, rules.rate if rules is not None else 0)

    def _over(self, meter: Meter) -> None:
        if meter in self._meters:
            self._meters.discard(meter)
            now = utcnow()
            self._limits.spend(now, meter.seconds(now), meter.rate)

    def rules_of(self, hotline: str) -> OutboundConfig | None:
        """For calls out of this hotline; None: there are none."""
        return next((h.outbound for h in self._plan().config.hotlines if h.number == hotline), None)
