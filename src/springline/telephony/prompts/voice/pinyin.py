"""Pinyin syllables to the phoneme symbols the Kokoro voices were trained on.

The symbols are IPA with two habits of that model: affricates are one letter (ʦ ʨ ꭧ), and the tone is an
arrow behind the vowel (→ first, ↗ second, ↓ third, ↘ fourth, nothing for the neutral tone).
Phonology: Duanmu, The Phonology of Standard Chinese (2007); Lin, The Sounds of Chinese (2007).
"""

INITIALS = {
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ",
    "z": "ʦ", "c": "ʦʰ", "s": "s",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ",
    "b": "p", "p": "pʰ", "m": "m", "f": "f",
    "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x",
}  # fmt: skip

# "0" is where the tone's arrow goes.
FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0",
    "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ", "er": "ɚ0",
    "o": "wo0", "ong": "ʊ0ŋ", "ou": "ou0",
    "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0",
    "in": "i0n", "ing": "i0ŋ", "iong": "jʊ0ŋ", "iou": "jou0",
    "u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ",
    "uei": "wei0", "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0",
    "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n",
}  # fmt: skip

TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}

_SHORT_FINALS = {"iu": "iou", "ui": "uei", "un": "uen"}
_ZERO_INITIAL = {
    "yi": "i", "yin": "in", "ying": "ing", "yu": "ü", "yue": "üe", "yuan": "üan", "yun": "ün",
    "you": "iou", "wu": "u", "wei": "uei", "wen": "uen", "weng": "ueng",
}  # fmt: skip


class NotPinyin(ValueError):
    """The given syllable is no Mandarin syllable in pinyin with a tone number."""


def split(syllable: str) -> tuple[str, str, str]:
    """`"shui3"` to `("sh", "uei", "3")`: initial ("" if none), full final with ü, tone digit 1-5.

    Raises NotPinyin.
    """
    body, tone = syllable[:-1].replace("v", "ü"), syllable[-1:]
    if tone not in TONES or not body:
        raise NotPinyin(syllable)
    if body in _ZERO_INITIAL:
        return "", _ZERO_INITIAL[body], tone
    if body[0] in "yw":
        return "", ("i" if body[0] == "y" else "u") + body[1:], tone
    initial = next((i for i in INITIALS if body.startswith(i)), "")
    final = body[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "ü" + final[1:]
    return initial, _SHORT_FINALS.get(final, final), tone


def phonemes(syllable: str) -> str:
    """Model symbols of one pinyin syllable with tone number, e.g. `"an4"` to `"a↘n"`. Raises NotPinyin."""
    initial, final, tone = split(syllable)
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        sound = "ɨ0"
    elif not initial and final == "o":
        sound = "ɔ0"
    elif final in FINALS:
        sound = FINALS[final]
    else:
        raise NotPinyin(syllable)
    return INITIALS.get(initial, "") + sound.replace("0", TONES[tone])
