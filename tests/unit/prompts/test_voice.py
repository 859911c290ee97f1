"""From characters to the model's symbols; the dictionaries are stood in for by small ones."""

import pytest

from springline.telephony.prompts.voice import g2p, pinyin, sandhi

READINGS = {
    "您": "nin2", "好": "hao3", "请": "qing3", "按": "an4", "一": "yi1", "二": "er4", "不": "bu4",
    "是": "shi4",     "般": "ban1", "满": "man3", "意": "yi4", "水": "shui3", "票": "piao4", "手": "shou3",
    "机": "ji1", "个": "ge4",
    "选": "xuan3", "择": "ze2", "你": "ni3", "十": "shi2", "位": "wei4",
}  # fmt: skip


def read(word: str) -> list[str]:
    return [READINGS[c] for c in word]


@pytest.mark.parametrize(
    ("syllable", "symbols"),
    [
        ("lu4", "lu↘"), ("an1", "a→n"), ("shui3", "ʂwei↓"), ("er4", "ɚ↘"), ("zhi1", "ꭧɨ→"), ("si4", "sɨ↘"),
        ("qu1", "ʨʰy→"), ("xuan3", "ɕɥɛ↓n"), ("yuan2", "ɥɛ↗n"), ("you3", "jou↓"), ("wen4", "wə↘n"),
        ("liu4", "ljou↘"),
        ("men5", "mən"), ("bo1", "pwo→"), ("o1", "ɔ→"), ("yong4", "jʊ↘ŋ"), ("lv4", "ly↘"), ("dui4", "twei↘"),
    ],
)  # fmt: skip
def test_phonemes(syllable: str, symbols: str) -> None:
    assert pinyin.phonemes(syllable) == symbols


@pytest.mark.parametrize("rubbish", ["", "4", "shui", "shui6", "xyz1", "hm5"])
def test_no_pinyin(rubbish: str) -> None:
    with pytest.raises(pinyin.NotPinyin):
        pinyin.phonemes(rubbish)


def toned(*words: str) -> str:
    result = sandhi.apply([[sandhi.Syllable(c, p) for c, p in zip(w, read(w), strict=True)] for w in words])
    return " ".join("".join(s.tone for s in word) for word in result)


@pytest.mark.parametrize(
    ("words", "tones"),
    [
        (("你好",), "23"),
        (("请", "选择"), "2 32"),
        (("不", "是"), "2 4"),
        (("不", "满意"), "4 34"),
        (("一般",), "41"),
        (("一", "个"), "2 4"),
        (("请", "按", "一"), "3 4 1"),
        (("按", "一", "一"), "4 1 1"),
        (("十一", "位"), "21 4"),
        (("手机",), "31"),
    ],
)
def test_sandhi(words: tuple[str, ...], tones: str) -> None:
    assert toned(*words) == tones


def test_the_lexicon_goes_before_the_dictionary() -> None:
    said = g2p.phonemise("您好，请按一。", {"请按": "qing3 an4"}, lambda run: [run], read)
    assert said == "ni↗nxau↓, ʨʰi↓ŋa↘n i→."


def test_digits_and_letters_do_not_reach_the_voice() -> None:
    with pytest.raises(g2p.Unspeakable, match="1"):
        g2p.phonemise("请按1", {}, lambda run: list(run), read)
