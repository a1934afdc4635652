"""Single English digits in many mouths: English accents, and foreign voices that spell them out.

A Mandarin, German or Spanish caller says "siro" and "sri". eSpeak NG's voices of other languages,
given the digits as those languages would write the sound, come closer to that than any English one.
"""

from collections.abc import Iterator

import soundfile

from ivr.training.clips import Clip, at_8_khz
from ivr.training.digit_phones import DIGITS
from ivr.training.flite import VOICES, Flite
from ivr.training.lexicon import Lexicon, combined
from ivr.training.sentences import Random
from ivr.training.speaking import SpeakingProcess
from ivr.training.synthetic_clips import ACCENTS, HELD_OUT_ACCENT, quiet, random_style

GROUP = "accent"

RESPELLED = {
    "de": "sieroh|siro uan|wann tuh srie|thrie|zrie foor|for|fohr feif|faif sicks sewwen|seven "
    "äit|ejt nein",
    "nl": "ziro|ziero wan|uan toe srie|trie foor|for faif|vaif siks|zix sevven eet|eit nain|najn",
    "fr": "ziro|zirô ouane|oine tou sri|fri|tri for|fôr faïve|faïf six|sixe sévenne|sèvène "
    "éite|eïte naïne",
    "it": "ziro|zirou uan|uàn tu tri|sri|fri for|foor faiv|faif sics|six seven|sèven eit nain",
    "es": "ziro|sirou uan|guan tu zri|tri|sri for faiv|faif sics|six seven|seben eit|eigt nain",
    "pt-br": "ziro|zírou uan|uon tu sri|tri|fri for|fór faiv sics|siks séven|seven eit|êit nain",
    "pl": "ziro|zirou łan|uan tu sri|tri for|foor fajw|fajf siks sewen ejt najn",
    "sv": "siro|siråo uan|oann to|too sri|tri for|får fajv siks seven|sevven ejt najn",
    "tr": "ziro|zirov van|uan tu sri|tri for|foor fayv|fayf siks sevın|seven eyt nayn",
    "ro": "ziro|zirou uan tu tri|sri for faiv sics seven eit nain",
}
"""Zero to nine in the spelling of each language; `|` stands between ways to say one of them."""


def digit_clips(
    count: int, lexicon: Lexicon, speaker: SpeakingProcess, flite: Flite, random: Random
) -> Iterator[Clip]:
    """Two in five in foreign voices, two in English accents, one by Flite; no phone times."""
    accents = [accent for accent in ACCENTS if accent != HELD_OUT_ACCENT]
    voices = list(RESPELLED)
    for index in range(count):
        digit = int(random.integers(len(DIGITS)))
        word = DIGITS[digit]
        if index % 5 == 4:
            clip = _by_flite(word, VOICES[index // 5 % len(VOICES)], lexicon, flite, random)
        elif index % 5 < 2:
            voice = voices[(index // 5 * 2 + index % 5) % len(voices)]
            ways = RESPELLED[voice].split()[digit].split("|")
            clip = _spoken(str(random.choice(ways)), word, voice, GROUP, lexicon, speaker, random)
        else:
            voice = str(random.choice(accents))
            clip = _spoken(word, word, voice, "espeak-en", lexicon, speaker, random)
        if clip and not quiet(clip.samples):
            yield clip


def _spoken(
    text: str,
    word: str,
    voice: str,
    group: str,
    lexicon: Lexicon,
    speaker: SpeakingProcess,
    random: Random,
) -> Clip | None:
    style = random_style(voice, random)
    spoken = speaker.speak(text, style)
    if spoken is None:
        return None
    samples = at_8_khz(spoken.samples, spoken.rate)
    return Clip(samples, word, tuple(combined([word], lexicon)), group, style.voice)


def _by_flite(word: str, voice: str, lexicon: Lexicon, flite: Flite, random: Random) -> Clip | None:
    pitch = random.uniform(80, 150) if voice != "slt" else random.uniform(140, 220)
    wav = flite.speak(word, voice, random.uniform(0.7, 1.4), pitch)
    if wav is None:
        return None
    samples, rate = soundfile.read(wav, dtype="int16")
    return Clip(at_8_khz(samples, rate), word, tuple(combined([word], lexicon)), "flite", voice)
