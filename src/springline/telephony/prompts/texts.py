"""The catalogue of prompts: texts.toml read, variants spread out, values filled in."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .spoken import spoken as say

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Prompt:
    """One thing that is said.

    `text` is what is stored and shown, `spoken` the same in characters only. `missing` names the slots
    without a value: such a prompt is dynamic. `tone_hz` > 0 is a tone of `seconds` instead of speech.
    `edge`: seconds of silence before and after, None for the usual.
    """

    id: str
    text: str
    spoken: str
    voice: str
    speed: float
    exact: bool = False
    menu: bool = False
    audio: bool = True
    parts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    tone_hz: float = 0.0
    seconds: float = 0.0
    edge: float | None = None

    @property
    def rendered(self) -> bool:
        """Whether this prompt is a sound file of its own."""
        return self.audio and not self.parts and not self.missing


@dataclass(frozen=True)
class Catalogue:
    """All prompts of one texts.toml, by id, in the file's order."""

    prompts: Mapping[str, Prompt]
    lexicon: Mapping[str, str]
    variants: Mapping[str, Mapping[str, str]]
    adcodes: Mapping[str, str]
    """Which region variant speaks of an adcode."""
    directory: Path
    """Where the sound files and the manifest are."""

    def rendered(self) -> list[Prompt]:
        return [p for p in self.prompts.values() if p.rendered]


def load(path: Path, values: Mapping[str, str] | None = None, directory: Path | None = None) -> Catalogue:
    """Read a texts.toml; `values` replaces or adds entries of its [values]. Raises OSError, ValueError."""
    raw = tomllib.loads(path.read_text("utf-8"))
    filled = {**raw.get("values", {}), **(values or {})}
    variants = raw.get("variants", {})
    prompts: dict[str, Prompt] = {}
    for entry in raw["prompt"]:
        for prompt in _spread(entry, filled, variants, raw["voice"]):
            if prompt.id in prompts:
                raise ValueError(f"{path.name}: prompt {prompt.id} is there twice")
            prompts[prompt.id] = prompt
    return Catalogue(
        prompts, raw.get("lexicon", {}), variants, raw.get("adcodes", {}), directory or path.parent
    )


@cache
def shipped() -> Catalogue:
    """The prompts callers hear, with the shipped values."""
    return load(HERE / "texts.toml", directory=HERE / "zh")


@cache
def simulator() -> Catalogue:
    """What the simulator's callers and agents say."""
    return load(HERE.parent / "simulator" / "audio" / "texts.toml")


def _spread(
    entry: Mapping[str, object],
    values: Mapping[str, str],
    variants: Mapping[str, Mapping[str, str]],
    voice: Mapping[str, object],
) -> list[Prompt]:
    slot = entry.get("variants")
    if slot is None:
        return [_prompt(entry, values, voice)]
    spread = variants[str(slot)]
    return [
        _prompt({**entry, "id": f"{entry['id']}.{name}"}, {**values, str(slot): value}, voice)
        for name, value in spread.items()
    ]


def _prompt(entry: Mapping[str, object], values: Mapping[str, str], voice: Mapping[str, object]) -> Prompt:
    template = str(entry["text"])
    slots = tuple(re.findall(r"\{(\w+)\}", template))
    missing = tuple(s for s in slots if s not in values)
    text = re.sub(r"\{(\w+)\}", lambda m: values.get(m[1], m[0]), template)
    parts = entry.get("parts", ())
    usual = "menu_speed" if entry.get("menu") else "speed"
    assert isinstance(parts, list | tuple)
    made = Prompt(
        id=str(entry["id"]),
        text=text,
        spoken="",
        voice=str(entry.get("voice", voice["name"])),
        speed=float(str(entry.get("speed", voice.get(usual, voice["speed"])))),
        exact=bool(entry.get("exact", False)),
        menu=bool(entry.get("menu", False)),
        audio=bool(entry.get("audio", True)),
        parts=tuple(map(str, parts)),
        missing=() if parts else missing,
        slots=slots,
        tone_hz=float(str(entry.get("tone", 0))),
        seconds=float(str(entry.get("seconds", 0))),
        edge=float(str(entry["edge"])) if "edge" in entry else None,
    )
    if made.rendered and not made.tone_hz:
        return replace(made, spoken=str(entry["say"]) if "say" in entry else say(text))
    return made
