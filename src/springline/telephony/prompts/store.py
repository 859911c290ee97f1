"""Which sound file is played for a prompt: the site's own recording first, then the shipped one."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from . import manifest, texts
from .manifest import Row


class PromptMissing(LookupError):
    """There is no sound for this prompt id: unknown, never played, or dynamic. `prompt_id` names it."""

    def __init__(self, prompt_id: str, why: str) -> None:
        self.prompt_id = prompt_id
        super().__init__(f"prompt {prompt_id}: {why}")


def replacements(home: Path) -> Path:
    """The folder of a site's own recordings."""
    return home / "prompts" / "zh"


def all_ids() -> list[str]:
    """Every prompt id of the catalogue, playable or not, in its order."""
    return list(texts.shipped().prompts)


def playable_ids() -> list[str]:
    """The ids that come with a sound file."""
    return [p.id for p in texts.shipped().rendered()]


def text(prompt_id: str) -> str:
    """The written text of a prompt; slots without a value stay as {name}. Raises PromptMissing."""
    return _known(prompt_id).text


def resolve(home: Path, prompt_id: str) -> Path:
    """The WAV file (8 kHz mono PCM16) to play. Raises PromptMissing."""
    for path in _candidates(home, prompt_id):
        if os.path.isfile(path):
            return path
    raise PromptMissing(prompt_id, _why_silent(_known(prompt_id)))


@cache
def _candidates(home: Path, prompt_id: str) -> tuple[Path, ...]:
    _known(prompt_id)
    folders = (replacements(home), texts.shipped().directory)
    return tuple(folder / f"{prompt_id}.wav" for folder in folders)


def compose(prompt_id: str, **slots: object) -> tuple[str, ...]:
    """The prompt ids to play one after another for a prompt with slots.

    `compose("queue.position", n=3, m=4)`, `compose("route.transfer", region="huoshan")`; a prompt without
    variants is itself. A number goes to the next larger one that was recorded, or to "many". Raises
    PromptMissing where a slot is not given or its value was never recorded.
    """
    prompts = texts.shipped().prompts
    if prompt_id in prompts and not prompts[prompt_id].parts:
        return (prompt_id,)
    if prompt_id in prompts:
        return tuple(_filled(prompt_id, part, slots) for part in prompts[prompt_id].parts)
    name = next((s for s in slots if s in texts.shipped().variants), None)
    if name is None:
        raise PromptMissing(prompt_id, "no such prompt")
    return (_filled(prompt_id, f"{prompt_id}.{{{name}}}", slots),)


def variant(slot: str, value: str) -> str | None:
    """The name of the variant that says `value` ("订水" is intent order); None where nothing was recorded."""
    return next((name for name, said in texts.shipped().variants[slot].items() if said == value), None)


def region_of(adcodes: str) -> str | None:
    """The variant of region for an adcode, or for several joined by + that have one name."""
    names = {texts.shipped().adcodes.get(one, "other") for one in adcodes.split("+")}
    return names.pop() if len(names) == 1 else None


def replace(home: Path, prompt_id: str, recording: Path) -> Row:
    """Keep a person's recording for this prompt: telephone band, level and silence made like the others.

    The shipped file is not touched. Raises PromptMissing, wav.NotAudio, level.Silence, OSError.
    """
    prompt = _known(prompt_id)
    if not prompt.audio or prompt.parts:
        raise PromptMissing(prompt_id, _why_silent(prompt))
    # Whoever only plays prompts starts without numpy, half a second sooner.
    from . import shape, wav

    sound = shape.recording(*wav.read(recording))
    return keep(home, wav.encode(sound), Row(prompt_id, prompt.text, "", sound.size / wav.RATE, "human"))


def keep(home: Path, data: bytes, row: Row) -> Row:
    """Store a site's own sound file with its row; `row.sha256` is filled in."""
    directory = replacements(home)
    row = Row(**{**{f: getattr(row, f) for f in row.__struct_fields__}, "sha256": manifest.sha256(data)})
    manifest.put(directory / f"{row.id}.wav", data)
    manifest.write(directory, {**manifest.read(directory), row.id: row})
    return row


def reset(home: Path, prompt_id: str) -> bool:
    """Play the shipped sound again; False when there was no recording to take back. Raises PromptMissing."""
    _known(prompt_id)
    directory = replacements(home)
    path = directory / f"{prompt_id}.wav"
    there = path.is_file()
    path.unlink(missing_ok=True)
    rows = manifest.read(directory)
    if rows.pop(prompt_id, None):
        manifest.write(directory, rows)
    return there


def check(home: Path) -> list[str]:
    """What is wrong with shipped prompts and a site's own; empty when all is well."""
    found = []
    for catalogue in (texts.shipped(), texts.simulator()):
        found += manifest.problems(catalogue.directory, {p.id: p.text for p in catalogue.rendered()})
    own = replacements(home)
    rows = manifest.read(own)
    catalogue_texts = {key: p.text for key, p in texts.shipped().prompts.items()}
    known = {
        key: row.text if row.source == "rendered" else catalogue_texts[key]
        for key, row in rows.items()
        if key in catalogue_texts
    }
    found += [f"own recording: {problem}" for problem in manifest.problems(own, known)]
    found += [
        f"own recording: {path.name} is not in the manifest; use 'springline prompts replace'"
        for path in sorted(own.glob("*.wav"))
        if path.stem not in rows
    ]
    return found


def _known(prompt_id: str) -> texts.Prompt:
    try:
        return texts.shipped().prompts[prompt_id]
    except KeyError:
        raise PromptMissing(prompt_id, "no such prompt") from None


def _why_silent(prompt: texts.Prompt) -> str:
    if not prompt.audio:
        return "a text for agents, it has no sound"
    if prompt.parts:
        return "played in parts, ask compose()"
    if prompt.missing:
        return f"has no sound until a value is given for {', '.join(prompt.missing)}"
    return "its sound file is missing; run 'springline prompts render'"


def _filled(prompt_id: str, pattern: str, slots: Mapping[str, object]) -> str:
    found = pattern
    for name, options in texts.shipped().variants.items():
        if f"{{{name}}}" not in pattern:
            continue
        if name not in slots:
            raise PromptMissing(prompt_id, f"needs a value for {name}")
        found = found.replace(f"{{{name}}}", _option(slots[name], options))
    if found not in texts.shipped().prompts:
        raise PromptMissing(found, "no such prompt")
    return found


def _option(value: object, options: Mapping[str, str]) -> str:
    if not isinstance(value, int):
        return str(value)
    larger = [int(o) for o in options if o.isdigit() and int(o) >= value]
    return str(min(larger)) if larger else "many"
