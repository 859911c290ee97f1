"""Reads scripts from YAML and names every fault at its place.

A file: `format: 1`, `name`, `about`, `callers`. A caller: `number`, optionally `dial` and `start_after`, and
`script`, a list of steps. A step is a word (`hang_up`) or a mapping of the word to its main value, with
options beside it: `{press: "1", hold: 0.1}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from springline.telephony.simulator import script as s
from springline.telephony.simulator.errors import ScriptError, SimulatorError

SHIPPED = Path(__file__).parent / "scripts"
FORMAT = 1

# Word in the file -> kind of step, and the field its value goes into.
_VERBS: dict[str, tuple[type[s.Step], str | None]] = {
    "pause": (s.Pause, "seconds"),
    "press": (s.Press, "keys"),
    "speak": (s.Speak, "sound"),
    "tone": (s.Tone, "frequency"),
    "wait_for": (s.WaitFor, "condition"),
    "wait_tone": (s.WaitTone, "frequency"),
    "wait_answer": (s.WaitAnswer, None),
    "hang_up": (s.HangUp, None),
    "vanish": (s.Vanish, None),
    "expect_hang_up": (s.ExpectHangUp, None),
}
_FINAL = (s.HangUp, s.Vanish, s.ExpectHangUp)
_KEYS = set("0123456789*#ABCD")


def shipped_scripts() -> tuple[str, ...]:
    """Names of the scripts that come with the program."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def load_script(name: str | Path) -> s.Script:
    """A shipped script by name, or a file by path. Raises ScriptError, or SimulatorError `no-such-script`."""
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"}:
        path = SHIPPED / f"{name}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(shipped_scripts())
        raise SimulatorError(
            "no-such-script", f"No script {name}: {error.strerror}. Shipped: {known}"
        ) from error
    return parse_script(text, path.name)


def parse_script(text: str, source: str = "script") -> s.Script:
    """The script of a YAML text. Raises ScriptError with all faults."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError(source, (f"this is no YAML: {error}",)) from error
    faults: list[str] = []
    callers = _callers(document, faults)
    name, about = (document.get(key) if isinstance(document, dict) else None for key in ("name", "about"))
    if isinstance(document, dict):
        if document.get("format") != FORMAT:
            faults.insert(0, f"format: expected {FORMAT}, found {document.get('format')!r}")
        faults += [
            f"{key}: expected a text" for key in ("name", "about") if not isinstance(document.get(key), str)
        ]
        faults += _unknown(document, {"format", "name", "about", "callers"}, "")
    if faults:
        raise ScriptError(source, tuple(faults))
    return s.Script(name=str(name), about=str(about), callers=callers)


def _callers(document: object, faults: list[str]) -> tuple[s.Caller, ...]:
    if not isinstance(document, dict):
        faults.append("expected a mapping with format, name, about and callers")
        return ()
    entries = document.get("callers")
    if not isinstance(entries, list) or not entries:
        faults.append("callers: expected a list of one or more")
        return ()
    found = [_caller(entry, f"callers[{index}]", faults) for index, entry in enumerate(entries)]
    return tuple(caller for caller in found if caller is not None)


def _caller(entry: object, place: str, faults: list[str]) -> s.Caller | None:
    if not isinstance(entry, dict):
        faults.append(f"{place}: expected a mapping with number and script")
        return None
    before = len(faults)
    faults += _unknown(entry, {"number", "dial", "start_after", "script"}, f"{place}.")
    if not isinstance(entry.get("number"), str):
        faults.append(f'{place}.number: expected a text in quotes; "" withholds it')
    dial = entry.get("dial")
    if dial is not None and not isinstance(dial, str):
        faults.append(f"{place}.dial: expected a text in quotes")
    delay = entry.get("start_after", 0.0)
    if not isinstance(delay, int | float) or delay < 0:
        faults.append(f"{place}.start_after: expected seconds")
    steps = _steps(entry.get("script"), f"{place}.script", faults)
    if len(faults) > before:
        return None
    return s.Caller(number=entry["number"], dial=dial, start_after=float(delay), script=steps)


def _steps(entries: object, place: str, faults: list[str]) -> tuple[s.AnyStep, ...]:
    if not isinstance(entries, list) or not entries:
        faults.append(f"{place}: expected a list of steps")
        return ()
    steps: list[Any] = []
    for index, entry in enumerate(entries):
        try:
            steps.append(_step(entry))
        except ValueError as error:
            faults.append(f"{place}[{index}]: {error}")
            steps.append(None)
    if steps[-1] is not None and not isinstance(steps[-1], _FINAL):
        faults.append(f"{place}: the last step must be hang_up, vanish or expect_hang_up")
    early = [i for i, step in enumerate(steps[:-1]) if isinstance(step, _FINAL)]
    faults += [f"{place}[{i}]: nothing can follow the end of the call" for i in early]
    return tuple(step for step in steps if step is not None)


def _step(entry: object) -> s.Step:
    options: Mapping[Any, Any] = {entry: None} if isinstance(entry, str) else entry  # type: ignore[assignment]
    if not isinstance(options, Mapping):
        raise ValueError("expected a step such as hang_up or {press: '1'}")
    verbs = [key for key in options if key in _VERBS]
    if len(verbs) != 1:
        known = ", ".join(_VERBS)
        raise ValueError(f"expected exactly one of {known}; found {', '.join(map(str, options)) or 'none'}")
    kind, main = _VERBS[verbs[0]]
    values = {key: value for key, value in options.items() if key != verbs[0]}
    if main is not None:
        values[main] = options[verbs[0]]
    elif options[verbs[0]] is not None:
        raise ValueError(f"{verbs[0]} takes no value, only options")
    try:
        step = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{verbs[0]}: {error}") from error
    _check(step)
    return step


def _check(step: s.Step) -> None:
    if isinstance(step, s.Press) and (not step.keys or set(step.keys) - _KEYS):
        raise ValueError(f"press: {step.keys!r} are not keys; a phone has 0-9 * # A-D")
    if isinstance(step, s.Tone | s.WaitTone) and not 100 <= step.frequency <= 3700:
        raise ValueError("tone: a telephone line carries 100 to 3700 Hz")
    for name in ("seconds", "hold", "gap", "within"):
        value = getattr(step, name, None)
        if value is not None and value < 0:
            raise ValueError(f"{name}: must not be negative")


def _unknown(entry: Mapping[str, object], known: set[str], place: str) -> list[str]:
    return [
        f"{place}{key}: unknown; known are {', '.join(sorted(known))}" for key in entry if key not in known
    ]
