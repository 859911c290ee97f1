"""Starts, watches and stops the programs of one home; each can be restarted alone."""

from springline.platform.supervisor.ending import end
from springline.platform.supervisor.lock import HomeInUse, home_lock
from springline.platform.supervisor.ports import (
    Port,
    PortTaken,
    check_free,
    free_port,
    free_ports,
    free_range,
)
from springline.platform.supervisor.program import Program, dies_with_me
from springline.platform.supervisor.supervisor import StartFailed, Supervisor

__all__ = [
    "HomeInUse",
    "Port",
    "PortTaken",
    "Program",
    "StartFailed",
    "Supervisor",
    "check_free",
    "dies_with_me",
    "end",
    "free_port",
    "free_ports",
    "free_range",
    "home_lock",
]
