"""Annoyance trial: synthesised calls that stay calm or heat up, and who is found annoyed.

It proves that the signs are measured and added up as meant, over a noisy line and for voices of
different size. It proves nothing about people: the labels are the settings of a synthesiser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ivr.audio.frames import SAMPLE_RATE
from ivr.dialogue.annoyance import Mood, read
from ivr.ports import Utterance, Word
from ivr.rehearsal.line_noise import beside, noise, pcm_of, sound_of
from ivr.speech.espeak_voice import CALM, EspeakVoice, Tone
from ivr.speech.prosody import prosody_of
from ivr.speech.stand_in import resized, trimmed

CALM_LINES: Mapping[str, Sequence[str]] = {
    "zh": ("我想查一下我的余额", "帮我转到信用卡服务", "尾号是三六七二", "我要办理挂失业务",
           "请问营业时间是几点", "我想修改我的手机号码", "好的请帮我转接一下"),
    "en": ("i want to check my balance", "my card has been stolen",
           "i would like to make a transfer", "what are your opening hours",
           "please change my phone number", "the last four are three six"),
}  # fmt: skip
HEATED_LINES: Mapping[str, Sequence[str]] = {
    "zh": ("怎么还没有转接过去", "我已经说了三遍了", "我要投诉你们银行"),
    "en": ("i am still not through to anybody", "this is the third time i say it",
           "i want to make a complaint about this"),
}  # fmt: skip
WOBBLE_DB, WOBBLE_RATE, WOBBLE_PITCH = 1.5, 0.06, 4
"""How much the loudness, rate and pitch setting of a calm caller vary from turn to turn."""

PEOPLE = (0.8, 0.88, 0.96, 1.04, 1.12)
TURNS = 3
SNR = 20.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How a caller changes over the last `TURNS` turns of six: each step adds this much."""

    name: str
    label: bool
    db: float = 0.0
    rate: float = 0.0
    pitch: int = 0
    words: bool = False


MANNERS = (
    Manner("calm", False),
    Manner("faster only", False, rate=0.06),
    Manner("louder only (moved closer)", False, db=1.5),
    Manner("heated: sound", True, db=3.0, rate=0.16, pitch=10),
    Manner("heated: words", True, words=True),
    Manner("heated: both", True, db=2.0, rate=0.1, pitch=6, words=True),
)


async def annoyed_share(
    voice: EspeakVoice, manner: Manner, language: str, calls: int, seed: int = 1
) -> float:
    """The share of calls in which the caller counted as annoyed at the end."""
    random = np.random.default_rng(seed)
    found = 0
    for number in range(calls):
        who = PEOPLE[number % len(PEOPLE)]
        found += (await _mood_after(voice, manner, language, who, random)).annoyed
    return found / calls


async def _mood_after(
    voice: EspeakVoice, manner: Manner, language: str, who: float, random: np.random.Generator
) -> Mood:
    mood = Mood()
    lines = [str(line) for line in random.permutation(CALM_LINES[language])]
    for turn in range(2 * TURNS):
        step = max(0, turn - TURNS + 1)
        heated = manner.words and step
        text = HEATED_LINES[language][step - 1] if heated else lines[turn % len(lines)]
        tone = _tone(CALM[language], manner, step, random)
        said = trimmed(resized(await voice.speak(text, language, tone), who))
        gain = 10 ** ((manner.db * step + random.uniform(-1, 1) * WOBBLE_DB - 6) / 20)
        quiet = np.zeros(SAMPLE_RATE // 3)
        sound = np.concatenate((quiet, sound_of(said) * gain, quiet))
        noisy = beside(sound, noise("white", sound.size, int(random.integers(1 << 30))), SNR)
        words = (Word(text, 1.0, 0.0, 1.0),)
        utterance = Utterance(words, language, prosody=prosody_of(pcm_of(noisy)))
        mood, _ = read(mood, utterance)
    return mood


def _tone(calm: Tone, manner: Manner, step: int, random: np.random.Generator) -> Tone:
    rate = calm.rate * (1 + manner.rate * step + random.uniform(-1, 1) * WOBBLE_RATE)
    pitch = calm.pitch + manner.pitch * step + int(random.integers(-WOBBLE_PITCH, WOBBLE_PITCH + 1))
    return replace(calm, rate=round(rate), pitch=min(99, pitch))
