"""What can go wrong in the simulator itself, as opposed to in the system it calls."""

from __future__ import annotations


class SimulatorError(Exception):
    """`code` is stable; the message (English) says what happened and, where known, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ScriptError(SimulatorError):
    """A script that cannot be run. `faults` name the place and what is wrong with it, all of them at once."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        super().__init__("bad-script", f"{name}:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults = faults


class StepFailed(SimulatorError):
    """A step of a script did not come true in time, or the call ended before it."""
