"""What callers hear: texts, shipped sound in a Mandarin voice, and a site's own recordings.

`resolve(home, "ivr.main")` gives the WAV to play; `compose("queue.position", n=3, m=5)` the ids of a prompt
that is put together from several.
"""

from .store import (
    PromptMissing,
    all_ids,
    check,
    compose,
    playable_ids,
    region_of,
    replace,
    replacements,
    reset,
    resolve,
    text,
    variant,
)

__all__ = [
    "PromptMissing",
    "all_ids",
    "check",
    "compose",
    "playable_ids",
    "region_of",
    "replace",
    "replacements",
    "reset",
    "resolve",
    "text",
    "variant",
]
