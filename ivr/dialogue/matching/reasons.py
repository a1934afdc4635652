"""Reasons: why two texts were taken for each other, in one line a supervisor can check."""

from ivr.dialogue.matching.alignment import Pair, align
from ivr.dialogue.matching.sounds import Sound, sounds

MAX_DIFFERENCES = 4


def reason(said: str, phrase: str, score: float) -> str:
    """Name the sounds that differ: `挂失 ~ 挂是: 声母 sh/sh, 韵母 i/i, 声调 1/4, 分数 0.93`.

    The phrase comes first; English phrases get English terms.
    """
    wanted = sounds(phrase)
    mandarin = any(sound.is_syllable for sound in wanted)
    told = [_difference(pair, mandarin) for pair in align(sounds(said), wanted).pairs]
    differing = [one for one in told if one]
    shown = differing[:MAX_DIFFERENCES]
    if len(differing) > len(shown):
        shown.append("…")
    if not shown:
        shown = ["同音" if mandarin else "same sounds"]
    label = "分数" if mandarin else "score"
    return f"{phrase} ~ {said}: {', '.join(shown)}, {label} {score:.2f}"


def _difference(pair: Pair, mandarin: bool) -> str:
    heard, wanted = pair
    if heard is None and wanted is not None:
        return ("少" if mandarin else "without ") + _name(wanted)
    if wanted is None and heard is not None:
        return ("多" if mandarin else "with ") + _name(heard)
    assert heard is not None and wanted is not None
    if heard.onset == wanted.onset and heard.rime == wanted.rime:
        if heard.written == wanted.written or not heard.is_syllable:
            return ""
        if heard.tone == wanted.tone:
            return f"同音 {wanted.written}/{heard.written}"
        return (
            f"声母 {wanted.onset or '零'}/{heard.onset or '零'}, "
            f"韵母 {_final(wanted)}/{_final(heard)}, 声调 {wanted.tone}/{heard.tone}"
        )
    if not (heard.is_syllable and wanted.is_syllable):
        return f"{_name(wanted)}/{_name(heard)}"
    parts = []
    if heard.onset != wanted.onset:
        parts.append(f"声母 {wanted.onset or '零'}/{heard.onset or '零'}")
    if heard.rime != wanted.rime:
        parts.append(f"韵母 {_final(wanted)}/{_final(heard)}")
    return ", ".join(parts)


def _name(sound: Sound) -> str:
    return sound.written if sound.is_syllable else sound.onset


def _final(sound: Sound) -> str:
    return sound.rime.replace("-i", "i").replace("v", "ü")
