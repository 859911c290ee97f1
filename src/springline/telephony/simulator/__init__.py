"""A carrier with scripted callers and scripted agents over real SIP: for the demo, drills and tests.

The phones are a second Asterisk, so what the system under test meets is a telephone company, not a mock.
"""

from springline.telephony.simulator.agents import (
    AgentControl,
    BusAgentControl,
    HttpAgentControl,
    ScriptedAgent,
)
from springline.telephony.simulator.carrier import Carrier, Condition, Conditions
from springline.telephony.simulator.conditions import conditions_of
from springline.telephony.simulator.errors import ScriptError, SimulatorError, StepFailed
from springline.telephony.simulator.handset import Handset
from springline.telephony.simulator.phone import AgentPhone, AgentPlan, PhoneCall
from springline.telephony.simulator.play import CallReport, StepDone, play_caller, play_script
from springline.telephony.simulator.reader import load_script, parse_script, shipped_scripts
from springline.telephony.simulator.script import Caller, Script
from springline.telephony.simulator.wiring import PhoneAccount

__all__ = [
    "AgentControl",
    "AgentPhone",
    "AgentPlan",
    "BusAgentControl",
    "CallReport",
    "Caller",
    "Carrier",
    "Condition",
    "Conditions",
    "Handset",
    "HttpAgentControl",
    "PhoneAccount",
    "PhoneCall",
    "Script",
    "ScriptError",
    "ScriptedAgent",
    "SimulatorError",
    "StepDone",
    "StepFailed",
    "conditions_of",
    "load_script",
    "parse_script",
    "play_caller",
    "play_script",
    "shipped_scripts",
]
