"""Queues, agents and rotation: `(state, event) -> decisions`. Pure and deterministic; no clock of its own."""

from springline.telephony.acd.acd import Acd as Acd
from springline.telephony.acd.acd import Standing as Standing
from springline.telephony.acd.decisions import AgentChanged as AgentChanged
from springline.telephony.acd.decisions import Decision as Decision
from springline.telephony.acd.decisions import Offer as Offer
from springline.telephony.acd.decisions import Overflowed as Overflowed
from springline.telephony.acd.decisions import PointerMoved as PointerMoved
from springline.telephony.acd.decisions import Refuse as Refuse
from springline.telephony.acd.decisions import WaitExceeded as WaitExceeded
from springline.telephony.acd.decisions import Withdraw as Withdraw
from springline.telephony.acd.events import AcdEvent as AcdEvent
from springline.telephony.acd.events import AgentAdopted as AgentAdopted
from springline.telephony.acd.events import CallFinished as CallFinished
from springline.telephony.acd.events import CallLeft as CallLeft
from springline.telephony.acd.events import CallReturned as CallReturned
from springline.telephony.acd.events import CallWaiting as CallWaiting
from springline.telephony.acd.events import DeviceDown as DeviceDown
from springline.telephony.acd.events import DeviceUp as DeviceUp
from springline.telephony.acd.events import OfferAccepted as OfferAccepted
from springline.telephony.acd.events import OfferFailed as OfferFailed
from springline.telephony.acd.events import SetPaused as SetPaused
from springline.telephony.acd.events import SetReady as SetReady
from springline.telephony.acd.events import SignIn as SignIn
from springline.telephony.acd.events import SignOut as SignOut
from springline.telephony.acd.events import Tick as Tick
from springline.telephony.acd.states import IllegalTransition as IllegalTransition
