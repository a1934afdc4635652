"""Makes clean clips sound as a telephone delivers them, differently at each pass of training."""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.training.features import RATE

Floats = NDArray[np.float32]
FULL_SCALE = 32767.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """One draw of everything that happens to a clip on its way.

    `speed` 1.1 shortens the clip and raises pitch and formants; `warp` moves formants alone
    (see `features.mfcc`). `before` and `after` are seconds of silence around it, `noise_db` the
    signal-to-noise ratio (None: silence is digital), `level_db` the level of the speech against
    full scale, `decay` the reverberation time in seconds (0: none). `ripple_db` are the heights
    of the cosines that bend the spectrum as another mouth, handset or room does.
    """

    speed: float
    warp: float
    before: float
    after: float
    level_db: float
    noise: str
    noise_db: float | None
    low_hz: float
    high_hz: float
    tilt_db: float
    decay: float
    codec: str
    ripple_db: tuple[float, ...] = ()


NOISES = ("white", "pink", "brown", "babble")
CODECS = ("mulaw", "alaw", "gsm", "none")


def draw(random: np.random.Generator, widely: bool = False) -> Conditions:
    """Conditions of an ordinary call, seldom clean and seldom terrible.

    `widely` makes more different speakers of one: for recordings of few people.
    """
    noisy = random.random() < 0.85
    speed, warp = (0.2, 0.22) if widely else (0.14, 0.16)
    return Conditions(
        speed=float(np.exp(random.uniform(-speed, speed))),
        warp=float(np.exp(random.uniform(-warp, warp))),
        before=float(random.uniform(0.03, 0.35)),
        after=float(random.uniform(0.03, 0.35)),
        level_db=float(random.uniform(-36.0, -10.0)),
        noise=str(random.choice(NOISES)),
        noise_db=float(random.uniform(8.0, 38.0)) if noisy else None,
        low_hz=float(random.choice([20.0, random.uniform(80.0, 330.0)], p=[0.25, 0.75])),
        high_hz=float(random.choice([4000.0, random.uniform(3200.0, 3800.0)], p=[0.35, 0.65])),
        tilt_db=float(random.normal(0.0, 3.0)),
        decay=float(random.uniform(0.1, 0.5)) if random.random() < 0.25 else 0.0,
        codec=str(random.choice(CODECS, p=[0.5, 0.2, 0.05, 0.25])),
        ripple_db=tuple(float(x) for x in random.normal(0.0, 2.0, 5)) if widely else (),
    )


def apply(clip: Floats, how: Conditions, babble: Floats, random: np.random.Generator) -> Floats:
    """The clip (8 kHz, 16-bit scale) under these conditions; speech begins at `how.before`."""
    if abs(how.speed - 1.0) > 0.005:
        clip = soxr.resample(clip, RATE * how.speed, RATE, quality="MQ").astype(np.float32)
    padded = np.concatenate(
        (np.zeros(int(how.before * RATE)), clip, np.zeros(int(how.after * RATE)))
    ).astype(np.float32)
    signal = _through_the_line(padded, how, random)
    loud = float(np.sqrt(np.mean(signal**2)) + 1e-9) * np.sqrt(len(padded) / max(1, len(clip)))
    signal *= np.float32(FULL_SCALE * 10 ** (how.level_db / 20) / loud)
    if how.noise_db is not None:
        noise = _noise(how.noise, len(signal), babble, random)
        level = FULL_SCALE * 10 ** ((how.level_db - how.noise_db) / 20)
        signal = signal + noise * np.float32(level)
    return encoded(np.clip(signal, -FULL_SCALE, FULL_SCALE), how.codec)


def telephone(clip: Floats, random: np.random.Generator, noise_db: float = 30.0) -> Floats:
    """The fixed conditions of the evaluation: 300-3400 Hz, white noise, mu-law, 0.3 s around."""
    how = Conditions(
        speed=1.0, warp=1.0, before=0.3, after=0.3, level_db=-22.0, noise="white",
        noise_db=noise_db, low_hz=300.0, high_hz=3400.0, tilt_db=0.0, decay=0.0, codec="mulaw",
    )  # fmt: skip
    return apply(clip, how, np.zeros(RATE, np.float32), random)


def encoded(signal: Floats, codec: str) -> Floats:
    """There and back through a telephone codec: mulaw, alaw (G.711), gsm (06.10) or none."""
    if codec == "none":
        return np.rint(signal).astype(np.float32)
    if codec == "gsm":
        return _through_gsm(signal)
    index = np.clip(np.rint(signal), -32768, 32767).astype(np.int32) + 32768
    return _companding_table(codec)[index]


def _through_the_line(signal: Floats, how: Conditions, random: np.random.Generator) -> Floats:
    size = 1 << (len(signal) + int(how.decay * RATE)).bit_length()
    spectrum = np.fft.rfft(signal, size)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    decibels = how.tilt_db * np.log2(np.maximum(hertz, 100.0) / 1000.0)
    for cycles, height in enumerate(how.ripple_db, 1):
        decibels += height * np.cos(np.pi * cycles * np.sqrt(hertz / (RATE / 2)))
    decibels -= 24.0 * np.log2(np.maximum(how.low_hz / np.maximum(hertz, 1.0), 1.0))
    decibels -= 120.0 * np.log2(np.maximum(hertz / how.high_hz, 1.0))
    spectrum *= 10.0 ** (np.maximum(decibels, -60.0) / 20)
    if how.decay:
        time = np.arange(int(how.decay * RATE)) / RATE
        echo = random.standard_normal(len(time)) * np.exp(-6.9 * time / how.decay) * 0.06
        echo[0] = 1.0
        spectrum *= np.fft.rfft(echo, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(signal)], np.float32)


def _noise(kind: str, length: int, babble: Floats, random: np.random.Generator) -> Floats:
    source = babble if kind == "babble" else _noise_bank(kind)
    start = int(random.integers(0, max(1, len(source) - length)))
    return np.resize(source[start : start + length], length)


@cache
def _noise_bank(kind: str, seconds: int = 60) -> Floats:
    """Coloured noise of unit power."""
    random = np.random.default_rng(NOISES.index(kind))
    spectrum = np.fft.rfft(random.standard_normal(seconds * RATE))
    hertz = np.maximum(np.fft.rfftfreq(seconds * RATE, 1 / RATE), 50.0)
    spectrum *= hertz ** {"white": 0.0, "pink": -0.5, "brown": -1.0}[kind]
    noise = np.fft.irfft(spectrum, seconds * RATE)
    return np.asarray(noise / noise.std(), np.float32)


@cache
def _companding_table(codec: str) -> Floats:
    """Each 16-bit sample as G.711 gives it back, by its continuous companding curve."""
    x = np.arange(-32768, 32768) / 32768.0
    size, sign = np.abs(x), np.sign(x)
    if codec == "mulaw":
        y = np.rint(np.log1p(255.0 * size) / np.log(256.0) * 127.0) / 127.0
        back = np.expm1(y * np.log(256.0)) / 255.0
    else:
        a, one = 87.6, 1.0 + np.log(87.6)
        y = np.where(size < 1 / a, a * size / one, (1 + np.log(np.maximum(a * size, 1))) / one)
        y = (np.floor(y * 127.999) + 0.5) / 128.0
        back = np.where(y < 1 / one, y * one / a, np.exp(y * one - 1) / a)
        sign = np.where(sign == 0, 1.0, sign)
    return np.asarray(sign * back * 32768.0, np.float32)


def _through_gsm(signal: Floats) -> Floats:
    file = io.BytesIO()
    soundfile.write(file, signal / (FULL_SCALE + 1), RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    return np.resize(decoded[: len(signal)] * np.float32(FULL_SCALE), len(signal))
