"""A typed client of the Asterisk REST Interface. Start with ``Ari``."""

from .client import NOISE, Ari, Resync, in_stasis
from .dispatch import EndpointEvent, EventStream, Resynced, StreamClosed, StreamEvent
from .errors import (
    AriBadRequest,
    AriConflict,
    AriDisconnected,
    AriError,
    AriNotFound,
    AriReplaced,
    AriServerError,
    AriTimeout,
    AriUnprocessable,
)
from .transport import Backoff
from .websocket import Connector, Link, WebSocketConnector
from .wire import UnknownEvent

__all__ = [
    "NOISE",
    "Ari",
    "AriBadRequest",
    "AriConflict",
    "AriDisconnected",
    "AriError",
    "AriNotFound",
    "AriReplaced",
    "AriServerError",
    "AriTimeout",
    "AriUnprocessable",
    "Backoff",
    "Connector",
    "EndpointEvent",
    "EventStream",
    "Link",
    "Resync",
    "Resynced",
    "StreamClosed",
    "StreamEvent",
    "UnknownEvent",
    "WebSocketConnector",
    "in_stasis",
]
