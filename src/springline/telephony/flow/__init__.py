"""The IVR as versioned data: a readable file, checked, and walked step by step. Pure."""

from springline.telephony.flow.diagram import diagram as diagram
from springline.telephony.flow.errors import FlowError as FlowError
from springline.telephony.flow.errors import FlowErrors as FlowErrors
from springline.telephony.flow.library import shipped as shipped
from springline.telephony.flow.model import Flow as Flow
from springline.telephony.flow.model import VoicemailNode as VoicemailNode
from springline.telephony.flow.parse import check as check
from springline.telephony.flow.parse import parse as parse
from springline.telephony.flow.parse import validate as validate
from springline.telephony.flow.run import FlowRun as FlowRun
from springline.telephony.flow.steps import Ask as Ask
from springline.telephony.flow.steps import Clock as Clock
from springline.telephony.flow.steps import End as End
from springline.telephony.flow.steps import Enqueue as Enqueue
from springline.telephony.flow.steps import Hour as Hour
from springline.telephony.flow.steps import Input as Input
from springline.telephony.flow.steps import Key as Key
from springline.telephony.flow.steps import Last as Last
from springline.telephony.flow.steps import Leave as Leave
from springline.telephony.flow.steps import Locate as Locate
from springline.telephony.flow.steps import Located as Located
from springline.telephony.flow.steps import Play as Play
from springline.telephony.flow.steps import Played as Played
from springline.telephony.flow.steps import Silence as Silence
from springline.telephony.flow.steps import Step as Step
