"""What the engine need not tell."""

from springline.telephony.ari import NOISE

UNHEARD = (
    *NOISE,
    "BridgeCreated",
    "BridgeDestroyed",
    "BridgeVideoSourceChanged",
    "ChannelCreated",
    "ChannelEnteredBridge",
    "ChannelLeftBridge",
    "ChannelStateChange",
    # Told for every OPTIONS and registration of a device; EndpointStateChange follows where one came or went.
    "ContactStatusChange",
    "Dial",
    "PeerStatusChange",
    "PlaybackContinuing",
    "PlaybackStarted",
)
"""Events that tell control nothing: every one of them would wake the process."""
