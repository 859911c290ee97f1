"""Listens to rendered prompts with a speech recogniser and reports what it understood.

A development tool: needs faster-whisper, pypinyin and zhconv in a scratch environment, and a CTranslate2
Whisper model folder (see docs/development/prompts.md). A weak recogniser mishears good speech too: read its
report as "which prompts need an ear", not as a score of the voice.

    python tools/prompts/verify.py --model DIR [--wav DIR] [--json FILE] [ID ...]
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import zhconv
from faster_whisper import WhisperModel
from pypinyin import Style, lazy_pinyin

sys.path.append(str(Path(__file__).parents[2] / "src"))

from springline.telephony.prompts import texts
from springline.telephony.prompts.spoken import NotSpeakable, spoken


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--model", required=True)
    options.add_argument("--wav", type=Path)
    options.add_argument("--json", type=Path)
    options.add_argument("ids", nargs="*")
    asked = options.parse_args()
    whisper = WhisperModel(asked.model, device="cpu", compute_type="int8", cpu_threads=2)
    rows = []
    for catalogue in (texts.shipped(), texts.simulator()):
        for prompt in catalogue.rendered():
            if prompt.tone_hz or (asked.ids and prompt.id not in asked.ids):
                continue
            wav = (asked.wav or catalogue.directory) / f"{prompt.id}.wav"
            rows.append({"id": prompt.id, **judged(prompt.spoken, heard(whisper, wav))})
            show(rows[-1])
    totals = {
        key: sum(row[key] * row["chars"] for row in rows) / sum(r["chars"] for r in rows) for key in RATES
    }
    print("all", {key: round(value, 3) for key, value in totals.items()})
    if asked.json:
        asked.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


RATES = ("cer", "syllables", "tones")


def heard(whisper: WhisperModel, wav: Path) -> str:
    found, _ = whisper.transcribe(str(wav), language="zh", beam_size=5, temperature=0.0, vad_filter=False)
    return zhconv.convert("".join(part.text for part in found), "zh-cn")


def judged(said: str, understood: str) -> dict[str, object]:
    """Error rates of characters, syllables without and with tone; digits are compared as spoken."""
    try:
        understood_spoken = spoken(understood.replace(",", "，").replace(".", "。"))
    except NotSpeakable:
        understood_spoken = understood
    want, got = (re.sub(r"[^\w]", "", t).replace("幺", "一") for t in (said, understood_spoken))
    sounds = [
        distance(lazy_pinyin(want, style=style), lazy_pinyin(got, style=style)) / len(want)
        for style in (Style.NORMAL, Style.TONE3)
    ]
    rates = dict(zip(RATES, (distance(want, got) / len(want), *sounds), strict=True))
    return {"chars": len(want), **rates, "want": said, "heard": understood}


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def show(row: dict[str, object]) -> None:
    rates = " ".join(f"{row[key]:.2f}" for key in RATES)
    print(f"{row['id']:26} {rates}  {row['heard']}", flush=True)


if __name__ == "__main__":
    main()
